import ClusterInventory
import EtcdModel
import RemoteHost

/// Decides whether a run that is under way can do without members whose hosts are lost.
package enum MidRunFence {
    /// What the run is to end with.
    package enum Goal: Sendable, Hashable {
        case restored
        case rolledBack
    }

    /// Returns a check that tells the arithmetic, for the plan before these members are left out.
    ///
    /// A restored cluster is formed of all members of the plan, and so needs a quorum of them all. The old
    /// cluster needs a quorum with its old data, unless it had none before the run either.
    package static func quorum(of plan: Plan, without names: Set<String>, goal: Goal) -> Check {
        let total = plan.topology.members.count
        let quorum = plan.topology.quorum
        let left = plan.targets.filter { !names.contains($0.name) }
        switch goal {
        case .restored:
            let sum = "\(left.count) of \(total) members are restored, a quorum is \(quorum)"
            return left.count >= quorum
                ? Check("quorum", member: nil, .holds, sum)
                : Check(
                    "quorum",
                    member: nil,
                    .fails,
                    "\(left.count) of \(total) members would be restored, and a quorum is \(quorum): the "
                        + "cluster could not serve",
                    hint:
                        "`rekindle rollback \(plan.run)` with the same --fence, if the old cluster has a "
                        + "quorum without them; or bring back one of the hosts"
                )
        case .rolledBack:
            let before = plan.targets.count(where: { $0.hasOldData })
            let after = left.count(where: { $0.hasOldData })
            if after >= quorum {
                return Check(
                    "quorum",
                    member: nil,
                    .holds,
                    "\(after) of \(total) members get their old data back, a quorum is \(quorum)"
                )
            }
            if before < quorum, !left.isEmpty {
                return Check(
                    "quorum",
                    member: nil,
                    .warns,
                    "\(after) of \(total) members get their old data back, and a quorum is \(quorum): the "
                        + "old cluster had none before the run either, and will not serve"
                )
            }
            return Check(
                "quorum",
                member: nil,
                .fails,
                "\(after) of \(total) members would get their old data back, and a quorum is \(quorum): the "
                    + "old cluster could not serve",
                hint:
                    "`rekindle resume \(plan.run)` with the same --fence, if the restored cluster has a "
                    + "quorum without them; or bring back one of the hosts"
            )
        }
    }

    /// Returns why a member must not be left out: it could be taken for one of the restored cluster.
    ///
    /// Its old data must be of another cluster than the restored one, which a fresh token sees to.
    package static func identity(of target: MemberTarget, in plan: Plan) -> Check? {
        guard let old = target.oldIdentity, old.clusterID == plan.clusterID else { return nil }
        return Check(
            "token",
            member: target.name,
            .fails,
            "its old data is of cluster \(old.clusterID), the very one that is restored",
            hint:
                "only a fresh initial-cluster-token keeps a member that comes back out of the restored "
                + "cluster: `rekindle rollback \(plan.run)`, then restore with `initial-cluster-token: auto`"
        )
    }

    /// Returns why a member is not off, by a look at its host; nil if etcd is stopped there.
    package static func activity(of target: MemberTarget, _ look: MemberObservation) -> Check? {
        switch look.service.activity {
        case .active:
            return answering(target, "\(target.service.title) is \(look.service.detail)")
        case .stopped where look.isDatabaseOpen == true:
            return answering(target, "a process there has its database open")
        case .unknown where look.isDatabaseOpen != false:
            return answering(
                target,
                "it is not known whether etcd runs there: \(look.service.detail)"
            )
        case .stopped, .unknown: return nil
        }
    }

    /// The check of a member that is to be left out although its host answers, and is not seen to be off.
    package static func answering(_ target: MemberTarget, _ saw: String) -> Check {
        Check(
            "fenced",
            member: target.name,
            .fails,
            "is to be left out, but its host answers: \(saw)",
            hint: "it can be reached: go on without --fence, or stop and disable "
                + "\(target.service.title) there first"
        )
    }
}
