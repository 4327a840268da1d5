import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("Cancelling a run", .timeLimit(.minutes(15)))
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
        // what was asked while the signal came in proves nothing, nor the contrary
        #expect(try rehearsal.log.folded().proofs == [])
        try await rehearsal.complete()
        rehearsal.expectRestored()
        #expect(try rehearsal.log.folded().proofs.filter { !$0.holds } == [])
    }

    @Test("begins no effect after it, although the look before it has been answered")
    func nothingBegins() async throws {
        let session = Mutex<Task<RunEnding, any Error>?>(nil)
        let looks = Atomic(0)
        let rehearsal = Rehearsal(looksStayFresh: .zero) { sighting in
            guard sighting == ModelSighting(member: "etcd-2", command: .look) else { return }
            // for the lock, for the hold, for the stop
            if looks.add(1, ordering: .relaxed).newValue == 3 { session.withLock(\.self)?.cancel() }
        }
        let task = Task {
            while session.withLock({ $0 == nil }) { await Task.yield() }
            return try await rehearsal.session()
        }
        session.withLock { $0 = task }
        let ending = try await task.value
        #expect(ending == .interrupted)
        let intents = rehearsal.log.events.compactMap {
            if case .intended(let effect, _) = $0 { effect.kind } else { nil }
        }
        #expect(Set(intents) == [.takeLock, .saveSnapshot, .holdService])
        #expect(rehearsal.fleet.completions(of: .stopService, on: "etcd-2") == 0)
        try await rehearsal.complete()
        rehearsal.expectRestored()
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
