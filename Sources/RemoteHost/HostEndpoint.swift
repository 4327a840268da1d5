/// Where a host is and how to get in: one connection's settings.
package struct HostEndpoint: Sendable, Hashable, Codable {
    /// What known_hosts is asked for and what is resolved: a name or an IPv4 or IPv6 address.
    package var host: String
    package var port: UInt16
    package var user: String
    /// Private keys on the coordinator, in the order they are tried; before the agent's.
    package var identityFiles: [String]
    package var knownHostsFiles: [String]
    package var become: Become

    package init(
        host: String,
        port: UInt16 = 22,
        user: String,
        identityFiles: [String] = [],
        knownHostsFiles: [String] = [],
        become: Become = .none
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identityFiles = identityFiles
        self.knownHostsFiles = knownHostsFiles
        self.become = become
    }
}
