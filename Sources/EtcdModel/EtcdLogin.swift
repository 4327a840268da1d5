/// A user of etcd and where the coordinator reads its password; never the password, as this is in plans.
package struct EtcdLogin: Sendable, Hashable, Codable {
    package var user: String
    /// Absolute, on the coordinator.
    package var passwordFile: String

    package init(user: String, passwordFile: String) {
        self.user = user
        self.passwordFile = passwordFile
    }
}
