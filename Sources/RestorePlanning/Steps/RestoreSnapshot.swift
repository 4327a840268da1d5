/// Restores the snapshot with etcd's own tool into a staging directory on every host.
///
/// The tool leaves a `member/snap/db` behind when it fails, from which etcd would start and refuse
/// every write. So it never works in the data directory.
package struct RestoreSnapshot: Step {
    package let name = "restore-snapshot"
    package let summary = "restore the snapshot beside the data directory, with etcd's own tool"
    package let defaults = StepLimits(retries: 2, timeoutSeconds: 1800)
    package let requires: Set<Condition> = [.snapshotDistributed]
    package let establishes: Set<Condition> = [.snapshotRestored]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "restore into staging",
                effects: cluster.builders.map {
                    $0.restoreSnapshot(
                        cluster.topology,
                        cluster.snapshot,
                        revisionBump: cluster.revisionBump
                    )
                }
            )
        ]
    }
}
