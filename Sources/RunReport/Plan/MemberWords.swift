import EtcdModel
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
