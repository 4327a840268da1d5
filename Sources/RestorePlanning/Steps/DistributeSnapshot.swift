/// Copies the snapshot to every host and proves its SHA-256 there.
///
/// It is written under a temporary name, and gets its own once size and digest are right.
package struct DistributeSnapshot: Step {
    package let name = "distribute-snapshot"
    package let summary = "copy the snapshot to every host and prove it there"
    package let defaults = StepLimits(retries: 5, timeoutSeconds: 1800)
    package let requires: Set<Condition> = []
    package let establishes: Set<Condition> = [.snapshotDistributed]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        relay(cluster) + [
            Stage(
                "copy and prove",
                effects: cluster.builders.map { $0.uploadSnapshot(cluster.snapshot) }
            )
        ]
    }

    private func relay(_ cluster: PlannedCluster) -> [Stage] {
        guard let settings = cluster.relay else { return [] }
        let members = cluster.targets.filter {
            cluster.relaying.contains($0.name) && $0.snapshotFile == nil
        }
        return SnapshotRelay(members, settings).map { [Stage("hand on", relay: $0)] } ?? []
    }
}
