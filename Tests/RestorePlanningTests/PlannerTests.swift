import ClusterInventory
import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning
import Testing

@Suite("Plans")
struct PlannerTests {
    @Test("has the playbook's steps, with locks first and their release last")
    func steps() {
        #expect(
            Sample.plan().steps.map(\.name) == [
                "take-locks", "save-safety-snapshot", "stop-members", "distribute-snapshot",
                "archive-data", "restore-snapshot", "set-ownership", "start-members",
                "verify-cluster", "finish",
            ]
        )
        #expect(
            Sample.plan(playbook: .restoreClusterStaged).steps.map(\.name) == [
                "take-locks", "distribute-snapshot", "restore-snapshot", "set-ownership",
                "compare-restored", "save-safety-snapshot", "stop-members", "archive-data",
                "start-members", "verify-cluster", "finish",
            ]
        )
    }

    @Test("lets a cluster that still serves go first, and nobody else wait")
    func yields() {
        func heavy(_ plan: Plan) -> [[String]] {
            plan.steps.flatMap(\.stages).flatMap(\.effects)
                .filter { [.uploadSnapshot, .restoreSnapshot].contains($0.kind) }
                .flatMap(\.commands).filter { $0.contains("nice") }
        }
        let staged = Sample.plan(playbook: .restoreClusterStaged)
        #expect(heavy(staged).count == 3 * 3)
        #expect(
            heavy(staged).allSatisfy {
                $0.prefix(7) == ["nice", "-n", "19", "ionice", "-t", "-c", "3"]
            }
        )
        #expect(heavy(Sample.plan()).isEmpty)
        let stopped = Sample.plan(playbook: .restoreClusterStaged) { facts, _ in
            facts.unit.activity.activity = .stopped
        }
        #expect(heavy(stopped).isEmpty)
    }

    @Test("compares what every host has restored, before anything is stopped for it")
    func compares() throws {
        let plan = Sample.plan(playbook: .restoreClusterStaged)
        let comparison = try #require(
            plan.steps.flatMap(\.stages).compactMap(\.comparison).first
        )
        #expect(comparison.copies.map(\.member) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(comparison.copies.allSatisfy { $0.tool == "3.5" })
        for (copy, target) in zip(comparison.copies, plan.targets) {
            #expect(copy.command.contains("\(target.paths.run)/staging/member/snap/db"))
        }
    }

    @Test("starts members a moment apart where they compare their data at the start")
    func staggers() {
        func pauses(_ plan: Plan) -> [[String]] {
            plan.steps.flatMap(\.stages).flatMap(\.effects).filter { $0.kind == .startService }
                .map { $0.commands[0] }
        }
        #expect(!pauses(Sample.plan()).contains { $0.first == "sleep" })
        let checking = Sample.plan { facts, number in
            guard number == 2 else { return }
            facts.configuration = EtcdConfiguration(
                values: ["experimental-initial-corrupt-check": "true"]
            )
        }
        #expect(pauses(checking).dropFirst() == [["sleep", "0.3"], ["sleep", "0.6"]])
        #expect(pauses(checking)[0].first != "sleep")
    }

    @Test("raises the revision on every host alike, and expects what comes of it")
    func raises() throws {
        var planner = Sample.planner()
        planner.exceptions.revisionBump = 1000
        planner.snapshot.proof.latestRecords = LatestRecords(
            crc32c: 5,
            lastRevision: Sample.proof.revision
        )
        let plan = planner.plan(
            findings: Dictionary(
                uniqueKeysWithValues: (1...3).map { ("etcd-\($0)", .facts(Sample.facts($0))) }
            ),
            checks: []
        )
        let restores = plan.steps.flatMap(\.stages).flatMap(\.effects)
            .filter { $0.kind == .restoreSnapshot }.flatMap(\.commands)
            .filter { $0.contains("--mark-compacted") }
        #expect(restores.count == 3)
        #expect(restores.allSatisfy { $0.contains("--bump-revision=1000") })
        let expected = try #require(plan.steps.flatMap(\.stages).compactMap(\.proof).first?.data)
        #expect(expected.revision == Sample.proof.revision + 1000)
        #expect(expected.hashKV == planner.snapshot.proof.hashKV(raisedBy: 1000))
        #expect(expected.keys == Sample.proof.keys)
        #expect(plan.revisionBump == 1000)
    }

    @Test("has every member in every stage; only a stop waits for the followers, one is saved")
    func stages() {
        for walDir in [nil, "/wal/etcd"] {
            for step in Sample.plan(walDir: walDir).steps {
                if ["stop-members", "save-safety-snapshot"].contains(step.name) { continue }
                for stage in step.stages where stage.proof == nil && stage.comparison == nil {
                    #expect(
                        Set(stage.effects.map(\.member)) == ["etcd-1", "etcd-2", "etcd-3"],
                        "\(step.name): \(stage.title)"
                    )
                }
            }
        }
    }

    private func stop(_ plan: Plan) throws -> [[String]] {
        let step = try #require(plan.steps.first { $0.name == "stop-members" })
        #expect(
            step.stages.first?.effects.map(\.kind) == [.holdService, .holdService, .holdService]
        )
        #expect(
            step.stages.dropFirst().allSatisfy { $0.effects.allSatisfy { $0.kind == .stopService } }
        )
        return step.stages.dropFirst().map { $0.effects.map(\.member) }
    }

    @Test("stops the followers before the leader, wherever it is")
    func leader() throws {
        for number in 1...3 {
            let plan = Sample.plan { facts, _ in
                facts.live?.leader = MemberID(rawValue: UInt64(number))
            }
            let others = ["etcd-1", "etcd-2", "etcd-3"].filter { $0 != "etcd-\(number)" }
            #expect(try stop(plan) == [others, ["etcd-\(number)"]])
            #expect(plan.outlook.leader == "etcd-\(number)")
        }
    }

    @Test("stops all at once where there is no leader, or no other member")
    func noLeader() throws {
        let plan = Sample.plan { facts, _ in facts.live = nil }
        #expect(try stop(plan) == [["etcd-1", "etcd-2", "etcd-3"]])
        #expect(plan.outlook.leader == nil && plan.outlook.liveRevision == nil)
        let single = try #require(
            Sample.plan(members: 1).steps.first { $0.name == "stop-members" }
        )
        #expect(single.stages.map(\.effects.count) == [1, 1])
    }

    @Test("orders the WAL before the data when they are put in place, and after when taken out")
    func walOrder() {
        let plan = Sample.plan(members: 1, walDir: "/wal/etcd")
        func kinds(_ plan: Plan, _ name: String) -> [EffectKind] {
            plan.steps.first { $0.name == name }?.stages.flatMap(\.effects).map(\.kind) ?? []
        }
        #expect(kinds(plan, "archive-data") == [.setAsideData, .setAsideWAL])
        #expect(kinds(plan, "start-members") == [.installWAL, .installData, .startService])
        let rollback = RollbackPlanner.plan(for: plan, createdAt: "")
        #expect(kinds(rollback, "discard-restored") == [.discardData, .discardWAL])
        #expect(kinds(rollback, "put-back") == [.putBackWAL, .putBackData])
        let plain = Sample.plan(members: 1)
        #expect(kinds(plain, "archive-data") == [.setAsideData])
        #expect(kinds(plain, "start-members") == [.installData, .startService])
    }

    @Test("no member starts before the data of every member is in place")
    func startBarrier() throws {
        let stages = try #require(Sample.plan().steps.first { $0.name == "start-members" }).stages
        #expect(stages.count == 2)
        #expect(stages[0].effects.allSatisfy { $0.kind == .installData })
        #expect(stages[1].effects.allSatisfy { $0.kind == .startService })
    }

    @Test("proves the predicted IDs, and the snapshot's own numbers")
    func proof() throws {
        let plan = Sample.plan()
        let proofs = plan.steps.flatMap(\.stages).compactMap(\.proof)
        let proof = try #require(proofs.first)
        #expect(proofs.count == 1)
        #expect(proof.clusterID == plan.clusterID && plan.clusterID == plan.topology.clusterID)
        #expect(proof.members.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(proof.members.map(\.id) == plan.targets.map(\.memberID))
        #expect(proof.data == ExpectedData(revision: 40, keys: 7, hashKV: 123_456))
        #expect(Set(plan.targets.map(\.memberID)).count == 3)
    }

    @Test("takes a fresh token, unless the inventory fixes one: then other IDs follow")
    func token() {
        let plan = Sample.planner().offlinePlan()
        #expect(plan.topology.token == "fresh-token")
        let fixed = Sample.planner(Sample.inventory(token: "fixed")).offlinePlan()
        #expect(fixed.topology.token == "fixed")
        #expect(fixed.clusterID != plan.clusterID)
        let restore = fixed.steps.flatMap(\.stages).flatMap(\.effects)
            .filter { $0.kind == .restoreSnapshot }
        #expect(restore.count == 3)
        for effect in restore {
            #expect(effect.commands.joined().contains("--initial-cluster-token=fixed"))
            #expect(
                effect.commands.joined().contains(
                    "--initial-cluster=etcd-1=http://10.0.0.1:2380,etcd-2=http://10.0.0.2:2380,"
                        + "etcd-3=http://10.0.0.3:2380"
                )
            )
        }
    }

    @Test("honours the playbook's limits")
    func limits() {
        var playbook = Playbook.restoreCluster
        playbook.lines[1].limits = StepLimits(retries: 9, timeoutSeconds: 77)
        let step = Sample.plan(playbook: playbook).steps.first { $0.name == "distribute-snapshot" }
        #expect(step?.limits == StepLimits(retries: 9, timeoutSeconds: 77))
    }

    @Test("offline, asks nobody and takes the inventory's word")
    func offline() {
        var inventory = Sample.inventory(etcd: EtcdSettings(walDir: "/w", binDir: "/opt/etcd"))
        inventory.members[1].member.clientURLs = []
        let plan = Sample.planner(inventory).offlinePlan()
        #expect(!plan.outlook.askedHosts)
        #expect(plan.outlook.members.map(\.state) == ["not asked", "not asked", "not asked"])
        #expect(plan.targets.allSatisfy { $0.paths.dataDir == "/var/lib/etcd" })
        #expect(plan.targets.allSatisfy { $0.paths.walDir == "/w" })
        #expect(plan.targets.allSatisfy { $0.tools.restore == "/opt/etcd/etcdutl" })
        #expect(plan.targets.allSatisfy { $0.user == "etcd" && $0.group == "etcd" })
        #expect(plan.targets.allSatisfy { !$0.hasOldData && !$0.wasActive })
        #expect(plan.targets[1].member.clientURLs.isEmpty)
    }

    @Test("takes from the host what the inventory leaves out")
    func fromHost() {
        var inventory = Sample.inventory(members: 1, etcd: EtcdSettings())
        inventory.members[0].member.clientURLs = []
        var facts = Sample.facts(walDir: "/wal/etcd")
        facts.dataDir?.realPath = "/mnt/disk/etcd"
        facts.tools.etcdutl = nil
        let plan = Sample.planner(inventory).plan(
            findings: ["etcd-1": .facts(facts)],
            checks: [
                Check("a", member: "etcd-1", .warns, "saw one"),
                Check("b", member: nil, .warns, "saw two"), Check("c", member: nil, .holds, "no"),
            ]
        )
        let target = plan.targets[0]
        #expect(target.member.clientURLs == ["http://10.0.0.1:2379"])
        #expect(target.paths.dataDir == "/mnt/disk/etcd")
        #expect(target.paths.walDir == "/wal/etcd")
        #expect(target.paths.stagedWAL == "/wal/.rekindle-\(Sample.run)/staging")
        #expect(target.tools.restore == "/usr/bin/etcdctl")
        #expect(target.tools.digest == .openssl)
        #expect(target.hasOldData && target.wasActive)
        #expect(target.oldIdentity == facts.observation?.data.identity)
        #expect(plan.outlook.warnings == ["etcd-1: saw one", "saw two"])
        #expect(plan.outlook.members[0].state == "leader at revision 40")
    }

    @Test("makes a data directory only where there is none")
    func missingDirectory() {
        let plan = Sample.plan { facts, number in
            if number == 2 { facts.dataDir?.exists = false }
        }
        let locks = plan.steps[0].stages[0].effects
        let makes = locks.filter { $0.commands.contains { $0.first == "chown" } }.map(\.member)
        #expect(makes == ["etcd-2"])
    }

    @Test("is the same after it was written and read", arguments: [nil, "/wal/etcd"])
    func codable(walDir: String?) throws {
        let restore = Sample.plan(walDir: walDir)
        let plans = [
            restore, RollbackPlanner.plan(for: restore, createdAt: "x"),
            CleanPlanner.plan(for: restore, createdAt: "y"), Sample.planner().offlinePlan(),
        ]
        for plan in plans {
            let bytes = try JSONEncoder().encode(plan)
            #expect(try JSONDecoder().decode(Plan.self, from: bytes) == plan)
        }
    }

    @Test("holds no secret, and names its run in every path of ours")
    func paths() throws {
        let text = String(decoding: try JSONEncoder().encode(Sample.plan()), as: UTF8.self)
        #expect(!text.contains("***"))
        let paths = Sample.plan(walDir: "/wal/etcd").targets[0].paths
        #expect(paths.runDirectory.hasSuffix(Sample.run.rawValue))
        #expect(paths.walRunDirectory?.hasSuffix(Sample.run.rawValue) == true)
        #expect(MemberPaths.parent(of: "/a") == "/")
        #expect(MemberPaths.parent(of: "/a/b") == "/a")
    }

    @Test(
        "a run's ID is of one form, for it becomes a part of paths",
        arguments: [
            "", "..", "20261122T164512Z", "20261122T164512Z-3FA9C1", "20261122T164512Z-3fa9c",
            "20261122T164512Z-3fa9c1-", "20261122T164512Z-../../", "/0261122T164512Z-3fa9c1",
            "20261122T164512Z-3fa9c1\n", "2026 122T164512Z-3fa9c1",
        ]
    )
    func badRunID(text: String) {
        #expect(RunID(rawValue: text) == nil)
    }

    @Test("runs sort by time")
    func runOrder() {
        #expect(Sample.otherRun < Sample.run)
        #expect(RunID(rawValue: Sample.run.description) == Sample.run)
    }
}
