import EtcdModel
import RestorePlanning
import Testing

@Suite("A member that is fenced")
struct FencePlanTests {
    private static let exceptions = PlanExceptions.fence("etcd-2")

    private static let findings = Dictionary(
        uniqueKeysWithValues: (1...3).map {
            ("etcd-\($0)", MemberFindings.facts(Sample.facts($0)))
        }
    )

    private static func restore() -> Plan {
        var planner = Sample.planner()
        planner.exceptions = exceptions
        var findings = findings
        findings["etcd-2"] = nil
        return planner.plan(findings: findings, checks: [])
    }

    private static func join(hasOldData: Bool = true) throws -> Plan {
        let restore = restore()
        let target = try #require(
            Sample.planner().plan(findings: findings, checks: []).target(named: "etcd-2")
        )
        return JoinPlanner.plan(
            for: restore,
            from: try #require(restore.snapshot),
            joining: [target],
            withoutDataDir: [],
            outlook: restore.outlook,
            createdAt: "2026-11-22T18:00:00Z"
        )
    }

    @Test("is a member of the cluster that is formed, and nothing is done on its host")
    func leftOut() {
        let plan = Self.restore()
        let whole = Sample.plan()
        #expect(plan.topology.members.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(plan.clusterID == whole.clusterID)
        #expect(plan.targets.map(\.name) == ["etcd-1", "etcd-3"])
        let effects = plan.steps.flatMap(\.stages).flatMap(\.effects)
        #expect(!effects.contains { $0.member == "etcd-2" })
        let proof = plan.steps.flatMap(\.stages).compactMap(\.proof).first
        #expect(proof?.members.map(\.name) == ["etcd-1", "etcd-3"])
        let restores = effects.filter { $0.kind == .restoreSnapshot }.flatMap(\.commands).joined()
        #expect(restores.contains { $0.contains("etcd-2=http://10.0.0.2:2380") })
    }

    @Test("joins with the IDs and the token that the others expect; they are locked, not stopped")
    func joins() throws {
        let plan = try Self.join()
        #expect(plan.kind == .join)
        #expect(plan.run == Sample.run)
        #expect(plan.topology == Self.restore().topology)
        #expect(plan.targets.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(plan.fenced == [])
        for effect in plan.steps.flatMap(\.stages).flatMap(\.effects)
        where effect.member != "etcd-2" {
            #expect([.takeLock, .removeSnapshotCopy, .releaseLock].contains(effect.kind))
        }
        let kinds = plan.steps.flatMap(\.stages).flatMap(\.effects)
            .filter { $0.member == "etcd-2" }.map(\.kind)
        #expect(
            kinds == [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .restoreSnapshot, .setOwnership, .installData, .startService,
                .removeSnapshotCopy, .releaseLock,
            ]
        )
    }

    @Test("is proven against what the others hold, which nobody can predict any more")
    func proof() throws {
        let proof = try #require(
            try Self.join().steps.flatMap(\.stages).compactMap(\.proof).first
        )
        #expect(proof.data == nil)
        #expect(proof.agreesOnData)
        #expect(proof.members.count == 3)
        #expect(proof.members.allSatisfy { $0.id != nil })
    }

    @Test("is rolled back with the others once it has joined, and not before")
    func rollback() throws {
        let before = RollbackPlanner.plan(for: Self.restore(), createdAt: "")
        let after = RollbackPlanner.plan(for: try Self.join(), createdAt: "")
        #expect(before.targets.map(\.name) == ["etcd-1", "etcd-3"])
        #expect(after.targets.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
    }
}
