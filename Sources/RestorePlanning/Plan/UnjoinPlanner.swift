import EtcdModel

/// Makes the plan that undoes a join alone: the members that were to join are as they were, and stay off.
package enum UnjoinPlanner {
    /// Every effect looks first: the plan is the same wherever the join was stopped.
    ///
    /// What a member that was never started had been given is a copy of the snapshot, and is removed at the
    /// end, so that the next join finds its place free. What one of the `started` ones has is kept.
    package static func plan(
        for join: Plan,
        started: Set<String> = [],
        createdAt: String
    ) -> Plan {
        var plan = join
        plan.kind = .unjoin
        plan.playbook = Plan.Kind.unjoin.rawValue
        plan.createdAt = createdAt
        let all = join.targets.map { EffectBuilder($0) }
        let joining = all.filter { join.joining.contains($0.target.name) }
        plan.steps = [
            Framing.takeLocks(all),
            RollbackPlanner.step(
                "stop-members",
                "stop the members that were to join, and let nothing start them",
                180
            ) {
                StopMembers().stages(joining, leader: nil)
            },
            RollbackPlanner.step("discard-restored", "rename their restored data aside", 120) {
                [
                    Stage(
                        "rename aside",
                        effects: joining.flatMap { builder in
                            [builder.discardData()] + (builder.discardWAL().map { [$0] } ?? [])
                        }
                    )
                ]
            },
            RollbackPlanner.step("put-back", "rename their old data to where it was", 120) {
                [
                    Stage(
                        "rename back",
                        effects: joining.flatMap { builder in
                            (builder.putBackWAL().map { [$0] } ?? []) + [builder.putBackData()]
                        }
                    )
                ]
            },
            // beside the restored cluster nobody must serve from the old data
            RollbackPlanner.step("release-members", "lift their holds, and leave them stopped", 120)
            {
                [Stage("leave stopped", effects: joining.map { $0.leaveOldServiceStopped() })]
            },
            finish(all) { join.joining.contains($0) && !started.contains($0) },
        ]
        return plan
    }

    private static func finish(
        _ builders: [EffectBuilder],
        removesDiscarded: (String) -> Bool
    ) -> PlannedStep {
        var step = Framing.finish(builders)
        for stage in step.stages.indices {
            for index in step.stages[stage].effects.indices {
                let effect = step.stages[stage].effects[index]
                guard effect.kind == .removeSnapshotCopy, removesDiscarded(effect.member),
                    let paths = builders.first(where: { $0.target.name == effect.member })?.target
                        .paths
                else { continue }
                let discarded = MemberPaths.parent(of: paths.discardedMember)
                let commands =
                    [["delete", paths.named(discarded)]]
                    + (paths.walTwin.map { [$0.words("remove_in", ["discarded"])] } ?? [])
                step.stages[stage].effects[index].commands.insert(contentsOf: commands, at: 0)
            }
        }
        return step
    }
}

extension Plan {
    /// The members that a join restores; empty for every other plan.
    package var joining: Set<String> {
        guard kind == .join else { return [] }
        return Set(
            steps.flatMap(\.stages).flatMap(\.effects).filter { $0.kind == .holdService }.map(
                \.member
            )
        )
    }
}
