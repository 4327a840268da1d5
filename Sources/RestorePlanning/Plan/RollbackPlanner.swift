import EtcdModel

/// Makes the plan that puts the old cluster back, from the plan that set it aside.
package enum RollbackPlanner {
    /// Every effect looks first: the plan is the same wherever the restore was stopped.
    ///
    /// The leader is that of what runs now, and is stopped last; nil where there is none. A cluster that
    /// the restore has not begun to stop is not stopped for the rollback either. The hooks of the steps
    /// that were begun are undone, the last first; nil for all of them. `bringingBack` are the members
    /// that an earlier rollback left out; nil for a rollback of all.
    package static func plan(
        for restore: Plan,
        leader: String? = nil,
        isUntouched: Bool = false,
        begunSteps: Set<Int>? = nil,
        bringingBack: Set<String>? = nil,
        createdAt: String
    ) -> Plan {
        var plan = restore
        plan.kind = .rollback
        plan.playbook = "rollback"
        plan.createdAt = createdAt
        let all = restore.targets.map { EffectBuilder($0) }
        let builders = all.filter { bringingBack?.contains($0.target.name) ?? true }
        let returning = all.filter { $0.target.hasOldData && $0.target.wasActive }
        let swap = [
            step("stop-members", "stop etcd everywhere and let nothing start it", 180) {
                StopMembers().stages(builders, leader: leader)
            },
            step("discard-restored", "rename the restored data aside", 120) {
                [
                    Stage(
                        "rename aside",
                        effects: builders.flatMap { builder in
                            [builder.discardData()] + (builder.discardWAL().map { [$0] } ?? [])
                        }
                    )
                ]
            },
            step("put-back", "rename the old data to where it was", 120) {
                [
                    Stage(
                        "rename back",
                        effects: builders.flatMap { builder in
                            (builder.putBackWAL().map { [$0] } ?? []) + [builder.putBackData()]
                        }
                    )
                ]
            },
        ]
        let hooks = UndoneHooks(of: restore, begunSteps: bringingBack == nil ? begunSteps : [])
        plan.steps =
            [Framing.takeLocks(all)] + hooks.afterStart + (isUntouched ? [] : swap)
            + hooks.whileStopped + [
                restore.outlook.askedHosts
                    ? step("start-members", "start what ran before; leave the rest as it was", 120)
                    {
                        [
                            Stage(
                                "start",
                                effects: builders.map { builder in
                                    builder.target.hasOldData && builder.target.wasActive
                                        ? builder.startOldService()
                                        : builder.leaveOldServiceStopped()
                                }
                            )
                        ]
                    } : UnknownStart.step(builders)
            ]
        // a cluster that had lost its quorum has none after the rollback: there is nothing to prove
        if returning.count >= restore.topology.quorum, restore.outlook.liveRevision != nil {
            plan.steps.append(
                step("verify-cluster", "see that the old cluster answers, with a leader", 600) {
                    [
                        Stage(
                            "prove every member",
                            proof: ExpectedCluster(
                                clusterID: returning.first?.target.oldIdentity?.clusterID,
                                members: returning.map {
                                    ExpectedMember(
                                        name: $0.target.name,
                                        id: $0.target.oldIdentity?.memberID
                                    )
                                },
                                data: nil
                            )
                        )
                    ]
                }
            )
        }
        if !restore.outlook.askedHosts { plan.steps.append(UnknownStart.proof(builders)) }
        plan.steps += [Framing.dependents(returning)].compactMap { $0 } + hooks.beforeStop
        plan.steps.append(Framing.finish(all))
        return plan
    }

    static func step(
        _ name: String,
        _ summary: String,
        _ timeoutSeconds: Int,
        stages: () -> [Stage]
    ) -> PlannedStep {
        PlannedStep(
            name: name,
            summary: summary,
            limits: StepLimits(retries: 3, timeoutSeconds: timeoutSeconds),
            stages: stages()
        )
    }
}

/// Makes the plan that deletes what a finished run left on the hosts.
package enum CleanPlanner {
    package static func plan(for restore: Plan, createdAt: String) -> Plan {
        var plan = restore
        plan.kind = .clean
        plan.playbook = "clean"
        plan.createdAt = createdAt
        let builders = restore.targets.map { EffectBuilder($0) }
        let isDrill = restore.targets.contains { $0.scratch != nil }
        plan.steps = [
            PlannedStep(
                name: "clean",
                summary: isDrill
                    ? "stop and delete what is left of the drill" : "delete what the run set aside",
                limits: StepLimits(retries: 3, timeoutSeconds: 600),
                stages: [
                    Stage(
                        "lock",
                        effects: builders.map { $0.takeLock(createDataDir: restore.isLocal) }
                    )
                ]
                    + (isDrill
                        ? [Stage("stop", effects: builders.compactMap { $0.stopScratch() })] : [])
                    + [
                        Stage("delete", effects: builders.map { $0.deleteRunDirectory() }),
                        Stage("release", effects: builders.map { $0.releaseLock() }),
                    ]
            )
        ]
        return plan
    }
}
