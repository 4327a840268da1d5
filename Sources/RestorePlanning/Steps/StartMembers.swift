import EtcdModel

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

    /// Seconds between two starts: none, unless a member compares its data with its peers' first.
    ///
    /// Then one that starts a moment later finds the earlier ones serving: started at once three wait 7
    /// to 15 seconds for one another, 0.3 s apart one second (tried with 3.4.23, 3.5.16, 3.5.30). The
    /// database must be open and hashed by then, at about a gigabyte a second.
    private func pause(_ cluster: PlannedCluster) -> Double {
        guard cluster.targets.contains(where: { $0.checksAtStart == true }) else { return 0 }
        return 0.3 + Double(cluster.snapshot.bytes) / 1_000_000_000
    }

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "put the restored data in place",
                effects: cluster.builders.flatMap { builder in
                    (builder.installWAL().map { [$0] } ?? []) + [builder.installData()]
                }
            ),
            Stage(
                "start every member",
                effects: cluster.builders.enumerated().map { index, builder in
                    builder.startService(after: pause(cluster) * Double(index))
                }
            ),
        ]
    }
}
