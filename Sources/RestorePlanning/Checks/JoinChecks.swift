import EtcdModel
import RemoteHost

/// What must be so for fenced members to join the cluster that was restored without them.
package enum JoinChecks {
    /// IDs are made of names, peer URLs and token: with others the members would not know each other.
    package static func sameCluster(_ restore: Plan, _ now: Plan) -> Check {
        let isSame =
            restore.clusterID == now.clusterID
            && restore.topology.members.map(\.peerURLs) == now.topology.members.map(\.peerURLs)
        return isSame
            ? Check("members", member: nil, .holds, "as in the restore")
            : Check(
                "members",
                member: nil,
                .fails,
                "the inventory has other members, peer URLs or token than the restore had",
                hint: "put the inventory back as it was then; to change the members, "
                    + "`etcdctl member remove` and `add`"
            )
    }

    package static func serving(_ restore: Plan, _ findings: [String: MemberFindings]) -> Check {
        let live = restore.targets.filter { target in
            findings[target.name]?.facts?.live.map {
                $0.clusterID == restore.clusterID && $0.leader != nil
            } == true
        }
        let names = live.map(\.name).joined(separator: ", ")
        return live.count >= restore.topology.quorum
            ? Check(
                "cluster",
                member: nil,
                .holds,
                "\(names) serve as cluster \(restore.clusterID)"
            )
            : Check(
                "cluster",
                member: nil,
                .fails,
                "only \(live.count) of \(restore.targets.count) restored members serve as cluster "
                    + "\(restore.clusterID)\(live.isEmpty ? "" : " (\(names))")",
                hint: "mend the restored cluster first: a quorum of it must take the fenced "
                    + "members in"
            )
    }

    /// The hosts of all restored members are locked while others join: each must answer, and be free.
    package static func answering(
        _ restore: Plan,
        _ findings: [String: MemberFindings]
    ) -> [Check] {
        restore.targets.compactMap { target in
            switch findings[target.name] {
            case .facts(let facts):
                guard let lock = facts.observation?.lock, lock.run != restore.run.rawValue else {
                    return nil
                }
                return Check(
                    "lock",
                    member: target.name,
                    .fails,
                    "locked by \(lock)",
                    hint: lock.wayOut
                )
            case .unreachable(let failure):
                return silent(target, failure.message, hint: failure.hint)
            case .unreadable(let why):
                return silent(target, why, hint: "try `ssh` and `sudo` there by hand")
            case nil:
                return silent(target, "is not in the inventory", hint: "put it back as it was then")
            }
        }
    }

    private static func silent(_ target: MemberTarget, _ saw: String, hint: String?) -> Check {
        Check("reachable", member: target.name, .fails, saw, hint: hint)
    }

    /// Asks the cluster itself whether the members that are to join are still expected, each as who it is in
    /// the plan.
    package static func expected(
        _ joining: [MemberTarget],
        by membership: Membership?,
        started: Set<String> = [],
        _ findings: [String: MemberFindings]
    ) -> [Check] {
        guard let list = membership?.list else {
            return [
                Check(
                    "membership",
                    member: nil,
                    .fails,
                    "no restored member tells who belongs to the cluster",
                    hint:
                        "see what `etcdctl member list` says on a member's host: a join begins only if "
                        + "the cluster expects the member"
                )
            ]
        }
        return joining.map { target in
            membershipCheck(target, list)
                ?? lostCheck(target, started, findings[target.name]?.facts)
                ?? Check(
                    "membership",
                    member: target.name,
                    .holds,
                    "the cluster expects it as member \(target.memberID)"
                )
        }
    }

    private static func membershipCheck(_ target: MemberTarget, _ list: MemberList) -> Check? {
        let name = target.name
        func fails(_ saw: String, hint: String) -> Check {
            Check("membership", member: name, .fails, saw, hint: hint)
        }
        if let entry = list[target.memberID] {
            guard entry.peerURLs.sorted() != target.member.peerURLs.sorted() else { return nil }
            return fails(
                "the cluster reaches member \(entry.id) at \(entry.peerURLs.joined(separator: ", ")), the "
                    + "plan at \(target.member.peerURLs.joined(separator: ", "))",
                hint: "`etcdctl member update \(entry.id) --peer-urls=…` says where it is now"
            )
        }
        let other =
            list.entries.first { $0.name == name } ?? list.member(at: target.member.peerURLs)
        if let other {
            return fails(
                "\(name) is in the cluster already, as member \(other.id)"
                    + "\(other.isLearner ? ", a learner" : ""); the run expected \(target.memberID)",
                hint:
                    "it was replaced or added since: there is nothing to join. If its data is bad, "
                    + "`rekindle member rebuild \(name)`"
            )
        }
        return fails(
            "the cluster has let \(name) go: member \(target.memberID) is not in it any more",
            hint: "`rekindle member replace \(name)` adds it anew, with the data of the others"
        )
    }

    /// A member that took part in the cluster has acknowledged what the others count on: it must not come back
    /// as the same member without that.
    private static func lostCheck(
        _ target: MemberTarget,
        _ started: Set<String>,
        _ facts: HostFacts?
    ) -> Check? {
        guard started.contains(target.name),
            facts?.observation?.data.identity?.memberID != target.memberID
        else { return nil }
        return Check(
            "membership",
            member: target.name,
            .fails,
            "was started in the restored cluster before, and has lost the data that it had there",
            hint: "as the same member it could break what the cluster has committed: "
                + "`rekindle member replace \(target.name)` adds it as a new one"
        )
    }
}
