/// What stands around the steps of every plan: locks first and last, and what is saved before.
enum Framing {
    static let takeLocksName = "take-locks"
    static let safetyName = "save-safety-snapshot"
    static let dependentsName = "start-dependents"
    static let finishName = "finish"

    static func takeLocks(_ cluster: PlannedCluster) -> PlannedStep {
        takeLocks(cluster.builders, withoutDataDir: cluster.withoutDataDir)
    }

    static func takeLocks(
        _ builders: [EffectBuilder],
        withoutDataDir: Set<String> = []
    ) -> PlannedStep {
        PlannedStep(
            name: takeLocksName,
            summary: "lock every host, so that no other run touches it",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [
                Stage(
                    "lock",
                    effects: builders.map { builder in
                        builder.takeLock(
                            createDataDir: withoutDataDir.contains(builder.target.name)
                        )
                    }
                )
            ]
        )
    }

    /// Right before anything is stopped; nil where nothing runs that could be asked.
    static func safety(_ cluster: PlannedCluster) -> PlannedStep? {
        let source = cluster.builders.first { $0.target.name == cluster.safetySource }
        guard let effect = source?.saveSnapshot() else { return nil }
        return PlannedStep(
            name: safetyName,
            summary: "save what the cluster holds now, before anything is stopped",
            limits: StepLimits(retries: 2, timeoutSeconds: 900),
            stages: [Stage("save and prove", effects: [effect])]
        )
    }

    /// Once the cluster serves; nil if systemd stops nothing else with etcd.
    static func dependents(_ builders: [EffectBuilder]) -> PlannedStep? {
        let effects = builders.compactMap { $0.startDependents() }
        return effects.isEmpty
            ? nil
            : PlannedStep(
                name: dependentsName,
                summary: "start what systemd stopped with etcd",
                limits: StepLimits(retries: 1, timeoutSeconds: 240),
                stages: [Stage("start dependents", effects: effects)]
            )
    }

    /// A drill has removed all else that it made.
    static func release(_ cluster: PlannedCluster) -> PlannedStep {
        PlannedStep(
            name: finishName,
            summary: "release the locks",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [Stage("release", effects: cluster.builders.map { $0.releaseLock() })]
        )
    }

    static func finish(_ builders: [EffectBuilder]) -> PlannedStep {
        PlannedStep(
            name: finishName,
            summary: "remove the snapshot's copies and release the locks",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [
                Stage(
                    "tidy up",
                    effects: builders.flatMap { builder in
                        [builder.removeSnapshotCopy(), builder.releaseLock()]
                    }
                )
            ]
        )
    }
}
