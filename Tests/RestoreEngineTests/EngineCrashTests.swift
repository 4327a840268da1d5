import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

/// A coordinator that dies at a write of its journal, at each of them in turn.
@Suite("Crashes at every write of the journal", .timeLimit(.minutes(15)))
struct EngineCrashTests {
    /// Runs the body once for each write of a session, until the session survives.
    private func atEveryWrite(
        of plan: Plan,
        _ how: RunLog.Break,
        from start: Rehearsal = Rehearsal(),
        _ body: (Rehearsal) async throws -> Void
    ) async throws {
        for write in 1... {
            let rehearsal = Rehearsal(copying: start)
            rehearsal.log.takeUp(breakingAt: write, how)
            do {
                _ = try await rehearsal.session(plan)
                #expect(write > plan.effects.count)
                return
            } catch is RunLog.Broken {
                let atDeath = rehearsal.fleet.sightings
                rehearsal.expectNoViolation()
                rehearsal.log.takeUp()
                guard try rehearsal.log.folded().phase != nil else {
                    #expect(atDeath == [], "a run that was never planned")
                    continue
                }
                try await body(rehearsal)
                rehearsal.expectIntentsFirst()
            }
        }
    }

    /// A resume, unless the dead coordinator had written that all is done.
    private func finish(_ rehearsal: Rehearsal, _ plan: Plan) async throws {
        let state = try rehearsal.log.folded()
        guard state.phase != .completed(plan.kind) else { return }
        try await rehearsal.complete(plan)
    }

    @Test("are mended by a resume, which does nothing twice", arguments: RunLog.Break.allCases)
    func resume(how: RunLog.Break) async throws {
        try await atEveryWrite(of: Sample.restore, how) { rehearsal in
            try await finish(rehearsal, Sample.restore)
            rehearsal.expectRestored()
            rehearsal.expectNothingTwice()
            let state = try rehearsal.log.folded()
            for effect in Sample.restore.effects {
                let stage = try #require(
                    Sample.restore.stage(of: effect.kind, on: effect.member)
                )
                let id = EffectID(stage: stage, member: effect.member, kind: effect.kind)
                guard case .settled = state.effects[id] else {
                    Issue.record("\(id) is \(String(describing: state.effects[id]))")
                    return
                }
            }
        }
    }

    @Test("are undone by a rollback", arguments: RunLog.Break.allCases)
    func rollback(how: RunLog.Break) async throws {
        try await atEveryWrite(of: Sample.restore, how) { rehearsal in
            try await finish(rehearsal, Sample.rollback)
            rehearsal.expectRolledBack()
        }
    }

    @Test(
        "of a rollback are mended by resuming it",
        arguments: RunLog.Break.allCases,
        [EffectKind.installData, .releaseLock]
    )
    func rollbackResumed(how: RunLog.Break, restoreFailedAt kind: EffectKind) async throws {
        let start = Rehearsal()
        start.fleet.fail(.effect(kind), on: "etcd-2", .exits(1, saying: "no"))
        guard case .failed = try await start.session() else {
            Issue.record("the restore did not fail")
            return
        }
        try await atEveryWrite(of: Sample.rollback, how, from: start) { rehearsal in
            try await finish(rehearsal, Sample.rollback)
            rehearsal.expectRolledBack()
        }
    }

    @Test("of a clean are mended by resuming it", arguments: RunLog.Break.allCases)
    func clean(how: RunLog.Break) async throws {
        let start = Rehearsal()
        try await start.complete()
        try await atEveryWrite(of: Sample.clean, how, from: start) { rehearsal in
            try await finish(rehearsal, Sample.clean)
            rehearsal.expectCleaned()
        }
    }
}
