import EtcdModel
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import Testing

/// A red test here means that runs of people who upgraded can no longer be resumed or rolled back.
@Suite("Runs of version 0.1.0 can be read for ever")
struct OldRunTests {
    private func state(_ old: OldRun) throws -> (JournalContents<RunEvent>, RunState) {
        let contents = try JournalReader.read(
            try old.bytes("journal.jsonl"),
            as: RunEvent.self
        )
        return (contents, try RunState(contents))
    }

    @Test("their journals fold to the phase that they had", arguments: OldRun.all)
    func folds(_ old: OldRun) throws {
        let (contents, state) = try state(old)
        #expect(contents.run == old.id)
        #expect(contents.records.count == old.records)
        #expect(contents.torn == [])
        #expect(state.phase?.word == old.phase)
        #expect(state.plan?.cluster == "lab")
        #expect(Set(state.coordinators.map(\.version)) == ["0.1.0"])
    }

    @Test("every kind of event is in one of them")
    func allEvents() throws {
        let events = try OldRun.all.flatMap { try state($0).0.records.map(\.event) }
        let kinds = Set(events.map { String(describing: $0).prefix { $0 != "(" } })
        #expect(
            kinds == [
                "planned", "began", "stageBegan", "intended", "settled", "stumbled", "stageEnded",
                "proved", "ended",
            ]
        )
    }

    @Test("every kind of effect is in one of them that a host without a WAL directory can have")
    func allEffects() throws {
        let effects = try OldRun.all.flatMap { old in
            try state(old).0.records.compactMap { record -> EffectKind? in
                if case .settled(let effect, _) = record.event { effect.kind } else { nil }
            }
        }
        #expect(
            Set(effects) == [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .restoreSnapshot, .setOwnership, .installData, .startService,
                .removeSnapshotCopy, .releaseLock, .discardData, .putBackData, .startOldService,
                .deleteRunDirectory,
            ]
        )
    }

    @Test("what the restored one proved is all there")
    func proofs() throws {
        let (_, state) = try state(.restored)
        #expect(state.proofs.count == 24)
        #expect(!state.proofs.contains { !$0.holds })
        #expect(state.stoppedAt != nil)
        #expect(state.provenAt != nil)
        #expect(state.stumbles.isEmpty)
    }

    @Test("the failed one says on which host, why, and with what evidence")
    func failure() throws {
        let (_, state) = try state(try #require(OldRun.all.first { $0.name == "failed" }))
        let stumble = try #require(state.stumbles.first)
        #expect(stumble.effect.kind == .restoreSnapshot)
        #expect(stumble.failure.host == "etcd-2")
        #expect(stumble.failure.evidence?.contains("no space left on device") == true)
    }

    @Test(
        "their plans can be read, and are those that their journals recorded",
        arguments: OldRun.all
    )
    func plans(_ old: OldRun) throws {
        let (contents, _) = try state(old)
        var recorded: [Plan.Kind: String] = [:]
        for record in contents.records {
            if case .planned(let plan) = record.event { recorded[plan.kind] = plan.sha256 }
        }
        for file in try old.planFiles {
            let bytes = try old.bytes(file)
            let plan = try PlanJSON.decode(bytes, file: file)
            #expect(plan.run.rawValue == old.id)
            #expect(plan.targets.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
            #expect(recorded[plan.kind] == SHA256Text.hex(of: bytes), "\(file)")
        }
        let files = try old.planFiles
        #expect(files.count == recorded.count)
    }

    @Test("every effect that a journal names is one of its plan", arguments: OldRun.all)
    func effectsFit(_ old: OldRun) throws {
        let (contents, _) = try state(old)
        let plans = try old.planFiles.map { try PlanJSON.decode(try old.bytes($0), file: $0) }
        var current: Plan?
        for record in contents.records {
            switch record.event {
            case .planned(let planned):
                current = plans.first { $0.kind == planned.kind }
            case .intended(let effect, _), .settled(let effect, _),
                .stumbled(let effect, _, _, _):
                let stage = current?.steps[effect.stage.step].stages[effect.stage.stage]
                let isThere = stage?.effects.contains {
                    $0.kind == effect.kind && $0.member == effect.member
                }
                #expect(isThere == true, "record \(record.seq)")
            case .began, .stageBegan, .stageEnded, .proved, .relayed, .startedDependents, .fenced,
                .ended:
                continue
            }
        }
    }
}
