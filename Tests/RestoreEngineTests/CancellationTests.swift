import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("Cancelling a run", .timeLimit(.minutes(1)))
struct CancellationTests {
    @Test(
        "ends it in good order while a host does not answer, in any stage, and it can be resumed",
        arguments: Sample.restore.effects.filter { $0.member == "etcd-2" }.map(\.kind)
    )
    func inAnyStage(kind: EffectKind) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(kind), on: "etcd-2", .hangs)
        let ending = try await rehearsal.sessionCancelled {
            $0.saw(ModelSighting(member: "etcd-2", command: .effect(kind)))
        }
        #expect(ending == .interrupted)
        #expect(try rehearsal.log.folded().phase == .halted(.restore, .interrupted))
        #expect(rehearsal.fleet.completions(of: kind, on: "etcd-2") == 0)
        try await rehearsal.complete()
        rehearsal.expectRestored()
        rehearsal.expectNothingTwice()
        rehearsal.expectIntentsFirst()
    }

    @Test("ends it while it looks at a host that does not answer")
    func looking() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.look, on: "etcd-1", .hangs)
        let ending = try await rehearsal.sessionCancelled {
            $0.saw(ModelSighting(member: "etcd-1", command: .look))
        }
        #expect(ending == .interrupted)
        #expect(rehearsal.fleet.completions(of: .takeLock, on: "etcd-1") == 0)
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    @Test("ends the pause before the next try")
    func backingOff() async throws {
        let rehearsal = Rehearsal(backOff: BackOff(first: .seconds(3600), limit: .seconds(3600)))
        rehearsal.fleet.fail(.effect(.stopService), on: "etcd-1", .lost(.beforeEffect))
        let ending = try await rehearsal.sessionCancelled {
            $0.events.contains {
                if case .stumbled = $0 { true } else { false }
            }
        }
        #expect(ending == .interrupted)
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    @Test("ends the wait for a leader", arguments: [ModelCommand.status, .proof])
    func proving(command: ModelCommand) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(command, on: "etcd-3", .hangs)
        let ending = try await rehearsal.sessionCancelled {
            $0.saw(ModelSighting(member: "etcd-3", command: command))
        }
        #expect(ending == .interrupted)
        #expect(try rehearsal.log.folded().provenAt != nil)
        try await rehearsal.complete()
        rehearsal.expectRestored()
        #expect(try rehearsal.log.folded().proofs.filter { !$0.holds } == [])
    }

    @Test("begins no effect after it, however many members were about to")
    func nothingBegins() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(.setAsideData), on: "etcd-2", .hangs)
        _ = try await rehearsal.sessionCancelled {
            $0.saw(ModelSighting(member: "etcd-2", command: .effect(.setAsideData)))
        }
        // the WAL comes after the data on this member
        #expect(rehearsal.fleet.completions(of: .setAsideWAL, on: "etcd-2") == 0)
        let intents = rehearsal.log.events.count {
            if case .intended(let effect, _) = $0 { effect.kind == .setAsideWAL } else { false }
        }
        #expect(intents == 0)
        #expect(rehearsal.fleet.completions(of: .restoreSnapshot, on: "etcd-1") == 0)
    }

    @Test("that comes before it begins touches no host")
    func atOnce() async throws {
        let rehearsal = Rehearsal()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await rehearsal.session()
        }
        task.cancel()
        let ending = try await task.value
        #expect(ending == .interrupted)
        #expect(rehearsal.fleet.sightings == [])
    }
}
