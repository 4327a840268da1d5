import RestorePlanning
import RestoreRun

/// How far a run has come on one member, in one word.
enum MemberProgress {
    static func word(of member: String, in summary: RunSummary) -> String {
        if summary.phase == .refused { return "untouched" }
        if summary.failures.contains(where: { $0.host == member }) { return "failed" }
        if summary.isRemoved { return "removed" }
        // a copy that is like the others' proves nothing of the cluster yet
        let proofs = summary.proofs(of: member).filter {
            ![CopyComparison.name, ProductionLook.name, ProductionLook.nameBefore].contains($0.name)
        }
        if !proofs.isEmpty { return proofs.allSatisfy(\.holds) ? "proven" : "not proven" }
        return latest(of: member, in: summary).map(word) ?? "untouched"
    }

    /// The last effect of the plan that is settled on the member.
    private static func latest(of member: String, in summary: RunSummary) -> EffectKind? {
        var latest: EffectKind?
        for (stepIndex, step) in summary.plan.steps.enumerated() {
            for (stageIndex, stage) in step.stages.enumerated() {
                let id = StageID(step: stepIndex, stage: stageIndex)
                for effect in stage.effects where effect.member == member {
                    let effectID = EffectID(stage: id, member: member, kind: effect.kind)
                    if case .settled = summary.state.effects[effectID] { latest = effect.kind }
                }
            }
        }
        return latest
    }

    /// What is true of a member once the effect is settled.
    private static func word(_ kind: EffectKind) -> String {
        switch kind {
        case .takeLock: "locked"
        case .saveSnapshot: "saved"
        case .holdService: "held"
        case .stopService: "stopped"
        case .uploadSnapshot: "has the snapshot"
        case .setAsideData, .setAsideWAL: "old data set aside"
        case .restoreSnapshot: "restored beside"
        case .setOwnership: "restored beside, owned"
        case .installWAL: "restored WAL in place"
        case .installData: "restored data in place"
        case .startService: "started"
        case .removeSnapshotCopy, .releaseLock: "done"
        case .discardData, .discardWAL: "restored data set aside"
        case .putBackWAL: "old WAL back"
        case .putBackData: "old data back"
        case .startOldService: "old data back, started"
        case .leaveOldServiceStopped: "old data back, stopped"
        case .removeMember, .addMember, .promoteMember, .disarmAlarms: "serves"
        case .joinCluster: "started, to join"
        case .forgetJoin: "joined"
        case .startDependents: "serves"
        case .startScratch: "scratch etcd started"
        case .stopScratch: "scratch etcd stopped"
        case .deleteRunDirectory: "cleaned"
        }
    }
}
