import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("Locks of other runs", .timeLimit(.minutes(15)))
struct EngineLockTests {
    /// Nothing of a run on any host, but the other run's lock on the last one.
    private func expectUntouched(_ rehearsal: Rehearsal) {
        rehearsal.expectNoViolation()
        for target in rehearsal.restore.targets {
            var before = ModelHost(target: target, in: rehearsal.restore)
            if target.name == "etcd-3" { before.lock = Sample.otherRun }
            #expect(rehearsal.fleet.hosts[target.name] == before)
        }
    }

    private func expectRefused(_ ending: RunEnding, by run: String = Sample.otherRun) {
        guard case .refused(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        #expect(failures.first?.message.contains("run \(run)") == true)
        #expect(failures.first?.hint?.contains("`rekindle resume \(run)`") == true)
    }

    @Test("a restore that is refused one lock gives back the others and changes nothing")
    func refused() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        expectRefused(try await rehearsal.session())
        expectUntouched(rehearsal)
        #expect(try rehearsal.log.folded().phase == .refused)
        #expect(rehearsal.fleet.completions(of: .takeLock, on: "etcd-1") == 1)
        #expect(rehearsal.fleet.completions(of: .holdService, on: "etcd-1") == 0)
    }

    @Test(
        "a lock whose answer was lost is given back as well",
        arguments: [ModelFault.Moment.afterEffect, .inTheMiddle]
    )
    func lostLock(moment: ModelFault.Moment) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        rehearsal.fleet.fail(.effect(.takeLock), on: "etcd-1", .lost(moment))
        expectRefused(try await rehearsal.session())
        expectUntouched(rehearsal)
    }

    @Test("a run that was overtaken between its look and its lock is refused like any other")
    func overtaken() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(
            .effect(.takeLock),
            on: "etcd-3",
            .exits(PlannedEffect.lockLostStatus, saying: "run=\(Sample.otherRun)")
        )
        // by the time of the next look the other's lock is there
        let first = Rehearsal(copying: rehearsal)
        let ending = try await first.session(onStumble: {
            first.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        })
        expectRefused(ending)
        expectUntouched(first)
    }

    @Test("a resumed restore that is refused gives back what it had locked before")
    func refusedOnResume() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(.takeLock), on: "etcd-3", .exits(1, saying: "no"))
        guard case .failed = try await rehearsal.session() else {
            Issue.record("the restore did not fail")
            return
        }
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        expectRefused(try await rehearsal.session())
        expectUntouched(rehearsal)
    }

    @Test("a lock that cannot be given back is kept on record: the run can be resumed")
    func cannotGiveBack() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        rehearsal.fleet.fail(.effect(.releaseLock), on: "etcd-1", .exits(1, saying: "no"))
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("a lock was left behind and nobody told")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        #expect(rehearsal.fleet.hosts["etcd-1"]?.lock == Sample.run.rawValue)
        rehearsal.fleet.change("etcd-3") { $0.lock = nil }
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    @Test("a connection that is lost while a lock is given back is made again")
    func lostGiveBack() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        rehearsal.fleet.fail(.effect(.releaseLock), on: "etcd-1", .lost(.afterEffect))
        rehearsal.fleet.fail(.effect(.releaseLock), on: "etcd-2", .lost(.beforeEffect))
        expectRefused(try await rehearsal.session())
        expectUntouched(rehearsal)
    }

    @Test(
        "a rollback that is refused a lock deletes nothing, and can be tried again",
        arguments: [true, false]
    )
    func refusedRollback(isComplete: Bool) async throws {
        let rehearsal = Rehearsal()
        if !isComplete {
            rehearsal.fleet.fail(.effect(.installData), on: "etcd-2", .exits(1, saying: "no"))
        }
        _ = try await rehearsal.session()
        let before = rehearsal.fleet.hosts
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        guard case .failed(let failures) = try await rehearsal.session(Sample.rollback) else {
            Issue.record("a run that set data aside was given up for ever")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        #expect(failures.first?.message.contains(Sample.otherRun) == true)
        for name in Sample.members {
            #expect(rehearsal.fleet.hosts[name]?.aside == before[name]?.aside)
            #expect(rehearsal.fleet.hosts[name]?.data == before[name]?.data)
            #expect(rehearsal.fleet.hosts[name]?.isActive == before[name]?.isActive)
        }
        rehearsal.fleet.change("etcd-3") { $0.lock = nil }
        try await rehearsal.complete(Sample.rollback)
        rehearsal.expectRolledBack()
    }

    @Test("a clean that is refused a lock deletes nothing, and can be tried again")
    func refusedClean() async throws {
        let rehearsal = Rehearsal()
        try await rehearsal.complete()
        let before = rehearsal.fleet.hosts
        rehearsal.fleet.change("etcd-3") { $0.lock = Sample.otherRun }
        guard case .failed = try await rehearsal.session(Sample.clean) else {
            Issue.record("the clean did not fail")
            return
        }
        for name in Sample.members {
            #expect(rehearsal.fleet.hosts[name]?.aside == before[name]?.aside)
        }
        rehearsal.fleet.change("etcd-3") { $0.lock = nil }
        try await rehearsal.complete(Sample.clean)
        rehearsal.expectCleaned()
    }
}
