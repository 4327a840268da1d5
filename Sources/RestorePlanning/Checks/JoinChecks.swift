import EtcdModel

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
}
