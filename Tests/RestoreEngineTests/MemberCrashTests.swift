import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

/// A change of one member whose coordinator dies at a write of its journal, at each in turn.
@Suite("A member's change", .timeLimit(.minutes(15)))
struct MemberCrashTests {
    /// Which member is changed, and what is left of it.
    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case rebuilt = "rebuilt, with a WAL directory of its own"
        case replaced = "replaced, with nothing left"
        case added = "added, gone from the cluster already"

        var testDescription: String { rawValue }
        var name: String { self == .rebuilt ? "etcd-2" : "etcd-3" }

        var plan: Plan {
            get throws {
                let findings: [String: MemberFindings] = Dictionary(
                    uniqueKeysWithValues: (1...3).map { number in
                        let isAlive = number != 3 || self == .rebuilt
                        return ("etcd-\(number)", .facts(Sample.facts(number, isAlive: isAlive)))
                    }
                )
                let known = self == .added ? 1...2 : 1...3
                let list = MemberList(
                    entries: known.map {
                        MemberList.Entry(
                            id: Sample.oldMember($0),
                            name: "etcd-\($0)",
                            peerURLs: ["http://10.0.0.\($0):2380"]
                        )
                    }
                )
                let request = MemberRequest(self == .rebuilt ? .rebuild : .replace, name)
                let situation = MemberSituation(
                    request: request,
                    agent: MemberSituation.agent(
                        for: request,
                        among: Sample.members,
                        findings.compactMapValues(\.facts)
                    ),
                    membership: Membership(list: list)
                )
                let planner = MemberChangePlanner(
                    Sample.inventory,
                    findings,
                    situation,
                    run: Sample.run,
                    createdAt: "2026-11-22T16:45:12Z"
                )
                return try #require(planner.plan([]))
            }
        }
    }

    private func rehearsal(_ plan: Plan) throws -> Rehearsal {
        Rehearsal(
            plan,
            vocabulary: ModelVocabulary(
                [
                    plan, try #require(MemberRollback.plan(for: plan, createdAt: "later")),
                    CleanPlanner.plan(for: plan, createdAt: "later"),
                ],
                operator: Sample.operator1,
                giveBack: Dictionary(
                    uniqueKeysWithValues: plan.targets.map { ($0.name, Engine.giveBack($0)) }
                )
            )
        )
    }

    /// The one that comes is a voter with all data; of the others nothing was touched.
    private func expectChanged(
        _ rehearsal: Rehearsal,
        _ location: SourceLocation = #_sourceLocation
    ) {
        rehearsal.expectNoViolation(sourceLocation: location)
        for target in rehearsal.restore.targets {
            var expected = ModelHost(target: target, in: rehearsal.restore)
            expected.hasRunDirectory = true
            if case .changed? = target.role {
                expected.aside = expected.data
                expected.data = ModelHost.Place(
                    member: .restored,
                    wal: target.paths.walDir == nil ? nil : .restored
                )
                expected.isActive = true
            }
            expected.hasSafetySnapshot =
                rehearsal.restore.safetySnapshot?.member == target.name
            #expect(rehearsal.fleet.hosts[target.name] == expected, sourceLocation: location)
        }
        let entries = rehearsal.fleet.membership?.entries ?? []
        #expect(
            entries.count == 3 && !entries.contains(where: \.isLearner),
            sourceLocation: location
        )
        #expect(entries.last?.id == ModelMembership.newID, sourceLocation: location)
    }

    /// The member is the one that it was, and so is its host.
    private func expectUndone(
        _ rehearsal: Rehearsal,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        rehearsal.expectNoViolation(sourceLocation: location)
        for target in rehearsal.restore.targets {
            let before = ModelHost(target: target, in: rehearsal.restore)
            var host = try #require(rehearsal.fleet.hosts[target.name])
            host.hasRunDirectory = before.hasRunDirectory
            host.hasSafetySnapshot = before.hasSafetySnapshot
            #expect(host == before, sourceLocation: location)
        }
        let first = try self.rehearsal(rehearsal.restore).fleet.membership
        #expect(rehearsal.fleet.membership == first, sourceLocation: location)
    }

    /// Runs the body once for each write of a session, until the session survives.
    private func atEveryWrite(
        of plan: Plan,
        _ how: RunLog.Break,
        from start: Rehearsal,
        _ body: (Rehearsal, RunState) async throws -> Void
    ) async throws {
        for write in 1... {
            let rehearsal = Rehearsal(copying: start)
            rehearsal.log.takeUp(breakingAt: write, how)
            do {
                _ = try await rehearsal.session(plan)
                #expect(write > plan.effects.count)
                return
            } catch is RunLog.Broken {
                rehearsal.expectNoViolation()
                rehearsal.log.takeUp()
                let state = try rehearsal.log.folded()
                guard state.phase != nil else { continue }
                try await body(rehearsal, state)
                rehearsal.expectIntentsFirst()
            }
        }
    }

    @Test(
        "is finished by a resume wherever its coordinator died, and nothing is done twice",
        arguments: Change.allCases,
        RunLog.Break.allCases
    )
    func resumed(change: Change, how: RunLog.Break) async throws {
        let plan = try change.plan
        try await atEveryWrite(of: plan, how, from: try rehearsal(plan)) { rehearsal, state in
            if state.phase != .completed(.member) { try await rehearsal.complete(plan) }
            expectChanged(rehearsal)
            rehearsal.expectNothingTwice()
        }
    }

    @Test(
        "is undone by a rollback until the cluster was told to let it go, and only finished after that",
        arguments: Change.allCases,
        RunLog.Break.allCases
    )
    func undone(change: Change, how: RunLog.Break) async throws {
        let plan = try change.plan
        let rollback = try #require(MemberRollback.plan(for: plan, createdAt: "later"))
        var undone = 0
        var refused = 0
        try await atEveryWrite(of: plan, how, from: try rehearsal(plan)) { rehearsal, state in
            if let refusal = state.refusal(of: .rollback, leavesFenced: false) {
                refused += 1
                #expect(!refusal.hint.isEmpty)
                if state.phase != .completed(.member) { try await rehearsal.complete(plan) }
                expectChanged(rehearsal)
            } else {
                undone += 1
                try await rehearsal.complete(rollback)
                try expectUndone(rehearsal)
            }
        }
        #expect(undone > 5 && refused > 5)
    }

    @Test(
        "is undone all the same where the coordinator of its rollback died too",
        arguments: RunLog.Break.allCases
    )
    func rollbackResumed(how: RunLog.Break) async throws {
        let plan = try Change.rebuilt.plan
        let rollback = try #require(MemberRollback.plan(for: plan, createdAt: "later"))
        let start = try rehearsal(plan)
        start.fleet.fail(.effect(.stopService), on: "etcd-2", .exits(1, saying: "no"))
        guard case .failed = try await start.session() else {
            Issue.record("the change did not fail")
            return
        }
        try await atEveryWrite(of: rollback, how, from: start) { rehearsal, state in
            if state.phase != .completed(.rollback) { try await rehearsal.complete(rollback) }
            try expectUndone(rehearsal)
        }
    }

    @Test(
        "fails where the learner is never in sync, cannot be undone then, and is resumed once it is"
    )
    func neverInSync() async throws {
        let plan = try Change.rebuilt.plan
        let rehearsal = try rehearsal(plan)
        rehearsal.fleet.trouble("etcd-2") { $0.isNeverInSync = true }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("the change did not fail")
            return
        }
        let failure = try #require(failures.first)
        #expect(failures.count == 1 && failure.step == "promote-member")
        #expect("\(failure.message) \(failure.evidence ?? "")".contains("in sync with leader"))
        let hint = try #require(failure.hint)
        #expect(hint.contains("rekindle resume") && hint.contains("etcd-2"), "\(hint)")
        // it serves on as a learner, which counts for no quorum
        let entries = try #require(rehearsal.fleet.membership).entries
        #expect(entries.filter(\.isLearner).map(\.id) == [ModelMembership.newID])
        #expect(rehearsal.fleet.hosts["etcd-2"]?.isActive == true)
        let state = try rehearsal.log.folded()
        let refusal = try #require(state.refusal(of: .rollback, leavesFenced: false))
        #expect(refusal.hint.contains("rekindle resume"), "\(refusal.hint)")
        rehearsal.fleet.trouble("etcd-2") { $0.isNeverInSync = false }
        try await rehearsal.complete(plan)
        expectChanged(rehearsal)
    }
}
