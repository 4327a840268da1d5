import RestorePlanning
import RestoreRun

/// What coordinators and operators do next with a run, by its number.
///
/// The loop over the stages is the engine's; what may be asked and what is recorded is the shipped
/// `RunPhase` and `RunState`.
final class Coordinators {
    let runs: RunBook
    let rules: HouseRules
    private let stages: StageList

    init(_ rules: HouseRules, _ stages: StageList) {
        self.rules = rules
        self.stages = stages
        runs = RunBook(stages: stages, isUntouched: rules.isUntouched)
    }

    /// nil where the operator is refused.
    func takenUp(_ run: Int, leavingOut passed: UInt64) -> Int? {
        let entry = runs.entries[run]
        guard rules.refusal(entry.phase, .resume) == nil,
            let begun = runs.after(run, RunBook.began, .gone)
        else { return nil }
        return entering(after: nil, begun, leavingOut: passed)
    }

    /// nil where the operator is refused, or has asked for it before.
    func turned(_ run: Int, to request: RunRequest) -> Int? {
        let entry = runs.entries[run]
        let kind: Plan.Kind
        switch request {
        case .resume: return nil
        case .rollback: kind = .rollback
        case .clean: kind = .clean
        }
        guard entry.kind != kind, rules.refusal(entry.phase, request) == nil else { return nil }
        return runs.after(run, RunBook.planned(kind), .gone)
    }

    /// The run once every member has passed its stage.
    func passed(_ run: Int) -> Int? {
        guard case .inStage(let stage, let passed) = runs.entries[run].coordinator else {
            // all locks are given back
            return runs.after(run, .ended(.refused([RunBook.failure])), .gone)
        }
        guard let ended = runs.after(run, .stageEnded(stages.entries[stage].id), .gone) else {
            return nil
        }
        return entering(after: stage, ended, leavingOut: passed)
    }

    /// The run once a member has failed.
    func failed(_ run: Int, byOtherLock: Bool) -> Int? {
        let entry = runs.entries[run]
        if byOtherLock, entry.kind == .restore, case .inStage(let stage, _) = entry.coordinator,
            stages.entries[stage].id == StageID(step: 0, stage: 0)
        {
            return runs.with(.givingBack(stage), run)
        }
        return runs.after(run, .ended(.failed([RunBook.failure])), .gone)
    }

    private func entering(after stage: Int?, _ run: Int, leavingOut passed: UInt64) -> Int? {
        let kind = runs.entries[run].kind
        let passed = passed | (runs.entries[run].leavesServing ? stages.swap : 0)
        guard let next = stages.next(after: stage, of: kind, leavingOut: passed) else {
            return runs.after(run, .ended(.completed), .gone)
        }
        return runs.after(
            run,
            .stageBegan(stages.entries[next].id),
            .inStage(next, leavingOut: passed)
        )
    }

    /// The run once an effect of the open stage is on record.
    func recorded(_ run: Int, _ kind: EffectKind, member: String) -> Int? {
        let entry = runs.entries[run]
        guard case .inStage(let stage, _) = entry.coordinator else { return run }
        let id = EffectID(stage: stages.entries[stage].id, member: member, kind: kind)
        return runs.after(run, .intended(id, attempt: 1), entry.coordinator)
    }
}
