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
        ] + EtcdSettings.CodingKeys.allCases.map { ListingRow($0.rawValue, etcd[$0]) } + [
            ListingRow("service", "\(service.kind.rawValue) \(service.told)"),
            ListingRow("ssh", "\(ssh.user)@\(host) port \(ssh.port)"),
            ListingRow(
                "identity-files",
                ssh.identityFiles.isEmpty
                    ? "none, only the agent's" : ssh.identityFiles.joined(separator: ", ")
            ),
            ListingRow("known-hosts", ssh.knownHosts.joined(separator: ", ")),
            ListingRow("become", ssh.become),
        ]
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

    init(_ endpoint: HostEndpoint) {
        user = endpoint.user
        port = endpoint.port
        identityFiles = endpoint.identityFiles
        knownHosts = endpoint.knownHostsFiles
        become = endpoint.become.rawValue
    }

    enum CodingKeys: String, CodingKey {
        case user, port, become
        case identityFiles = "identity-files"
        case knownHosts = "known-hosts"
    }
}
