/// Starts a cluster of as many members as production has, beside it, where nobody else can reach it.
package struct StartScratchCluster: Step {
    package let name = "start-scratch-cluster"
    package let summary = "start the restored members beside production, where no client finds them"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 120)
    package let requires: Set<Condition> = [.productionObserved, .snapshotRestored, .ownershipSet]
    package let excludes: Set<Condition> = [.membersStopped, .dataSetAside, .membersStarted]
    package let establishes: Set<Condition> = [.scratchStarted, .membersStarted]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "start every scratch member",
                effects: cluster.builders.compactMap { $0.startScratch() }
            )
        ]
    }
}

/// Ends the scratch cluster and deletes all that the drill made.
package struct RemoveScratchCluster: Step {
    package let name = "remove-scratch-cluster"
    package let summary = "stop the scratch members and delete everything that the drill made"
    package let defaults = StepLimits(retries: 5, timeoutSeconds: 300)
    package let requires: Set<Condition> = [.scratchStarted, .clusterProven]
    package let establishes: Set<Condition> = [.scratchRemoved]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "stop every scratch member",
                effects: cluster.builders.compactMap { $0.stopScratch() }
            ),
            Stage("delete", effects: cluster.builders.map { $0.deleteRunDirectory() }),
        ]
    }
}
