package import EtcdModel

/// Members that were found, as one cluster.
package struct DiscoveredCluster: Sendable, Hashable {
    /// Those whose hosts were asked in the order in which they were named, then the others.
    package var members: [DiscoveredMember]
    /// What cannot be true of one cluster; then there is no inventory of it.
    package var contradictions: [String]

    /// - Parameters:
    ///   - asked: from their own hosts.
    ///   - list: what a member that answers says; nil where none does.
    package init(_ asked: [DiscoveredMember], list: MemberList?) {
        let known = Set(asked.map(\.name))
        let others = (list?.entries ?? [])
            .filter { !known.contains($0.name) || $0.name.isEmpty }
            .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
            .map { entry in
                let address = entry.peerURLs.first.flatMap { PeerAddress($0) }
                return DiscoveredMember(notAsked: entry, host: address?.host ?? entry.name)
            }
        members = asked + others
        contradictions = []
        for (index, member) in members.enumerated() {
            for other in members[..<index] {
                if other.name == member.name {
                    contradictions.append(
                        "\(other.host) and \(member.host) both call their member \(member.name)"
                    )
                } else if !Set(other.peerURLs).isDisjoint(with: member.peerURLs) {
                    contradictions.append(
                        "\(other.name) and \(member.name) have the same peer URL "
                            + member.peerURLs.joined(separator: ",")
                    )
                }
                if let one = other.clusterID, let two = member.clusterID, one != two {
                    contradictions.append(
                        "\(other.name) is in cluster \(one), and \(member.name) in cluster \(two)"
                    )
                }
            }
        }
    }
}
