import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("A host that is lost in the middle of a run")
struct MidRunFenceTests {
    private static func fence(_ numbers: Int...) -> [FencedMember] {
        numbers.map { FencedMember(name: "etcd-\($0)", host: "10.0.0.\($0)", reason: "burnt") }
    }

    private static func verdict(
        _ members: Int,
        _ fenced: Int...,
        goal: MidRunFence.Goal,
        withoutOldData: Set<Int> = []
    ) -> Check {
        let plan = Sample.plan(members: members) { facts, number in
            if withoutOldData.contains(number) { facts.observation?.data = DataState() }
        }
        return MidRunFence.quorum(
            of: plan,
            without: Set(fenced.map { "etcd-\($0)" }),
            goal: goal
        )
    }

    @Test("is left out of every stage, and the stages keep their places")
    func stages() {
        for playbook in [Playbook.restoreCluster, .restoreClusterStaged] {
            let whole = Sample.plan(playbook: playbook)
            let plan = whole.fencing(Self.fence(2))
            #expect(plan.targets.map(\.name) == ["etcd-1", "etcd-3"])
            #expect(plan.fenced.map(\.name) == ["etcd-2"])
            #expect(plan.topology == whole.topology && plan.clusterID == whole.clusterID)
            #expect(plan.steps.map(\.name) == whole.steps.map(\.name))
            for (left, all) in zip(plan.steps, whole.steps) {
                #expect(left.stages.map(\.title) == all.stages.map(\.title))
                for (stage, before) in zip(left.stages, all.stages) {
                    #expect(stage.effects == before.effects.filter { $0.member != "etcd-2" })
                    #expect(stage.proof?.members.contains { $0.name == "etcd-2" } != true)
                    #expect(stage.comparison?.copies.contains { $0.member == "etcd-2" } != true)
                }
            }
            #expect(plan.fencing(Self.fence(2)) == plan)
        }
    }

    @Test("can be done without as long as the others are a quorum of the restored cluster")
    func restored() {
        #expect(Self.verdict(3, 2, goal: .restored).verdict == .holds)
        #expect(Self.verdict(5, 1, 2, goal: .restored).verdict == .holds)
        for check in [Self.verdict(3, 1, 2, goal: .restored), Self.verdict(1, 1, goal: .restored)] {
            #expect(check.verdict == .fails)
            #expect(check.saw.contains("a quorum is"))
            #expect(check.hint?.contains("rekindle rollback \(Sample.run)") == true)
        }
        #expect(
            Self.verdict(2, 1, goal: .restored).saw.hasPrefix("1 of 2 members would be restored")
        )
    }

    @Test("can be done without in a rollback as long as a quorum gets its old data back")
    func rolledBack() {
        #expect(Self.verdict(3, 2, goal: .rolledBack).verdict == .holds)
        let few = Self.verdict(3, 1, goal: .rolledBack, withoutOldData: [3])
        #expect(few.verdict == .fails)
        #expect(
            few.saw.hasPrefix("1 of 3 members would get their old data back, and a quorum is 2")
        )
        let none = Self.verdict(3, 1, goal: .rolledBack, withoutOldData: [2, 3])
        #expect(none.verdict == .warns, "it had no quorum before the run either: \(none.saw)")
        #expect(Self.verdict(3, 1, 2, 3, goal: .rolledBack).verdict == .fails)
    }

    @Test("counts members that were fenced when the restore began as away already")
    func twice() {
        let plan = Sample.plan(members: 3).fencing(Self.fence(3))
        let check = MidRunFence.quorum(of: plan, without: ["etcd-2"], goal: .restored)
        #expect(check.verdict == .fails)
        #expect(check.saw.hasPrefix("1 of 3"))
    }

    @Test("is refused where its old data is of the very cluster that is restored")
    func token() throws {
        let plan = Sample.plan()
        #expect(MidRunFence.identity(of: plan.targets[0], in: plan) == nil)
        var target = plan.targets[0]
        target.oldIdentity = WALIdentity(memberID: target.memberID, clusterID: plan.clusterID)
        let check = try #require(MidRunFence.identity(of: target, in: plan))
        #expect(check.verdict == .fails)
    }

    @Test("is not off where its host answers and etcd runs there")
    func activity() throws {
        let target = Sample.plan().targets[0]
        #expect(MidRunFence.activity(of: target, Worlds.look(Worlds.stopped)) == nil)
        let check = try #require(MidRunFence.activity(of: target, Worlds.look(Worlds.running)))
        #expect(check.saw.contains("etcd.service is active"))
        let open = MidRunFence.activity(of: target, Worlds.look(Worlds.stopped, open: true))
        #expect(open?.saw.contains("a process there has its database open") == true)
        let unknown = ServiceState(activity: .unknown, detail: "masked")
        #expect(MidRunFence.activity(of: target, Worlds.look(unknown, open: false)) == nil)
        for isOpen in [true, nil] {
            let check = MidRunFence.activity(of: target, Worlds.look(unknown, open: isOpen))
            #expect(check?.saw.contains("it is not known whether etcd runs there: masked") == true)
        }
    }

    @Test("gets its old data back by itself once it answers; the others are only locked")
    func comesBack() {
        let plan = RollbackPlanner.plan(
            for: Sample.plan(),
            bringingBack: ["etcd-2"],
            createdAt: "later"
        )
        #expect(plan.targets.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
        for effect in plan.steps.flatMap(\.stages).flatMap(\.effects)
        where effect.member != "etcd-2" {
            #expect([.takeLock, .removeSnapshotCopy, .releaseLock].contains(effect.kind))
        }
        let proof = plan.steps.flatMap(\.stages).compactMap(\.proof).first
        #expect(proof?.members.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
    }

    @Test("tells what may be left on it")
    func leftovers() {
        let plan = Sample.plan(walDir: "/wal/etcd")
        let left = plan.leftovers(on: plan.targets[0])
        #expect(left.contains("the lock /var/lib/etcd/.rekindle/lock"))
        #expect(left.contains("the hold of etcd.service"))
        #expect(left.contains("the directory /var/lib/etcd/.rekindle/\(Sample.run)"))
        #expect(left.contains("the directory /wal/.rekindle-\(Sample.run)"))
    }
}

@Suite("Members that are to join")
struct JoinExpectationTests {
    private static let plan = Sample.plan()
    private static let target = plan.targets[2]

    private static func list(_ change: (inout MemberList.Entry) -> Void = { _ in }) -> Membership {
        let entries = plan.targets.map { target in
            var entry = MemberList.Entry(
                id: target.memberID,
                name: target.name,
                peerURLs: target.member.peerURLs
            )
            if target.name == "etcd-3" { change(&entry) }
            return entry
        }
        return Membership(list: MemberList(entries: entries))
    }

    private static func check(
        _ membership: Membership?,
        started: Set<String> = [],
        data: DataState = DataState()
    ) throws -> Check {
        var facts = Sample.facts(3)
        facts.observation?.data = data
        return try #require(
            JoinChecks.expected(
                [target],
                by: membership,
                started: started,
                ["etcd-3": .facts(facts)]
            )
            .first
        )
    }

    @Test("are expected by the cluster, each as who it is in the plan; never started is no fault")
    func expected() throws {
        #expect(try Self.check(Self.list()).verdict == .holds)
        #expect(try Self.check(Self.list { $0.name = "" }).verdict == .holds)
    }

    @Test("are refused where the cluster has one under another ID, and the way is a rebuild")
    func replaced() throws {
        let changes: [(inout MemberList.Entry) -> Void] = [
            { $0.id = MemberID(rawValue: 0xFEED) },
            {
                $0.id = MemberID(rawValue: 0xFEED)
                $0.name = ""
            },
            {
                $0.id = MemberID(rawValue: 0xFEED)
                $0.peerURLs = ["http://10.9.9.9:2380"]
            },
        ]
        for change in changes {
            let check = try Self.check(Self.list(change))
            #expect(check.verdict == .fails)
            #expect(check.saw.contains("in the cluster already, as member feed"), "\(check.saw)")
            #expect(check.hint?.contains("rekindle member rebuild etcd-3") == true)
        }
    }

    @Test("are refused where the cluster has let one go, and the way is a replacement")
    func removed() throws {
        var membership = Self.list()
        membership.list.entries.removeLast()
        let check = try Self.check(membership)
        #expect(check.verdict == .fails && check.saw.contains("has let etcd-3 go"))
        #expect(check.hint?.contains("rekindle member replace etcd-3") == true)
    }

    @Test("are refused where nobody tells who belongs to the cluster, or its URLs are others")
    func unknown() throws {
        #expect(try Self.check(nil).verdict == .fails)
        let moved = try Self.check(Self.list { $0.peerURLs = ["http://10.9.9.9:2380"] })
        #expect(moved.verdict == .fails && moved.hint?.contains("member update") == true)
    }

    @Test("never come back as the same member without the data that they acknowledged")
    func lostItsData() throws {
        let lost = try Self.check(Self.list(), started: ["etcd-3"])
        #expect(lost.verdict == .fails && lost.saw.contains("has lost the data"))
        let kept = DataState(
            hasMember: true,
            identity: WALIdentity(memberID: Self.target.memberID, clusterID: Self.plan.clusterID)
        )
        #expect(try Self.check(Self.list(), started: ["etcd-3"], data: kept).verdict == .holds)
    }

    @Test("are taken out again alone: the others are locked, and serve on")
    func undone() throws {
        let fenced = FencedMember(name: "etcd-3", host: "10.0.0.3", reason: "off")
        let restore = Self.plan.fencing([fenced])
        let join = JoinPlanner.plan(
            for: restore,
            from: try #require(Self.plan.snapshot),
            joining: [Self.target],
            withoutDataDir: [],
            outlook: Self.plan.outlook,
            createdAt: "later"
        )
        #expect(join.joining == ["etcd-3"])
        let plan = UnjoinPlanner.plan(for: join, createdAt: "later")
        #expect(plan.kind == .unjoin && plan.run == join.run)
        let effects = plan.steps.flatMap(\.stages).flatMap(\.effects)
        for effect in effects where effect.member != "etcd-3" {
            #expect([.takeLock, .removeSnapshotCopy, .releaseLock].contains(effect.kind))
        }
        #expect(
            effects.filter { $0.member == "etcd-3" }.map(\.kind) == [
                .takeLock, .holdService, .stopService, .discardData, .putBackData,
                .leaveOldServiceStopped, .removeSnapshotCopy, .releaseLock,
            ]
        )
        // the next join must find the place free; what a started member had is kept
        func removed(_ plan: Plan) -> Bool {
            plan.steps.flatMap(\.stages).flatMap(\.effects).flatMap(\.commands).contains {
                $0.first == "delete" && $0.last?.hasSuffix("/discarded") == true
            }
        }
        #expect(removed(plan))
        #expect(!removed(UnjoinPlanner.plan(for: join, started: ["etcd-3"], createdAt: "later")))
    }
}

@Suite("Whose run a plan is")
struct OwnershipTests {
    private static func ownership(
        of plan: Plan = Sample.plan(),
        _ change: (inout Inventory) -> Void
    ) -> Ownership {
        var inventory = Sample.inventory()
        change(&inventory)
        return plan.ownership(by: inventory)
    }

    private static func move(_ inventory: inout Inventory, _ number: Int, to address: String) {
        inventory.members[number - 1].endpoint.host = address
        inventory.members[number - 1].member.peerURLs = ["http://\(address):2380"]
    }

    @Test("the inventory's, where name, members, hosts and peer URLs are the same")
    func same() {
        #expect(Self.ownership { _ in } == .same)
        #expect(
            Self.ownership {
                $0.members.reverse()
                $0.members[0].member.clientURLs = []
            } == .same
        )
    }

    @Test("another cluster's, where the name is another, or no member is in both")
    func other() {
        #expect(
            Self.ownership { $0.clusterName = "staging" }
                == .other("the run is of cluster prod, the inventory of staging")
        )
        let elsewhere = Self.ownership { inventory in
            for number in 1...3 { Self.move(&inventory, number, to: "10.9.9.\(number)") }
        }
        guard case .other(let why) = elsewhere else {
            Issue.record("two clusters of one name were mixed: \(elsewhere)")
            return
        }
        #expect(why.contains("both are called prod, and have no member in common"))
        #expect(why.contains("etcd-1 on 10.0.0.1") && why.contains("etcd-1 on 10.9.9.1"))
    }

    @Test("changed, where some members or hosts are others; the differences are told")
    func changed() {
        guard case .changed(let moved) = Self.ownership({ Self.move(&$0, 2, to: "10.0.0.9") })
        else {
            Issue.record("a member that moved was not noticed")
            return
        }
        #expect(moved[0] == "etcd-2 is on 10.0.0.2 in the run, and on 10.0.0.9 in the inventory")
        let fewer = Self.ownership { $0.members.removeLast() }
        #expect(fewer == .changed(["etcd-3 is a member in the run, and not in the inventory"]))
        let way = Self.ownership { $0.members[0].endpoint.host = "bastion-name" }
        #expect(
            way
                == .changed([
                    "etcd-1 is on 10.0.0.1 in the run, and on bastion-name in the inventory"
                ])
        )
    }

    @Test("the inventory's also where a fenced member comes back on another host")
    func fenced() {
        let fenced = FencedMember(name: "etcd-2", host: "10.0.0.2", reason: "burnt")
        let plan = Sample.plan().fencing([fenced])
        #expect(Self.ownership(of: plan) { Self.move(&$0, 2, to: "10.0.0.9") } == .same)
    }
}
