/// Puts the restored data in place by one last rename, then starts all members at once.
///
/// No member is started before the data of every member is in place. Nothing waits for
/// `systemctl start`: a unit of `Type=notify` is ready only once it is in a quorum.
package struct StartMembers: Step {
    package let name = "start-members"
    package let summary = "put the restored data in place, then start every member at once"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 120)
    package let requires: Set<Condition> = [
        .membersStopped, .dataSetAside, .snapshotRestored, .ownershipSet,
    ]
    package let excludes: Set<Condition> = [.membersStarted]
    package let establishes: Set<Condition> = [.membersStarted]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "put the restored data in place",
                effects: cluster.builders.flatMap { builder in
                    (builder.installWAL().map { [$0] } ?? []) + [builder.installData()]
                }
            ),
            Stage("start every member", effects: cluster.builders.map { $0.startService() }),
        ]
    }
}
