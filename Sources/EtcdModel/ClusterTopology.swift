/// One voting member as the restored cluster will know it.
package struct Member: Sendable, Hashable, Codable {
    /// etcd's `--name`; case-sensitive.
    package var name: String
    /// `--initial-advertise-peer-urls`, exactly as written: etcd hashes the strings.
    package var peerURLs: [String]
    /// `--advertise-client-urls`.
    package var clientURLs: [String]

    package init(name: String, peerURLs: [String], clientURLs: [String]) {
        self.name = name
        self.peerURLs = peerURLs
        self.clientURLs = clientURLs
    }
}

/// The cluster that a restore makes: its members and its token, hence every ID in it.
package struct ClusterTopology: Sendable, Hashable, Codable {
    package var members: [Member]
    /// `--initial-cluster-token`.
    package var token: String

    package init(members: [Member], token: String) {
        self.members = members
        self.token = token
    }

    /// `--initial-cluster`; a member with several peer URLs is named once for each.
    package var initialCluster: String {
        members.flatMap { member in member.peerURLs.map { "\(member.name)=\($0)" } }
            .joined(separator: ",")
    }

    /// How many members must agree.
    package var quorum: Int { members.count / 2 + 1 }
}
