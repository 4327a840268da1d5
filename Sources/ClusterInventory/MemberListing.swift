internal import EtcdModel
internal import RemoteHost

/// One member's values in effect; nil is read from the host.
package struct MemberListing: Sendable, Hashable, Codable {
    package var name: String
    package var host: String
    package var initialAdvertisePeerURLs: [String]
    package var advertiseClientURLs: [String]?
    package var etcd: EtcdSettings
    package var service: ServiceSettings
    package var ssh: SSHListing

    init(_ member: InventoryMember) {
        name = member.member.name
        host = member.endpoint.host
        initialAdvertisePeerURLs = member.member.peerURLs
        advertiseClientURLs = member.member.clientURLs.isEmpty ? nil : member.member.clientURLs
        etcd = member.etcd
        service = member.service
        ssh = SSHListing(member.endpoint)
    }

    enum CodingKeys: String, CodingKey {
        case name, host, etcd, service, ssh
        case initialAdvertisePeerURLs = "initial-advertise-peer-urls"
        case advertiseClientURLs = "advertise-client-urls"
    }

    /// In the order in which they are shown.
    package var rows: [ListingRow] {
        [
            ListingRow("name", name),
            ListingRow("host", host),
            ListingRow(
                "initial-advertise-peer-urls",
                initialAdvertisePeerURLs.joined(separator: ",")
            ),
            ListingRow("advertise-client-urls", advertiseClientURLs?.joined(separator: ",")),
        ]
            + EtcdSettings.CodingKeys.allCases.map { key in
                ListingRow(key.rawValue, etcd[key] ?? (key.isOfLogin ? "none" : nil))
            } + [
                ListingRow("service", "\(service.kind.rawValue) \(service.told)"),
                ListingRow(
                    "ssh",
                    "\(ssh.user)@\(host) port \(ssh.port)"
                        + (ssh.password.map { ", password: \($0)" } ?? "")
                ),
                ListingRow(
                    "identity-files",
                    ssh.identityFiles.isEmpty
                        ? "none, only the agent's" : ssh.identityFiles.joined(separator: ", ")
                ),
                ListingRow("known-hosts", ssh.knownHosts.joined(separator: ", ")),
                ListingRow(
                    "become",
                    ssh.become + (ssh.becomePassword.map { ", password: \($0)" } ?? "")
                ),
                ListingRow(
                    "jump",
                    (ssh.jump ?? "none") + (ssh.jumpPassword.map { ", password: \($0)" } ?? "")
                ),
            ] + (ssh.config.map { [ListingRow("config", $0.told)] } ?? [])
            + (ssh.legacy == true ? [ListingRow("legacy", "true: SHA-1 is offered")] : [])
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(host, forKey: .host)
        try container.encode(initialAdvertisePeerURLs, forKey: .initialAdvertisePeerURLs)
        try container.encode(advertiseClientURLs, forKey: .advertiseClientURLs)
        try container.encode(etcd, forKey: .etcd)
        try container.encode(service, forKey: .service)
        try container.encode(ssh, forKey: .ssh)
    }
}

/// How Rekindle gets into one host.
package struct SSHListing: Sendable, Hashable, Codable {
    package var user: String
    package var port: UInt16
    /// Absolute, on the coordinator.
    package var identityFiles: [String]
    package var knownHosts: [String]
    package var become: String
    /// `ask`, or the path of its file; nil where none is told.
    package var becomePassword: String?
    /// The same, for hosts that take it at the login.
    package var password: String?
    package var jumpPassword: String?
    /// As ProxyJump has it; nil for a host that is reached directly.
    package var jump: String?
    /// nil where no configuration of OpenSSH was asked.
    package var config: ConfigListing?
    /// nil unless algorithms with SHA-1 are offered.
    package var legacy: Bool?

    init(_ endpoint: HostEndpoint) {
        user = endpoint.user
        port = endpoint.port
        identityFiles = endpoint.identityFiles
        knownHosts = endpoint.knownHostsFiles
        become = endpoint.become.rawValue
        jump = endpoint.jumpText
        config = endpoint.config.map(ConfigListing.init)
        becomePassword = Self.told(endpoint.becomePassword)
        password = Self.told(endpoint.password)
        legacy = endpoint.legacy
        jumpPassword = endpoint.jumps == nil ? nil : Self.told(endpoint.jumpPassword)
    }

    private static func told(_ source: SecretSource?) -> String? {
        switch source {
        case .asked: "ask"
        case .file(let path): path
        case nil: nil
        }
    }

    enum CodingKeys: String, CodingKey {
        case user, port, password, become, jump, config, legacy
        case identityFiles = "identity-files"
        case knownHosts = "known-hosts"
        case becomePassword = "become-password"
        case jumpPassword = "jump-password"
    }
}

/// What was taken from a configuration of OpenSSH.
package struct ConfigListing: Sendable, Hashable, Codable {
    package var file: String
    /// As the inventory names it.
    package var host: String
    /// The inventory's names of what is from there.
    package var settings: [String]
    package var hostKeyAlias: String?
    package var identitiesOnly: Bool
    package var identityAgent: String?

    init(_ words: SSHConfigWords) {
        file = words.file
        host = words.host
        settings = words.settings
        hostKeyAlias = words.hostKeyAlias
        identitiesOnly = words.identitiesOnly
        identityAgent = words.identityAgent
    }

    enum CodingKeys: String, CodingKey {
        case file, host, settings
        case hostKeyAlias = "host-key-alias"
        case identitiesOnly = "identities-only"
        case identityAgent = "identity-agent"
    }

    fileprivate var told: String {
        let named: [String] = [
            hostKeyAlias.map { "HostKeyAlias \($0)" },
            identitiesOnly ? "IdentitiesOnly yes" : nil,
            identityAgent.map { "IdentityAgent \($0)" },
        ].compactMap(\.self)
        let all = settings + named
        return "\(file) for \(host): \(all.isEmpty ? "nothing" : all.joined(separator: ", "))"
    }
}
