import EtcdModel
import RemoteHost
import RestorePlanning

/// A change of one member, in words.
extension Plan {
    /// Whether it changes one member, or puts that back or deletes what it set aside.
    var isOfMember: Bool { targets.contains { $0.role != nil } }

    /// The one that leaves and comes again; nil in every other plan.
    var changed: MemberTarget? {
        targets.first { if case .changed? = $0.role { true } else { false } }
    }

    private var agent: (target: MemberTarget, change: MembershipChange)? {
        for target in targets {
            if case .agent(let change)? = target.role { return (target, change) }
        }
        return nil
    }

    var memberTitle: String {
        let name = changed?.name ?? "A member"
        return "\(name) of cluster \(cluster) leaves, and comes again with the others' data"
    }

    /// Who it was, and who tells the cluster.
    var memberIdentity: [(String, StyledLine)] {
        guard let changed, let agent else { return [] }
        let old = agent.change.oldID.map { "member \($0), which will be no more" }
        return [
            ("cluster ID", StyledLine("\(clusterID), as it is")),
            (
                "member",
                StyledLine(changed.name, .bold)
                    + StyledLine(", \(old ?? "no member any more"); its new ID is etcd's to choose")
            ),
            (
                "told by",
                StyledLine(
                    "\(agent.target.name): `member remove`, `member add --learner`, `member promote`"
                )
            ),
        ]
            + ((kind == .member ? movedFrom : nil).map {
                [
                    (
                        "moves",
                        StyledLine("from \($0) to ") + StyledLine(changed.endpoint.host, .bold)
                            + StyledLine("; the inventory is yours to change afterwards")
                    )
                ]
            } ?? [])
    }

    /// What the inventory must say once a member is on another host; nil where none has moved.
    var inventoryChange: InventoryChange? {
        guard let movedFrom, let changed else { return nil }
        return InventoryChange(
            name: changed.name,
            oldHost: movedFrom,
            host: changed.endpoint.host,
            peerURLs: changed.member.peerURLs,
            clientURLs: changed.member.clientURLs
        )
    }

    var memberCost: StyledLine {
        let name = changed?.name ?? "it"
        let left = targets.count - 1
        return StyledLine(
            "The cluster serves on with \(left) of \(targets.count) members until \(name) has its vote "
                + "again. Nothing of the others' data is touched. From `remove-member` on there is no way "
                + "back to the old member, only forward to the new one."
        )
    }

    /// Why it is not done by a copy.
    var memberReason: StyledLine {
        StyledLine(
            "Its data is taken from the leader, by etcd's own way: a copy of another member's "
                + "directory would make it announce itself as that member, and a copy of a running one "
                + "may be torn."
        )
    }
}

/// A member's lines in the inventory that are others than before.
struct InventoryChange {
    var name: String
    var oldHost: String
    var host: String
    var peerURLs: [String]
    var clientURLs: [String]

    /// As the file has them, under the member's name.
    var lines: [(String, String)] {
        [("host:", Self.scalar(host)), ("initial-advertise-peer-urls:", Self.list(peerURLs))]
            + (clientURLs.isEmpty ? [] : [("advertise-client-urls:", Self.list(clientURLs))])
    }

    private static func list(_ urls: [String]) -> String {
        "[\(urls.map(scalar).joined(separator: ", "))]"
    }

    /// YAML takes an IPv6 address, and its brackets, for something else.
    private static func scalar(_ text: String) -> String {
        text.contains("[") || text.hasPrefix(":") ? "\"\(text)\"" : text
    }

    var document: JSONValue {
        [
            "name": .string(name),
            "host": .string(host),
            "initial-advertise-peer-urls": .array(peerURLs.map { .string($0) }),
            "advertise-client-urls": .array(clientURLs.map { .string($0) }),
        ]
    }

    /// What is left for a person to do, besides.
    var rest: String {
        "Whoever asks etcd at \(oldHost) must ask \(host). Etcd on \(oldHost) is no member any more: "
            + "disable its service before that host is used again."
    }
}
