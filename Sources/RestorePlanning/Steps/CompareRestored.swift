/// Compares the restored databases of all hosts, while the old cluster still serves.
///
/// HashKV says the same once the members run; a copy that a disk has damaged is found here before
/// anything is stopped for it.
package struct CompareRestored: Step {
    package let name = "compare-restored"
    package let summary = "see that every host has restored the same database"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 600)
    package let requires: Set<Condition> = [.snapshotRestored]
    package let excludes: Set<Condition> = [.membersStarted]
    package let establishes: Set<Condition> = [.copiesCompared]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "compare the restored databases",
                comparison: CopyComparison(copies: cluster.builders.map { $0.restoredCopy() })
            )
        ]
    }
}
