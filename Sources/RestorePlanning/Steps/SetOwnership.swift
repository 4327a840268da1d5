/// Gives the staged data to etcd's user and group, as found on the old data or in the inventory.
package struct SetOwnership: Step {
    package let name = "set-ownership"
    package let summary = "give the restored data to etcd's user"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 300)
    package let requires: Set<Condition> = [.snapshotRestored]
    package let establishes: Set<Condition> = [.ownershipSet]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [Stage("chown", effects: cluster.builders.map { $0.setOwnership() })]
    }
}
