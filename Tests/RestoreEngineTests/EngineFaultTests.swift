import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("Faults in the middle of a run", .timeLimit(.minutes(15)))
struct EngineFaultTests {
    struct Loss: Sendable, CustomTestStringConvertible {
        var plan: Plan
        var member: String
        var kind: EffectKind
        var moment: ModelFault.Moment

        var testDescription: String { "\(kind) on \(member), \(moment)" }

        /// Each effect of the plan that is really carried out.
        static func all(of plan: Plan, on member: String) -> [Loss] {
            plan.effects.filter { $0.member == member }.flatMap { effect in
                ModelFault.Moment.allCases.map {
                    Loss(plan: plan, member: member, kind: effect.kind, moment: $0)
                }
            }
        }

        /// Both starts are the same command, which the models know by the restore's name.
        var command: ModelCommand { .effect(kind == .startOldService ? .startService : kind) }
    }

    @Test(
        "a connection that is lost during an effect of a restore is made again, and no more",
        arguments: Loss.all(of: Sample.restore, on: "etcd-2")
    )
    func restore(loss: Loss) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(loss.command, on: loss.member, .lost(loss.moment))
        try await rehearsal.complete()
        rehearsal.expectRestored()
        rehearsal.expectNothingTwice()
        rehearsal.expectIntentsFirst()
        try expectOneStumble(rehearsal, loss)
    }

    @Test(
        "a connection that is lost during an effect of a rollback is made again, and no more",
        arguments: Loss.all(of: Sample.rollback, on: "etcd-2")
            + Loss.all(of: Sample.rollback, on: "etcd-3").filter {
                $0.kind == .leaveOldServiceStopped
            }
    )
    func rollback(loss: Loss) async throws {
        let rehearsal = Rehearsal()
        try await rehearsal.complete()
        rehearsal.fleet.fail(loss.command, on: loss.member, .lost(loss.moment))
        try await rehearsal.complete(Sample.rollback)
        rehearsal.expectRolledBack()
        rehearsal.expectIntentsFirst()
        try expectOneStumble(rehearsal, loss)
    }

    private func expectOneStumble(_ rehearsal: Rehearsal, _ loss: Loss) throws {
        let state = try rehearsal.log.folded()
        let stage = try #require(loss.plan.stage(of: loss.kind, on: loss.member))
        let effect = EffectID(stage: stage, member: loss.member, kind: loss.kind)
        #expect(state.stumbles.map(\.effect) == [effect])
        #expect(state.stumbles.map(\.attempt) == [1])
        #expect(state.stumbles.map(\.willRetry) == [true])
        #expect(state.stumbles.first?.failure.message == "the connection broke")
        // what was done although nobody heard of it is seen, and not done once more;
        // under a lock of its own a run may remove once more what is gone
        if loss.moment == .afterEffect, loss.kind != .removeSnapshotCopy {
            #expect(state.effects[effect] == .settled(.found))
        } else if loss.moment == .beforeEffect {
            #expect(state.effects[effect] == .settled(.acted))
        }
        #expect(rehearsal.fleet.connections.count { $0 == loss.member } >= 2)
    }

    @Test("a host that cannot be reached for a while is waited for")
    func unreachable() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.makeUnreachable("etcd-1", attempts: 3)
        try await rehearsal.complete()
        rehearsal.expectRestored()
        let stumbles = try rehearsal.log.folded().stumbles
        #expect(stumbles.map(\.attempt) == [1, 2, 3])
        #expect(
            stumbles.map(\.failure.message) == Array(repeating: "no route to 10.0.0.1", count: 3)
        )
        #expect(stumbles.map(\.failure.hint) == Array(repeating: "wire it", count: 3))
    }

    @Test("a run stops once its retries are used up, with the others settled and all locks kept")
    func exhausted() async throws {
        let rehearsal = Rehearsal()
        // the step's two retries are three tries
        for _ in 1...3 {
            rehearsal.fleet.fail(
                .effect(.restoreSnapshot),
                on: "etcd-1",
                .lost(.beforeEffect)
            )
        }
        let ending = try await rehearsal.session()
        #expect(
            ending
                == .failed([
                    RunFailure(
                        host: "etcd-1",
                        step: "restore-snapshot",
                        message: "the connection broke"
                    )
                ])
        )
        try expectHalted(rehearsal, at: .restoreSnapshot, on: "etcd-1")
        let stumbles = try rehearsal.log.folded().stumbles
        #expect(stumbles.map(\.willRetry) == [true, true, false])
        try await rehearsal.complete()
        rehearsal.expectRestored()
        rehearsal.expectNothingTwice()
    }

    @Test(
        "a command that fails is not tried again: host, step, command and hint are told",
        arguments: Sample.restore.effects.filter { $0.member == "etcd-2" }.map(\.kind)
    )
    func permanent(kind: EffectKind) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(kind), on: "etcd-2", .exits(3, saying: "it cannot be"))
        let ending = try await rehearsal.session()
        guard case .failed(let failures) = ending, let failure = failures.first else {
            Issue.record("\(ending)")
            return
        }
        let effect = try #require(
            Sample.restore.effects.first { $0.kind == kind && $0.member == "etcd-2" }
        )
        let stage = try #require(Sample.restore.stage(of: kind, on: "etcd-2"))
        #expect(failures.count == 1)
        #expect(failure.host == "etcd-2")
        #expect(failure.step == Sample.restore.steps[stage.step].name)
        #expect(failure.message == "could not \(effect.summary) (exit 3)")
        #expect(failure.evidence == "it cannot be")
        #expect(failure.hint?.contains("`rekindle resume`") == true)
        let command = ModelSighting(member: "etcd-2", command: .effect(kind))
        #expect(rehearsal.fleet.sightings.count { $0 == command } == 1)
        #expect(rehearsal.fleet.completions(of: kind, on: "etcd-2") == 0)
        if kind != .takeLock, kind != .releaseLock, kind != .removeSnapshotCopy {
            try expectHalted(rehearsal, at: kind, on: "etcd-2")
        }
        try await rehearsal.complete()
        rehearsal.expectRestored()
        rehearsal.expectNothingTwice()
    }

    /// The stage was ended by all other members, the next one by nobody, and every lock is held.
    private func expectHalted(
        _ rehearsal: Rehearsal,
        at kind: EffectKind,
        on member: String
    ) throws {
        rehearsal.expectNoViolation()
        let state = try rehearsal.log.folded()
        let stage = try #require(Sample.restore.stage(of: kind, on: member))
        for effect in Sample.restore.effects where effect.member != member {
            let own = try #require(Sample.restore.stage(of: effect.kind, on: effect.member))
            let id = EffectID(stage: own, member: effect.member, kind: effect.kind)
            if own == stage {
                guard case .settled = state.effects[id] else {
                    Issue.record("\(id) is \(String(describing: state.effects[id]))")
                    continue
                }
            } else if (own.step, own.stage) > (stage.step, stage.stage) {
                #expect(state.effects[id] == nil)
            }
        }
        #expect(!state.endedStages.contains(stage))
        #expect(rehearsal.fleet.hosts.values.allSatisfy { $0.lock == Sample.run.rawValue })
    }

    @Test(
        "a full disk and bytes that changed on the way are called so",
        arguments: [
            ("dd: error writing: No space left on device", "make room on the host"),
            ("Error: expected sha256 [1 2], got [3 4]", "the bytes changed on the way"),
            ("got 9 bytes with SHA-256 ff, want 8 bytes with 00", "the bytes changed on the way"),
        ]
    )
    func hints(said: String, hint: String) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(.uploadSnapshot), on: "etcd-3", .exits(65, saying: said))
        let ending = try await rehearsal.session()
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.evidence) == [said])
        #expect(failures.first?.hint?.hasPrefix(hint) == true)
        #expect(try rehearsal.log.folded().stumbles.map(\.willRetry) == [false])
    }

    @Test("an upload that broke off goes on at its byte, once the bytes before it are proven")
    func uploadGoesOn() async throws {
        let rehearsal = Rehearsal()
        let total = Sample.snapshotBytes.count
        rehearsal.fleet.fail(.effect(.uploadSnapshot), on: "etcd-2", .lost(.inTheMiddle))
        try await rehearsal.complete()
        rehearsal.expectRestored()
        let partial = ModelSighting(member: "etcd-2", command: .partial)
        #expect(rehearsal.fleet.sightings.count { $0 == partial } == 1)
        // counted from the front of the whole: no byte of the first half was read again to be sent
        let sent = rehearsal.watcher.sent(to: "etcd-2")
        let whole = try #require(sent.firstIndex(of: UInt64(total)))
        #expect(sent[(whole + 1)...].allSatisfy { $0 > UInt64(total / 2) })
        #expect(sent.last == UInt64(total))
    }

    @Test("an upload whose first bytes were changed on the host begins anew")
    func uploadBeginsAnew() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.change("etcd-2") { $0.partial = [UInt8](repeating: 1, count: 2500) }
        try await rehearsal.complete()
        rehearsal.expectRestored()
        let partial = ModelSighting(member: "etcd-2", command: .partial)
        #expect(rehearsal.fleet.sightings.contains(partial))
        #expect(rehearsal.watcher.sent(to: "etcd-2").first.map { $0 <= 1500 } == true)
    }

    @Test("an earlier command that is still at work is waited for")
    func busy() async throws {
        let rehearsal = Rehearsal()
        let busy = ModelFault.exits(PlannedEffect.busyStatus, saying: "still at work")
        rehearsal.fleet.fail(.effect(.restoreSnapshot), on: "etcd-1", busy)
        rehearsal.fleet.fail(.effect(.restoreSnapshot), on: "etcd-1", busy)
        try await rehearsal.complete()
        rehearsal.expectRestored()
        #expect(try rehearsal.log.folded().stumbles.map(\.willRetry) == [true, true])
    }

    @Test("half a look is no look: nothing is done by it")
    func halfLook() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.look, on: "etcd-3", .garbles)
        let ending = try await rehearsal.session()
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        #expect(failures.map(\.evidence) == ["half an ans"])
        #expect(rehearsal.fleet.hosts["etcd-3"]?.lock == nil)
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    @Test("members that fail in one stage are all told, in order")
    func several() async throws {
        let rehearsal = Rehearsal()
        for member in ["etcd-3", "etcd-1"] {
            rehearsal.fleet.fail(.effect(.installData), on: member, .exits(1, saying: member))
        }
        let ending = try await rehearsal.session()
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.host) == ["etcd-1", "etcd-3"])
        #expect(failures.map(\.evidence) == ["etcd-1", "etcd-3"])
    }

    @Test("what was lost on the hosts meanwhile is made again by a resume, as far back as it takes")
    func lostMeanwhile() async throws {
        let rehearsal = Rehearsal()
        for member in Sample.members {
            rehearsal.fleet.fail(.effect(.setAsideData), on: member, .exits(1, saying: "no"))
        }
        _ = try await rehearsal.session()
        rehearsal.fleet.change("etcd-2") {
            $0.hold = nil
            $0.isDropInLoaded = false
        }
        rehearsal.fleet.change("etcd-1") { $0.hasSnapshot = false }
        try await rehearsal.complete()
        rehearsal.expectRestored()
        #expect(rehearsal.fleet.completions(of: .holdService, on: "etcd-2") == 2)
        #expect(rehearsal.fleet.completions(of: .holdService, on: "etcd-1") == 1)
        #expect(rehearsal.fleet.completions(of: .uploadSnapshot, on: "etcd-1") == 2)
        #expect(rehearsal.fleet.completions(of: .uploadSnapshot, on: "etcd-3") == 1)
        #expect(rehearsal.fleet.completions(of: .saveSnapshot, on: "etcd-1") == 1)
    }

    @Test("a host whose lock is gone is not mended: another run may have been there")
    func lockGone() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(.restoreSnapshot), on: "etcd-1", .exits(1, saying: "no"))
        _ = try await rehearsal.session()
        rehearsal.fleet.change("etcd-2") {
            $0.lock = nil
            $0.hold = nil
        }
        let ending = try await rehearsal.session()
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.contains { $0.message.contains("the lock") && $0.host == "etcd-2" })
        #expect(rehearsal.fleet.completions(of: .holdService, on: "etcd-2") == 1)
    }

    @Test("a unit that somebody started in the middle is not worked on")
    func startedAgain() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.effect(.setAsideData), on: "etcd-1", .exits(1, saying: "no"))
        _ = try await rehearsal.session()
        rehearsal.fleet.change("etcd-1") {
            $0.hold = nil
            $0.isActive = true
        }
        let ending = try await rehearsal.session()
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.host) == ["etcd-1"])
        #expect(failures.first?.message.contains("the hold of etcd.service is gone") == true)
        rehearsal.expectNoViolation()
        try await rehearsal.complete(Sample.rollback)
        rehearsal.expectRolledBack()
    }
}
