/// The end of a rollback by hand whose plan asked no host: nobody has told it where etcd ran.
///
/// Both cases are spelled out, and the person who follows it knows which one a host is.
enum UnknownStart {
    static func step(_ builders: [EffectBuilder]) -> PlannedStep {
        PlannedStep(
            name: "start-members",
            summary: "start etcd where it ran before the restore, and leave it stopped elsewhere: "
                + "each host passes one of the two stages",
            limits: StepLimits(retries: 3, timeoutSeconds: 120),
            stages: [
                Stage(
                    "only where etcd ran before: start it",
                    effects: builders.map { $0.startOldService() }
                ),
                Stage(
                    "only where etcd did not run before: leave it stopped",
                    effects: builders.map { $0.leaveOldServiceStopped() }
                ),
            ]
        )
    }

    /// Whose IDs it has is not known either, only that all must have one cluster's.
    static func proof(_ builders: [EffectBuilder]) -> PlannedStep {
        PlannedStep(
            name: "verify-cluster",
            summary: "if a quorum ran before, see that the old cluster answers, with a leader",
            limits: StepLimits(retries: 3, timeoutSeconds: 600),
            stages: [
                Stage(
                    "only where etcd was started: prove the member",
                    proof: ExpectedCluster(
                        clusterID: nil,
                        members: builders.map { ExpectedMember(name: $0.target.name, id: nil) },
                        data: nil
                    )
                )
            ]
        )
    }
}
