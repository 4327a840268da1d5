import EtcdModel
import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("The engine", .timeLimit(.minutes(15)))
struct EngineTests {
    @Test("carries out a restore, proves it, and leaves only what was set aside")
    func restore() async throws {
        let rehearsal = Rehearsal()
        try await rehearsal.complete()
        rehearsal.expectRestored()
        rehearsal.expectNothingTwice()
        let state = try rehearsal.log.folded()
        #expect(state.phase == .completed(.restore))
        #expect(state.proofs.count == 3 * 8)
        #expect(state.proofs.filter { !$0.holds } == [])
        #expect(state.stumbles == [])
        let settled = state.effects.filter { $0.value == .settled(.acted) }
        #expect(settled.count + 2 == rehearsal.restore.effects.count)
        // the member that was stopped, and had nothing to set aside
        let found = state.effects.filter { $0.value == .settled(.found) }.keys
        #expect(Set(found.map(\.member)) == ["etcd-3"])
        #expect(Set(found.map(\.kind)) == [.stopService, .setAsideData])
    }

    @Test("puts the old cluster back, and proves that it answers")
    func rollback() async throws {
        let rehearsal = Rehearsal()
        try await rehearsal.complete()
        try await rehearsal.complete(Sample.rollback)
        rehearsal.expectRolledBack()
        let state = try rehearsal.log.folded()
        #expect(state.phase == .completed(.rollback))
        // no data is compared: it is the one from before
        #expect(Set(state.proofs.compactMap(\.member)) == ["etcd-1", "etcd-2"])
        #expect(state.proofs.filter { !$0.holds } == [])
        #expect(!state.proofs.contains { $0.name == "data hash" })
    }

    @Test("cleans what a restore set aside, and nothing that is in place")
    func clean() async throws {
        let rehearsal = Rehearsal()
        try await rehearsal.complete()
        try await rehearsal.complete(Sample.clean)
        rehearsal.expectCleaned()
    }

    @Test("journals the intent before it touches a host, and the outcome after")
    func intentFirst() async throws {
        let rehearsal = Rehearsal()
        _ = try await rehearsal.session()
        _ = try await rehearsal.session(Sample.rollback)
        _ = try await rehearsal.session(Sample.clean)
        rehearsal.expectIntentsFirst()
    }

    @Test("begins no stage on any member before every member ended the one before")
    func barrier() async throws {
        let rehearsal = Rehearsal()
        _ = try await rehearsal.session()
        var open: StageID?
        var commands = 0
        for entry in rehearsal.log.timeline {
            switch entry {
            case .event(.stageBegan(let stage)): open = stage
            case .event(.stageEnded): open = nil
            case .event: break
            case .command(let sighting):
                let stage = try #require(open)
                commands += 1
                guard case .effect(let kind) = sighting.command else { continue }
                #expect(rehearsal.restore.stage(of: kind, on: sighting.member) == stage)
            }
        }
        #expect(commands > 30)
    }

    @Test("looks once for an effect that follows on another, and anew where that is long ago")
    func freshLooks() async throws {
        func looks(_ freshness: Duration) async throws -> Int {
            let rehearsal = Rehearsal(looksStayFresh: freshness)
            try await rehearsal.complete()
            rehearsal.expectRestored()
            return rehearsal.fleet.sightings.count { $0.command == .look }
        }
        let anew = try await looks(.zero)
        let fresh = try await looks(.seconds(60))
        #expect(anew == Sample.restore.effects.count)
        #expect(fresh == Sample.restore.targets.count)
    }

    @Test("lets the members of a stage go side by side")
    func sideBySide() async throws {
        // nobody's upload goes on before the uploads of all three have begun
        let meeting = Meeting(of: 3)
        let rehearsal = Rehearsal { sighting in
            if sighting.command == .effect(.uploadSnapshot) { await meeting.join() }
        }
        try await rehearsal.complete()
    }

    @Test("tells how much of the snapshot each host has taken")
    func progress() async throws {
        let rehearsal = Rehearsal()
        _ = try await rehearsal.session()
        for member in Sample.members {
            let sent = rehearsal.watcher.sent(to: member)
            #expect(sent.count > 2)
            #expect(sent == sent.sorted())
            #expect(sent.last == Sample.proof.bytes)
        }
        #expect(rehearsal.watcher.events == rehearsal.log.events)
    }

    @Test("leaves no member out because there is no way to its host")
    func noLink() async throws {
        let rehearsal = Rehearsal()
        let ending = try await rehearsal.session(without: "etcd-2")
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.host) == ["etcd-2"])
        #expect(rehearsal.fleet.hosts["etcd-2"]?.lock == nil)
        #expect(rehearsal.fleet.hosts["etcd-1"]?.hold == nil)
    }
}
