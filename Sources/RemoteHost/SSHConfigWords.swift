/// What a configuration of OpenSSH (ssh_config(5)) says of a host and an inventory cannot.
package struct SSHConfigWords: Sendable, Hashable, Codable {
    /// The file, absolute, on the coordinator.
    package var file: String
    /// What it was asked for: the host as the inventory, or a ProxyJump, names it.
    package var host: String
    /// The settings that were taken from there, by the inventory's names for them.
    package var settings: [String]
    /// HostKeyAlias: known_hosts is asked for this name, without a port, instead of the host's.
    package var hostKeyAlias: String?
    /// IdentitiesOnly: of the agent's keys only those are offered whose file is named.
    package var identitiesOnly: Bool
    /// IdentityAgent: the agent's socket; nil for that of SSH_AUTH_SOCK, `none` for no agent.
    package var identityAgent: String?

    package init(
        file: String,
        host: String,
        settings: [String] = [],
        hostKeyAlias: String? = nil,
        identitiesOnly: Bool = false,
        identityAgent: String? = nil
    ) {
        self.file = file
        self.host = host
        self.settings = settings
        self.hostKeyAlias = hostKeyAlias
        self.identitiesOnly = identitiesOnly
        self.identityAgent = identityAgent
    }
}

extension HostEndpoint {
    /// Under which host and port known_hosts has it: with an alias, as if on port 22 (no brackets).
    package var knownAs: (host: String, port: UInt16) {
        config?.hostKeyAlias.map { ($0, 22) } ?? (host, port)
    }
}
