import ClusterInventory
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

@Suite("What systemd stops with etcd")
struct DependentsTests {
    private func facts(_ states: [(String, String)]) -> HostFacts {
        var facts = Sample.facts(1)
        facts.unit.dependents = states.map { DependentUnit(name: $0, state: $1) }
        return facts
    }

    private func plan(_ states: [(String, String)]) -> Plan {
        Sample.plan { facts, number in
            if number == 1 { facts.unit.dependents = self.facts(states).unit.dependents }
        }
    }

    private static let some = [
        ("patroni.service", "active (running)"), ("api.service", "activating (auto-restart)"),
        ("off.service", "inactive (dead)"), ("broken.service", "failed (failed)"),
        ("tick.timer", "active (waiting)"),
    ]

    @Test("is told beforehand, as far as it is up")
    func check() {
        let checks = RunningChecks(
            member: Sample.inventory().members[0],
            facts: facts(Self.some)
        ).all().filter { $0.name == "dependents" }
        #expect(checks.map(\.verdict) == [.warns])
        #expect(
            checks[0].saw.contains("patroni.service, api.service, tick.timer with etcd.service")
        )
        let none = RunningChecks(
            member: Sample.inventory().members[0],
            facts: facts([("x.service", "inactive (dead)")])
        )
        #expect(none.all().filter { $0.name == "dependents" } == [])
    }

    @Test("is started again once the cluster is proven, and before the locks are given back")
    func restore() {
        let plan = self.plan(Self.some)
        #expect(
            plan.steps.suffix(3).map(\.name) == ["verify-cluster", "start-dependents", "finish"]
        )
        let effects = plan.steps.flatMap(\.stages).flatMap(\.effects)
            .filter { $0.kind == .startDependents }
        #expect(effects.map(\.member) == ["etcd-1"])
        #expect(
            effects[0].commands[0].suffix(3) == ["patroni.service", "api.service", "tick.timer"]
        )
    }

    @Test("is started again by a rollback, and not at all where nothing was up")
    func others() {
        let restore = plan(Self.some)
        let rollback = RollbackPlanner.plan(for: restore, createdAt: restore.createdAt)
        #expect(rollback.steps.map(\.name).contains("start-dependents"))
        let none = plan([("off.service", "inactive (dead)")])
        #expect(!none.steps.map(\.name).contains("start-dependents"))
        #expect(
            none.playbookLines != nil
                && restore.playbookLines?.lines.count == none.playbookLines?.lines.count
        )
    }

    @Test("is what the given plan says, whatever was started or ended since")
    func given() {
        let findings: [String: MemberFindings] = [
            "etcd-1": .facts(facts([("patroni.service", "failed (failed)")])),
            "etcd-2": .facts(Sample.facts(2)), "etcd-3": .facts(Sample.facts(3)),
        ]
        let given = plan(Self.some)
        let again = Sample.planner().plan(findings: findings, checks: [], like: given)
        #expect(again.targets.map(\.dependents) == given.targets.map(\.dependents))
        #expect(again.steps == given.steps)
    }

    @Test("is read with its states and the ends of its journals")
    func reading() {
        let units = DependentUnit.all(
            KeyedLines(
                "dependent.1=a.service failed failed \ndependent.1.log=b25lCnR3bwo=\ndependent.2=b.timer\n"
            )
        )
        #expect(
            units == [
                DependentUnit(name: "a.service", state: "failed (failed)", log: ["one", "two"]),
                DependentUnit(name: "b.timer", state: "not known"),
            ]
        )
        #expect(DependentUnit.all(KeyedLines("dependent.2=x active running\n")).isEmpty)
    }
}
