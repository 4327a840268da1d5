/// Makes the plan that leaves a member as it was, as long as the cluster still counts on it.
package enum MemberRollback {
    /// nil unless the plan is one of a member's change.
    ///
    /// Every effect looks first: the plan is the same wherever the change was stopped. Once the member was
    /// told to leave, there is no such plan: its data is that of nobody.
    package static func plan(for change: Plan, createdAt: String) -> Plan? {
        guard
            let changed = change.targets.first(where: {
                if case .changed? = $0.role { true } else { false }
            })
        else { return nil }
        let builder = EffectBuilder(changed)
        var plan = change
        plan.kind = .rollback
        plan.playbook = "rollback"
        plan.createdAt = createdAt
        plan.steps = [
            Framing.takeLocks(change.targets.map { EffectBuilder($0) }),
            step(
                "stop-member",
                "stop \(changed.name), and let nothing start it",
                [builder.holdService(), builder.stopService()]
            ),
            step(
                "put-back",
                "rename the old data to where it was",
                [builder.putBackWAL()].compactMap { $0 } + [builder.putBackData()]
            ),
            step(
                "start-member",
                "start it if it ran before",
                [builder.forgetJoin()] + [
                    changed.hasOldData && changed.wasActive
                        ? builder.startOldService() : builder.leaveOldServiceStopped()
                ]
            ),
            changed.hasOldData && changed.wasActive ? Framing.dependents([builder]) : nil,
            Framing.finish(change.targets.map { EffectBuilder($0) }),
        ].compactMap { $0 }
        return plan
    }

    private static func step(
        _ name: String,
        _ summary: String,
        _ effects: [PlannedEffect]
    ) -> PlannedStep {
        PlannedStep(
            name: name,
            summary: summary,
            limits: StepLimits(retries: 3, timeoutSeconds: 180),
            stages: effects.map { Stage($0.kind.rawValue.replacing("-", with: " "), effects: [$0]) }
        )
    }
}
