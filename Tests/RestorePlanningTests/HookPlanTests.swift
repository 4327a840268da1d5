import ClusterInventory
import EtcdModel
import RemoteHost
import Testing

@testable import RestorePlanning

@Suite("Hooks in a plan")
struct HookPlanTests {
    private static func hook(_ name: String, undo: Bool = true) -> Playbook.Line {
        Playbook.Line(
            step: RunHook(
                hook: Hook(
                    group: "control-plane",
                    command: ["\(name)", "it"],
                    undo: undo ? ["un\(name)", "it"] : nil
                )
            )
        )
    }

    /// A hook before the stop, one while the members are down, and two after the start.
    private static let playbook: Playbook = {
        var lines = Playbook.restoreCluster.lines
        lines.append(hook("restart", undo: false))
        lines.insert(hook("greet"), at: 6)
        lines.insert(hook("wall"), at: 3)
        lines.insert(hook("drain"), at: 0)
        return Playbook(name: "mine", summary: "", lines: lines)
    }()

    private static var inventory: Inventory {
        var inventory = Sample.inventory()
        inventory.groups = ["control-plane": ["cp-1", "10.0.0.2"]]
        return inventory
    }

    private func plan(_ exceptions: PlanExceptions = PlanExceptions()) -> Plan {
        var planner = Sample.planner(Self.inventory, playbook: Self.playbook)
        planner.exceptions = exceptions
        return planner.plan(
            findings: Dictionary(
                uniqueKeysWithValues: (1...3).map { ("etcd-\($0)", .facts(Sample.facts($0))) }
            ),
            checks: []
        )
    }

    private func commands(_ plan: Plan) -> [String] {
        plan.steps.map { $0.stages.first?.hook?.hook.command.joined(separator: " ") ?? $0.name }
    }

    @Test("stand where the playbook has them, with the hosts of their group")
    func places() {
        let plan = plan()
        #expect(
            commands(plan) == [
                "take-locks", "drain it", "save-safety-snapshot", "stop-members",
                "distribute-snapshot", "archive-data", "wall it", "restore-snapshot",
                "set-ownership", "start-members", "greet it", "verify-cluster", "restart it",
                "finish",
            ]
        )
        // a host that is a member's goes by its name, and is entered as the member is
        #expect(plan.hookHosts.map(\.name) == ["cp-1", "etcd-2"])
        #expect(plan.hookHosts.map(\.endpoint.become) == [.none, .sudo])
    }

    @Test("leave a fenced member's host alone")
    func fenced() {
        let fence = FencedMember(name: "etcd-2", host: "10.0.0.2", reason: "dead")
        #expect(plan(PlanExceptions(fenced: [fence])).hookHosts.map(\.name) == ["cp-1"])
    }

    @Test(
        "are undone by a rollback in the reverse order, each on its side of the stop and the start"
    )
    func rollback() {
        let rollback = RollbackPlanner.plan(for: plan(), createdAt: "later")
        #expect(
            commands(rollback) == [
                "take-locks", "ungreet it", "stop-members", "discard-restored", "put-back",
                "unwall it", "start-members", "verify-cluster", "undrain it", "finish",
            ]
        )
        let last = rollback.steps.flatMap(\.stages).compactMap(\.hook).last
        #expect(last?.hosts.map(\.name) == ["cp-1", "etcd-2"])
        #expect(last?.hook.undo == nil)
    }

    @Test("are undone only where they may have run")
    func notBegun() {
        let rollback = RollbackPlanner.plan(
            for: plan(),
            isUntouched: true,
            begunSteps: [0, 1],
            createdAt: "later"
        )
        #expect(
            commands(rollback)
                == ["take-locks", "start-members", "verify-cluster", "undrain it", "finish"]
        )
    }

    @Test("after the start are undone before the members are stopped again")
    func afterStart() {
        let plan = Sample.planner(Self.inventory, playbook: .restoreKubernetes).plan(
            findings: Dictionary(
                uniqueKeysWithValues: (1...3).map { ("etcd-\($0)", .facts(Sample.facts($0))) }
            ),
            checks: []
        )
        let names = RollbackPlanner.plan(for: plan, createdAt: "later").steps.map(\.name)
        #expect(
            names == [
                "take-locks", "run", "stop-members", "discard-restored", "put-back",
                "start-members", "verify-cluster", "run", "finish",
            ]
        )
    }

    @Test("are named in a rollback by what they do, not by what they undo")
    func undoTitles() {
        let plan = Sample.planner(Self.inventory, playbook: .restoreKubernetes).plan(
            findings: Dictionary(
                uniqueKeysWithValues: (1...3).map { ("etcd-\($0)", .facts(Sample.facts($0))) }
            ),
            checks: []
        )
        let rollback = RollbackPlanner.plan(for: plan, createdAt: "later")
        let pods = "kube-apiserver, kube-controller-manager and kube-scheduler again"
        #expect(
            rollback.steps.flatMap(\.stages).compactMap(\.hook).map(\.hook.words)
                == ["stop \(pods)", "start \(pods)"]
        )
        // one without a title of its own says what it undoes
        let own = RollbackPlanner.plan(for: self.plan(), createdAt: "later")
        #expect(own.steps.flatMap(\.stages).compactMap(\.hook).last?.hook.words == "undo: drain it")
    }

    @Test("survive the plan's own file, and its steps are known again")
    func again() throws {
        let plan = plan()
        let lines = try #require(plan.playbookLines)
        #expect(lines.hooks == Self.playbook.hooks)
        #expect(lines.lines.map(\.limits) == Self.playbook.lines.map(\.limits))
    }

    @Test("on a group that the inventory does not have are refused")
    func noGroup() {
        let checks = PlaybookChecks.of(.restoreKubernetes, Sample.inventory())
        #expect(checks.map(\.verdict) == [.fails])
        #expect(checks[0].saw.contains("control-plane"))
        #expect(checks[0].hint?.contains("groups: {control-plane: [HOST, …]}") == true)
        #expect(PlaybookChecks.of(.restoreKubernetes, Self.inventory).isEmpty)
    }

    @Test("a playbook for one member is refused for three")
    func oneMember() {
        #expect(PlaybookChecks.of(.restoreSingleMember, Sample.inventory(members: 1)).isEmpty)
        #expect(
            PlaybookChecks.of(.restoreSingleMember, Sample.inventory()).map(\.verdict) == [.fails]
        )
    }

    @Test("have their hosts and programs checked, and a member's host but once")
    func checks() {
        func names(_ findings: [String: HookFinding]) -> [String] {
            HookChecks(inventory: Self.inventory, findings: findings).all()
                .map { "\($0.member ?? "") \($0.name) \($0.verdict)" }
        }
        #expect(
            names([
                "cp-1": .seen(isRoot: true, missing: []),
                "etcd-2": .seen(isRoot: true, missing: []),
            ]) == ["cp-1 reachable holds", "cp-1 root holds"]
        )
        #expect(
            names([
                "cp-1": .seen(isRoot: false, missing: ["drain"]),
                "etcd-2": .seen(isRoot: true, missing: ["undrain"]),
            ]) == [
                "cp-1 reachable holds", "cp-1 root fails", "cp-1 hook fails", "etcd-2 hook fails",
            ]
        )
        let failure = HostFailure(.unreachable, host: "cp-1", "no route", hint: "look")
        #expect(names(["cp-1": .unreachable(failure)]) == ["cp-1 reachable fails"])
        #expect(names(["cp-1": .unreadable("it said nothing")]) == ["cp-1 reachable fails"])
        // `check` does not know whether a playbook will run anything on them
        let unneeded = HookChecks(
            inventory: Self.inventory,
            findings: ["cp-1": .unreachable(failure)],
            areNeeded: false
        )
        #expect(unneeded.all().map(\.verdict) == [.warns])
    }

    @Test(
        "an answer is read though a login shell prints before it",
        arguments: [
            ("0\n", true, []), ("Welcome!\n7\n0\nmissing=jq\n", true, ["jq"]),
            ("1000\n", false, []),
        ] as [(String, Bool, [String])]
    )
    func answers(_ text: String, _ isRoot: Bool, _ missing: [String]) {
        guard case .seen(isRoot, missing)? = HookChecks.read(text) else {
            Issue.record("\(text)")
            return
        }
    }

    @Test("no answer is no finding")
    func noAnswer() {
        #expect(HookChecks.read("This account is not available.\n") == nil)
    }
}
