import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

extension Sample {
    static let drill: Plan = {
        var planner = Sample.planner(.drill)
        planner.drill = DrillSettings(place: .members)
        return planner.plan(findings: Sample.findings, checks: [])
    }()
    static let sweep = CleanPlanner.plan(for: drill, createdAt: "later")
    static let drillVocabulary = ModelVocabulary(
        [drill, sweep],
        operator: operator1,
        offsets: [snapshotBytes.count / 2],
        giveBack: Dictionary(
            uniqueKeysWithValues: drill.targets.map { ($0.name, Engine.giveBack($0)) }
        )
    )
}

extension Rehearsal {
    fileprivate static func drill() -> Rehearsal {
        Rehearsal(Sample.drill, vocabulary: Sample.drillVocabulary)
    }

    /// Every host is as it was before the drill, and its etcd was never asked to do anything.
    fileprivate func expectUntouched(sourceLocation: SourceLocation = #_sourceLocation) {
        expectNoViolation(sourceLocation: sourceLocation)
        for target in restore.targets {
            var before = ModelHost(target: target, in: restore)
            let after = fleet.hosts[target.name]
            // what the model remembers of its own doing
            before.isCleaned = after?.isCleaned ?? false
            before.hasForeignOwner = after?.hasForeignOwner ?? false
            before.restarts = after?.restarts ?? 0
            #expect(after == before, sourceLocation: sourceLocation)
        }
    }
}

@Suite("A drill", .timeLimit(.minutes(15)))
struct DrillTests {
    @Test("proves the restored cluster, and leaves every host as it was")
    func passes() async throws {
        let rehearsal = Rehearsal.drill()
        try await rehearsal.complete()
        rehearsal.expectUntouched()
        let state = try rehearsal.log.folded()
        #expect(state.phase == .completed(.drill))
        #expect(state.stoppedAt == nil)
        let allHold = state.proofs.allSatisfy(\.holds)
        #expect(allHold)
        let looks = state.proofs.filter { $0.name == ProductionLook.name }
        #expect(looks.compactMap(\.member).sorted() == Sample.members)
    }

    @Test("fails where production is not as it was before, and says what differs")
    func productionChanged() async throws {
        let rehearsal = Rehearsal.drill()
        let isDone = rehearsal.fleet
        let ending = try await rehearsal.session(onEvent: { event in
            if case .settled(let id, _) = event, id.kind == .stopScratch, id.member == "etcd-2" {
                isDone.change("etcd-2") { $0.restarts += 1 }
            }
        })
        guard case .failed(let failures) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(failures.map(\.host) == ["etcd-2"])
        #expect(failures[0].evidence == "unit.NRestarts was 0, is 1")
        try await rehearsal.complete(Sample.sweep)
        rehearsal.expectUntouched()
    }

    @Test("that finds other data than the snapshot's fails, and is swept")
    func otherData() async throws {
        let rehearsal = Rehearsal.drill()
        rehearsal.fleet.trouble("etcd-3") { $0.hashKV = 7 }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it passed")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        #expect(failures[0].hint?.contains("rollback") == false)
        try await rehearsal.complete(Sample.sweep)
        rehearsal.expectUntouched()
    }

    @Test("that fails at any effect is swept, and leaves every host as it was")
    func everyEffect() async throws {
        let kinds = Set(Sample.drill.effects.map(\.kind)).subtracting([.takeLock])
        for kind in kinds.sorted(by: { $0.rawValue < $1.rawValue }) {
            for member in Sample.members {
                let rehearsal = Rehearsal.drill()
                for _ in 0..<10 {
                    rehearsal.fleet.fail(.effect(kind), on: member, .exits(1, saying: "no"))
                }
                guard case .failed = try await rehearsal.session() else {
                    Issue.record("\(kind) failed on \(member), and the drill did not")
                    continue
                }
                let swept = Rehearsal(copying: rehearsal)
                swept.fleet.forgetFaults()
                try await swept.complete(Sample.sweep)
                swept.expectUntouched()
            }
        }
    }

    @Test(
        "whose coordinator dies at any write of its journal is swept, and leaves every host as it was",
        arguments: RunLog.Break.allCases
    )
    func everyWrite(how: RunLog.Break) async throws {
        for write in 1... {
            let rehearsal = Rehearsal.drill()
            rehearsal.log.takeUp(breakingAt: write, how)
            do {
                _ = try await rehearsal.session(Sample.drill)
                #expect(write > Sample.drill.effects.count)
                return
            } catch is RunLog.Broken {
                rehearsal.expectNoViolation()
                rehearsal.log.takeUp()
                let phase = try rehearsal.log.folded().phase
                if phase == nil || phase == .completed(.drill) { continue }
                #expect(phase?.refusal(of: .resume) != nil)
                #expect(phase?.refusal(of: .rollback) != nil)
                try await rehearsal.complete(Sample.sweep)
                rehearsal.expectUntouched()
                rehearsal.expectIntentsFirst()
            }
        }
    }

    @Test("is refused where another run holds a member, and gives back what it took")
    func locked() async throws {
        let rehearsal = Rehearsal.drill()
        rehearsal.fleet.change("etcd-2") { $0.lock = Sample.otherRun }
        guard case .refused = try await rehearsal.session() else {
            Issue.record("it was not refused")
            return
        }
        for member in ["etcd-1", "etcd-3"] {
            #expect(rehearsal.fleet.hosts[member]?.lock == nil)
            #expect(rehearsal.fleet.hosts[member]?.hasRunDirectory == false)
        }
    }
}
