/// Takes the members' own data as the snapshot, where no quorum can come back.
///
/// Done before the plan, as `rekindle snapshot recover` does it: every member is looked at, etcd replays the WAL on a copy, all is proven and
/// compared, the furthest is kept and becomes the snapshot of the restore. What may be missing is said, then the plan is shown. Refused where
/// a quorum serves, where members disagree, and where one may have more that could not be read. Left out where `--snapshot` names one.
package struct RecoverSnapshot: Step {
    package let name = "recover-snapshot"
    package let summary = "recover the best of the members' own data as the snapshot"
    package let defaults = StepLimits(retries: 0, timeoutSeconds: 0)
    package let requires: Set<Condition> = []
    package let establishes: Set<Condition> = [.snapshotRecovered]

    package init() {}

    /// It is over when there is a plan: a plan names the snapshot and its proof.
    package func stages(_ cluster: PlannedCluster) -> [Stage] { [] }
}
