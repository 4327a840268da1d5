import EtcdModel
import RestorePlanning
import RestoreRun

@testable import TestSupport

/// All that decides in the searched machine: the shipped code, unless a test breaks a piece of it.
struct HouseRules {
    var restore: Plan
    var rollback: Plan
    /// The rollback of a run that has not begun to stop anything.
    var untouchedRollback: Plan
    var clean: Plan
    /// Whether an effect is done, may run, or must not, by one look at its host.
    var standing: (MemberObservation, EffectKind, MemberTarget) -> EffectStanding
    /// What an effect's commands come down to.
    var operations: (EffectKind, MemberTarget) -> [ModelHost.Operation]
    /// What an operator may ask of a run.
    var refusal: (RunPhase, RunRequest) -> RequestRefusal?
    /// Whether a rollback need not stop anything.
    var isUntouched: (RunState) -> Bool = { $0.isUntouched }
    /// Whether a look waits on its host for the end of an earlier command of the run, as an effect
    /// does: else it may be out of date when the effect's turn comes.
    var looksWait = true
    /// Whether the proof of the restored data holds on members that were compacted so.
    var proves: ([ModelHost.Compaction]) -> Bool = { CompactedCluster($0).isProven() }
    /// Whether a coordinator that takes the run up starts once more what had been started, and does
    /// not run.
    var startsAgain = true
    /// Whether a run can do without the members of these names.
    var fence: (Plan, Set<String>, MidRunFence.Goal) -> Check = {
        MidRunFence.quorum(of: $0, without: $1, goal: $2)
    }
    /// Whether a fenced member is left out of every stage.
    var leavesOut = true

    static func shipped(
        _ cluster: ModelClusters,
        _ playbook: Playbook = .restoreCluster
    )
        -> HouseRules
    {
        let restore = cluster.restore(playbook)
        return HouseRules(
            restore: restore,
            rollback: RollbackPlanner.plan(for: restore, leader: "etcd-1", createdAt: "later"),
            untouchedRollback: RollbackPlanner.plan(
                for: restore,
                leader: "etcd-1",
                isUntouched: true,
                createdAt: "later"
            ),
            clean: CleanPlanner.plan(for: restore, createdAt: "later"),
            standing: { look, kind, target in
                look.standing(
                    of: kind,
                    target: target,
                    restored: WALIdentity(
                        memberID: target.memberID,
                        clusterID: restore.clusterID
                    ),
                    snapshotBytes: restore.snapshotBytes
                )
            },
            operations: ModelHost.operations,
            refusal: { $0.refusal(of: $1) }
        )
    }

    var plans: [Plan] { [restore, rollback, clean] }
}
