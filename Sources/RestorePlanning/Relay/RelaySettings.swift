/// That a playbook says `distribute: relay`.
package struct RelaySettings: Sendable, Hashable, Codable {
    /// What every host listens on for the one before it, 1 to 65535; nil for its own peer port, which
    /// etcd does not hold while it is stopped.
    package var port: Int?

    package init(port: Int? = nil) {
        self.port = port
    }
}
