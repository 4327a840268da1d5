import EtcdModel

/// Makes the plan that brings fenced members into the cluster that was restored without them.
///
/// They are restored from the same snapshot with the same token, so that their IDs are those that the
/// others expect, and what was written since reaches them by Raft.
package enum JoinPlanner {
    /// The targets are the fenced members', as their hosts are now.
    package static func plan(
        for restore: Plan,
        from snapshot: SnapshotReference,
        joining fenced: [MemberTarget],
        withoutDataDir: Set<String>,
        outlook: Outlook,
        createdAt: String
    ) -> Plan {
        let whole = restore.including(fenced)
        var plan = whole
        plan.kind = .join
        plan.playbook = "join"
        plan.createdAt = createdAt
        plan.safetySnapshot = nil
        plan.outlook = outlook
        let joining = PlannedCluster(
            topology: restore.topology,
            targets: fenced,
            snapshot: snapshot.proof,
            leader: nil,
            withoutDataDir: withoutDataDir,
            revisionBump: restore.revisionBump
        )
        var all = joining
        all.targets = whole.targets
        plan.steps =
            [Framing.takeLocks(all)]
            + Playbook.restoreCluster.lines.filter { $0.step.name != VerifyCluster().name }
            .map { line in
                PlannedStep(
                    name: line.step.name,
                    summary: line.step.summary,
                    limits: line.limits,
                    stages: line.step.stages(joining)
                )
            } + [verify(whole), Framing.finish(all.builders)]
        return plan
    }

    private static func verify(_ whole: Plan) -> PlannedStep {
        PlannedStep(
            name: VerifyCluster().name,
            summary: "prove that all members are one cluster with the same data",
            limits: VerifyCluster().defaults,
            stages: [
                Stage(
                    "prove every member",
                    proof: ExpectedCluster(
                        clusterID: whole.clusterID,
                        members: whole.targets.map {
                            ExpectedMember(name: $0.name, id: $0.memberID)
                        },
                        data: nil,
                        agreesOnData: true
                    )
                )
            ]
        )
    }
}

extension Plan {
    /// The same plan with members that were fenced from it, in the order of the topology.
    package func including(_ joined: [MemberTarget]) -> Plan {
        var plan = self
        let all = targets + joined
        plan.targets = topology.members.compactMap { member in
            all.first { $0.name == member.name }
        }
        plan.fenced.removeAll { one in joined.contains { $0.name == one.name } }
        return plan
    }
}
