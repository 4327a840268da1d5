import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("Two plans compared")
struct PlanComparisonTests {
    /// What `restore --plan` does with a file: it plans again from what the plan itself tells.
    @Test("finds nothing where a plan is made again from its own steps", arguments: playbooks)
    func fromItself(_ playbook: Playbook) throws {
        let members = playbook.memberCount ?? 3
        let plan = Sample.plan(members: members, playbook: playbook)
        let lines = try #require(plan.playbookLines)
        let again = Sample.plan(members: members, playbook: lines)
        #expect(PlanComparison.differences(plan, again) == [])
        #expect(lines.checks == playbook.checks)
    }

    private static let playbooks: [Playbook] = Playbook.builtIn.filter { !$0.isDrill }
        .flatMap { playbook -> [Playbook] in
            var checked = playbook
            checked.checks = [
                .exists(key: "a"), .hasValue(key: "b", value: ExpectedValue([1])),
                .count(prefix: "c", atLeast: 2), .command(["true"]),
            ]
            var relayed = checked
            relayed.relay = RelaySettings(port: 9999)
            relayed.savesSafetySnapshot = false
            return [playbook, checked, relayed]
        }

    @Test("the same plan has no difference, and neither has what was only seen")
    func none() {
        let plan = Sample.plan()
        #expect(PlanComparison.differences(plan, plan) == [])
        var seen = plan
        seen.createdAt = "later"
        seen.outlook.warnings = ["something"]
        seen.outlook.members[0].freeBytes = 1
        #expect(PlanComparison.differences(plan, seen) == [])
    }

    @Test("a plan that asked no host is not one to run")
    func offline() {
        let plan = Sample.planner().offlinePlan()
        #expect(
            PlanComparison.differences(plan, Sample.plan()) == [
                "the plan was made offline: it does not know what is on the hosts"
            ]
        )
    }

    @Test(
        "that only the leader moved, or was elected, is no difference",
        arguments: [MemberID(rawValue: 1), nil]
    )
    func leaderMoved(before: MemberID?) throws {
        let plan = Sample.plan { facts, _ in facts.live?.leader = before }
        var findings: [String: MemberFindings] = [:]
        for number in 1...3 {
            var facts = Sample.facts(number)
            facts.live?.leader = MemberID(rawValue: 3)
            findings["etcd-\(number)"] = .facts(facts)
        }
        let now = Sample.planner().plan(findings: findings, checks: [], like: plan)
        #expect(now.outlook.leader == "etcd-3")
        #expect(PlanComparison.differences(plan, now) == [])
    }

    @Test("every kind of change is named", arguments: changes)
    func named(given: Change) {
        let plan = Sample.plan()
        var now = plan
        given.change(&now)
        #expect(PlanComparison.differences(plan, now) == given.wanted)
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var wanted: [String]
        var change: @Sendable (inout Plan) -> Void

        init(_ wanted: String..., change: @escaping @Sendable (inout Plan) -> Void) {
            self.wanted = wanted
            self.change = change
        }

        var testDescription: String { wanted.joined(separator: "; ") }

        /// Of the second member.
        static func target(
            _ wanted: String,
            _ change: @escaping @Sendable (inout MemberTarget) -> Void
        ) -> Change {
            Change("etcd-2: \(wanted)") { change(&$0.targets[1]) }
        }
    }

    static let changes: [Change] = [
        Change("the cluster is other, the plan is for prod") { $0.cluster = "other" },
        Change("the inventory has other members, URLs or token than the plan") {
            $0.topology.token = "other"
        },
        Change("/backup/s.db is not the snapshot that the plan is for") {
            $0.snapshot?.proof.sha256 = "other"
        },
        Change("the playbook has other steps, or another order, than the plan") {
            $0.steps.swapAt(1, 2)
        },
        Change("distribute-snapshot would be done in another way now") {
            $0.steps[3].limits.retries = 1
        },
        .target("the way in was ops@10.0.0.2:22 with sudo, is ops@10.0.0.9:22 with sudo") {
            $0.endpoint.host = "10.0.0.9"
        },
        .target("the way in was ops@10.0.0.2:22 with sudo, is root@10.0.0.2:2222") {
            $0.endpoint.user = "root"
            $0.endpoint.port = 2222
            $0.endpoint.become = .none
        },
        .target("the data directory was /var/lib/etcd, is /srv") { $0.paths.dataDir = "/srv" },
        .target("the WAL directory was none, is /wal/etcd") { $0.paths.walDir = "/wal/etcd" },
        .target("the owner was etcd:etcd, is etcd:root") { $0.group = "root" },
        .target("the service was etcd.service, is etcd2.service") {
            $0.service.unit = "etcd2.service"
        },
        .target("the restore tool was /usr/bin/etcdutl, is /x") { $0.tools.restore = "/x" },
        .target("etcdctl was /usr/bin/etcdctl, is /x") { $0.tools.etcdctl = "/x" },
        .target("the digest tool was openssl, is sha256sum") { $0.tools.digest = .sha256sum },
        .target("zstd was missing, is there") { $0.tools.zstd = true },
        .target("client TLS was none, is /ca - -") {
            $0.clientTLS = ClientTLS(cacert: "/ca", cert: nil, key: nil)
        },
        .target("the old data was member af of cluster c0ffee, is unknown") {
            $0.oldIdentity = nil
        },
        .target("old data was there, is missing") { $0.hasOldData = false },
        .target("etcd was running, is stopped") { $0.wasActive = false },
        .target("its settings are others than in the plan") { $0.endpoint.identityFiles = ["/k"] },
    ]

    @Test("the playbook that a plan came from is found again, with its limits")
    func playbookLines() {
        var playbook = Playbook.restoreClusterStaged
        playbook.lines[0].limits.retries = 42
        let found = Sample.plan(playbook: playbook).playbookLines
        #expect(found?.lines.map(\.step.name) == playbook.lines.map(\.step.name))
        #expect(found?.lines.map(\.limits) == playbook.lines.map(\.limits))
        var strange = Sample.plan()
        strange.steps[3].name = "make-coffee"
        #expect(strange.playbookLines == nil)
    }
}

@Suite("Plans for the way back")
struct RollbackPlannerTests {
    private func rollback(_ change: (inout HostFacts, Int) -> Void = { _, _ in }) -> Plan {
        RollbackPlanner.plan(for: Sample.plan(change: change), createdAt: "now")
    }

    @Test("locks, holds and stops, puts the old data back, starts it, proves it, gives back")
    func steps() {
        let plan = rollback()
        #expect(plan.kind == .rollback && plan.run == Sample.run && plan.createdAt == "now")
        #expect(
            plan.steps.map(\.name) == [
                "take-locks", "stop-members", "discard-restored", "put-back", "start-members",
                "verify-cluster", "finish",
            ]
        )
        for stage in plan.steps.flatMap(\.stages) where stage.proof == nil {
            #expect(Set(stage.effects.map(\.member)) == ["etcd-1", "etcd-2", "etcd-3"])
        }
    }

    @Test("stops nothing where the restore had not begun to")
    func untouched() {
        let plan = RollbackPlanner.plan(
            for: Sample.plan(playbook: .restoreClusterStaged),
            isUntouched: true,
            createdAt: "now"
        )
        #expect(
            plan.steps.map(\.name) == ["take-locks", "start-members", "verify-cluster", "finish"]
        )
        let kinds = Set(plan.steps.flatMap(\.stages).flatMap(\.effects).map(\.kind))
        #expect(
            kinds == [.takeLock, .startOldService, .removeSnapshotCopy, .releaseLock],
            "what runs is found running, and is left alone"
        )
    }

    @Test("starts what ran before, and only that")
    func starts() {
        let plan = rollback { facts, number in
            if number == 2 { facts.unit.activity.activity = .stopped }
            if number == 3 { facts.observation?.data = DataState() }
        }
        let effects = plan.steps.first { $0.name == "start-members" }?.stages.flatMap(\.effects)
        #expect(
            effects?.map(\.kind) == [
                .startOldService, .leaveOldServiceStopped, .leaveOldServiceStopped,
            ]
        )
    }

    @Test("proves the old cluster by its own IDs, where it had a quorum")
    func proof() throws {
        let proof = try #require(rollback().steps.flatMap(\.stages).compactMap(\.proof).first)
        #expect(proof.clusterID == Sample.old.clusterID)
        #expect(proof.members.compactMap(\.id).count == 3)
        #expect(proof.data == nil)
        let dead = rollback { facts, _ in facts.live = nil }
        #expect(!dead.steps.contains { $0.name == "verify-cluster" })
        let lost = rollback { facts, number in
            if number > 1 { facts.unit.activity.activity = .stopped }
        }
        #expect(!lost.steps.contains { $0.name == "verify-cluster" })
    }

    @Test("a clean locks, deletes and gives back, on every member")
    func clean() {
        let plan = CleanPlanner.plan(for: Sample.plan(), createdAt: "now")
        #expect(plan.kind == .clean)
        #expect(
            plan.steps.flatMap(\.stages).map { $0.effects.map(\.kind) } == [
                Array(repeating: .takeLock, count: 3),
                Array(repeating: .deleteRunDirectory, count: 3),
                Array(repeating: .releaseLock, count: 3),
            ]
        )
    }
}
