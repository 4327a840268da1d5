/// What stands around the steps of every plan: locks first and last.
enum Framing {
    static let takeLocksName = "take-locks"
    static let finishName = "finish"

    static func takeLocks(_ cluster: PlannedCluster) -> PlannedStep {
        PlannedStep(
            name: takeLocksName,
            summary: "lock every host, so that no other run touches it",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [
                Stage(
                    "lock",
                    effects: cluster.builders.map { builder in
                        builder.takeLock(
                            createDataDir: cluster.withoutDataDir.contains(builder.target.name)
                        )
                    }
                )
            ]
        )
    }

    static func finish(_ cluster: PlannedCluster) -> PlannedStep {
        PlannedStep(
            name: finishName,
            summary: "remove the snapshot's copies and release the locks",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [
                Stage(
                    "tidy up",
                    effects: cluster.builders.flatMap { builder in
                        [builder.removeSnapshotCopy(), builder.releaseLock()]
                    }
                )
            ]
        )
    }
}
