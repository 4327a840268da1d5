/// Renames the old `member` directory, and a separate WAL directory, aside on their file systems.
///
/// It is not done before every host has the proven snapshot. Nothing is deleted: `rollback` renames
/// it back, and it stays until `clean`.
package struct ArchiveData: Step {
    package let name = "archive-data"
    package let summary = "rename the old data aside, where it stays until `rekindle clean`"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 120)
    package let requires: Set<Condition> = [.membersStopped, .snapshotDistributed]
    package let establishes: Set<Condition> = [.dataSetAside]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "rename aside",
                effects: cluster.builders.flatMap { builder in
                    [builder.setAsideData()] + (builder.setAsideWAL().map { [$0] } ?? [])
                }
            )
        ]
    }
}
