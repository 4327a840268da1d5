import EtcdModel
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("The plan of a drill")
struct DrillPlanTests {
    let drill = Sample.drill()

    private func effects(_ kind: EffectKind, in plan: Plan) -> [PlannedEffect] {
        plan.steps.flatMap(\.stages).flatMap(\.effects).filter { $0.kind == kind }
    }

    @Test("copies and restores as a staged restore does, but for the names and the token")
    func sameCommands() {
        let staged = Sample.plan(playbook: .restoreClusterStaged)
        for kind in [EffectKind.uploadSnapshot, .setOwnership] {
            #expect(effects(kind, in: drill) == effects(kind, in: staged))
        }
        let mine = effects(.restoreSnapshot, in: drill).map(\.commands)
        let real = effects(.restoreSnapshot, in: staged).map(\.commands)
        for (one, other) in zip(mine.joined(), real.joined()) {
            let differing = zip(one, other).filter { $0 != $1 }.map(\.0)
            #expect(
                differing.allSatisfy {
                    $0.hasPrefix("--initial-cluster")
                        || $0.hasPrefix("--initial-advertise-peer-urls")
                }
            )
        }
    }

    @Test("neither holds nor stops nor renames anything")
    func leavesProductionAlone() {
        let kinds = Set(drill.steps.flatMap(\.stages).flatMap(\.effects).map(\.kind))
        #expect(
            kinds == [
                .takeLock, .uploadSnapshot, .restoreSnapshot, .setOwnership, .startScratch,
                .stopScratch, .deleteRunDirectory, .releaseLock,
            ]
        )
        #expect(drill.safetySnapshot == nil)
    }

    @Test("has a token of its own, also where the inventory fixes production's")
    func token() {
        var planner = Planner(
            inventory: Sample.inventory(token: "production"),
            playbook: .drill,
            snapshot: SnapshotReference(path: "/backup/s.db", proof: Sample.proof),
            run: Sample.run,
            token: "fresh-token",
            createdAt: "",
            drill: DrillSettings(place: .members)
        )
        #expect(planner.token == "fresh-token")
        planner.drill = nil
        #expect(Sample.planner(Sample.inventory(token: "production")).token == "production")
    }

    @Test("gives the members a port of their own among them, and clients no port at all")
    func quarantine() throws {
        for target in drill.targets {
            let command = try #require(target.scratch).command
            let clients = command.filter { $0.contains("client-urls") }
            #expect(
                clients == [
                    "--advertise-client-urls=unix://client:2379",
                    "--listen-client-urls=unix://client:2379",
                ]
            )
            #expect(target.member.clientURLs == ["unix://\(target.paths.staging)/client:2379"])
            #expect(target.clientTLS == nil)
            #expect(target.member.peerURLs.allSatisfy { $0.hasSuffix(":12380") })
            #expect(!command.contains { $0.contains(":2380") })
        }
    }

    @Test("lets a scratch member take what nobody else wants, and not for ever")
    func bounds() throws {
        let start = effects(.startScratch, in: drill)[0].commands.joined()
        for property in [
            "RuntimeMaxSec=7200", "Nice=19", "IOSchedulingClass=idle", "CPUQuota=100%",
            "OOMScoreAdjust=1000", "Restart=no",
        ] {
            #expect(start.contains("--property=\(property)"))
        }
        #expect(start.contains { $0.hasPrefix("--property=MemoryMax=") })
    }

    @Test("takes production's peer certificates and quota over, from flags and from a file")
    func inherits() throws {
        let plan = Sample.drill { facts, _ in
            facts.configuration = EtcdConfiguration(
                values: [
                    "peer-cert-file": "/pki/peer.crt", "peer-client-cert-auth": "true",
                    "quota-backend-bytes": "8589934592", "listen-peer-urls": "https://0.0.0.0:2380",
                    "cert-file": "/pki/server.crt", "data-dir": "/elsewhere",
                ]
            )
        }
        let command = try #require(plan.targets[0].scratch).command
        #expect(command.contains("--peer-cert-file=/pki/peer.crt"))
        #expect(command.contains("--peer-client-cert-auth=true"))
        #expect(command.contains("--quota-backend-bytes=8589934592"))
        #expect(command.contains("--listen-peer-urls=https://0.0.0.0:12380"))
        #expect(!command.contains { $0.hasPrefix("--cert-file") })
        #expect(command.filter { $0.hasPrefix("--data-dir") }.count == 1)
        let file = EtcdConfiguration.decide(
            environment: [:],
            arguments: ["--config-file=/etc/etcd.yaml"],
            file: "name: a\npeer-transport-security:\n  cert-file: /pki/p.crt\n  auto-tls: false\n"
        )
        #expect(file["peer-cert-file"] == "/pki/p.crt")
        #expect(file["peer-auto-tls"] == "false")
    }

    @Test("on this machine opens no port, and looks at no production")
    func local() throws {
        let plan = Sample.drill(
            settings: DrillSettings(place: .here(directory: "/tmp/d", logs: "/state/logs"))
        )
        #expect(plan.isLocal)
        #expect(!plan.steps.contains { $0.name.contains("production") })
        for target in plan.targets {
            let command = try #require(target.scratch).command
            let urls = command.filter { $0.contains("-urls=") }
            #expect(urls.count == 4)
            #expect(urls.allSatisfy { $0.contains("=unix://m") })
        }
    }

    @Test("is undone by a clean that stops what it started before it deletes")
    func clean() {
        let clean = CleanPlanner.plan(for: drill, createdAt: "later")
        let kinds = clean.steps.flatMap(\.stages).map { Set($0.effects.map(\.kind)) }
        #expect(kinds == [[.takeLock], [.stopScratch], [.deleteRunDirectory], [.releaseLock]])
        #expect(
            effects(.stopScratch, in: CleanPlanner.plan(for: Sample.plan(), createdAt: "")).isEmpty
        )
    }

    @Test("asks the user's own checks of the proven data")
    func checks() throws {
        var playbook = Playbook.drill
        playbook.checks = [.exists(key: "/a b"), .count(prefix: "/registry/", atLeast: 2)]
        let plan = Sample.drill(playbook: playbook)
        let stages = try #require(plan.steps.first { $0.name == "verify-cluster" }).stages
        #expect(stages.count == 2)
        #expect(stages[1].dataChecks?.revision == Sample.proof.revision)
        #expect(stages[1].dataChecks?.checks == playbook.checks)
    }
}

@Suite("The lock of a drill")
struct DrillLockTests {
    @Test("says that it is one, to whoever finds it", arguments: [true, false])
    func purpose(isDrill: Bool) throws {
        let host = try LocalHost()
        try host.makeData("old", Sample.old)
        var target = host.target
        target.scratch = isDrill ? Sample.drill().targets[0].scratch : nil
        let lock = EffectBuilder(target).takeLock(createDataDir: false)
        let taken = try host.perform(lock, as: target)
        #expect(taken.status == 0, "\(taken.errorText)")
        let found = try #require(try host.look().lock)
        #expect(found.isDrill == isDrill)
        #expect(found.run == Sample.run.rawValue)
        #expect(found.wayOut.contains("it is a drill") == isDrill)
    }
}

@Suite("A scratch member's standing")
struct ScratchStandingTests {
    private let target = Sample.drill().targets[0]

    private func standing(
        _ kind: EffectKind,
        _ activity: ServiceState.Activity,
        isRestored: Bool = true,
        isLocked: Bool = true
    ) -> EffectStanding {
        let identity = WALIdentity(
            memberID: target.memberID,
            clusterID: Sample.drill().clusterID
        )
        return MemberObservation(
            lock: isLocked
                ? HostLock(run: target.paths.run, operator: "o", coordinator: "c", since: "s")
                : nil,
            service: ServiceState(activity: activity, detail: ""),
            staged: DataState(hasMember: isRestored, identity: isRestored ? identity : nil),
            isRestoreMarked: isRestored,
            runDirectoryExists: true
        )
        .standing(of: kind, target: target, restored: identity, snapshotBytes: 1)
    }

    @Test("it starts only on a whole restore, once, and under this run's lock")
    func start() {
        #expect(standing(.startScratch, .stopped) == .ready)
        #expect(standing(.startScratch, .active) == .done)
        for refused in [
            standing(.startScratch, .unknown),
            standing(.startScratch, .stopped, isRestored: false),
            standing(.startScratch, .stopped, isLocked: false),
        ] {
            guard case .refused = refused else {
                Issue.record("\(refused)")
                continue
            }
        }
    }

    @Test("it is stopped before what it runs on is deleted")
    func stop() {
        #expect(standing(.stopScratch, .active) == .ready)
        #expect(standing(.stopScratch, .stopped) == .done)
        #expect(standing(.deleteRunDirectory, .stopped) == .ready)
        guard case .refused = standing(.deleteRunDirectory, .active) else {
            Issue.record("it would be deleted under a running etcd")
            return
        }
    }
}

@Suite("The judgement of a check of the data")
struct DataCheckTests {
    private func result(_ text: String, status: Int32 = 0) -> CommandResult {
        CommandResult(ending: .exited(status), output: Array(text.utf8))
    }

    private let found =
        #"{"header":{"cluster_id":1,"member_id":2,"revision":9,"raft_term":2},"kvs":[{"key":"YQ==","#
        + #""create_revision":2,"mod_revision":2,"version":1,"value":"Yg=="}],"count":1}"#
    private let nothing =
        #"{"header":{"cluster_id":1,"member_id":2,"revision":9,"raft_term":2}}"#

    @Test("a key is there, or it is not")
    func exists() {
        let check = DataCheck.exists(key: "a")
        #expect(check.judge(result(found))?.holds == true)
        #expect(check.judge(result(nothing))?.holds == false)
        #expect(check.judge(result("Error: no", status: 1)) == nil)
        #expect(check.judge(result("")) == nil)
    }

    private static let forms: [@Sendable (String) -> DataCheck] = [
        { .hasValue(key: "a", value: ExpectedValue(Array($0.utf8))) },
        // of a plan that an earlier version made
        { .equals(key: "a", value: $0) },
    ]

    @Test("a value is the given one, and is told in no case", arguments: forms)
    func value(_ check: @Sendable (String) -> DataCheck) throws {
        #expect(check("b").judge(result(found))?.holds == true)
        for wrong in ["c", "", "bb"] {
            let other = try #require(check(wrong).judge(result(found)))
            #expect(!other.holds)
            #expect(other.observed == "another value")
        }
        #expect(check("b").judge(result(nothing))?.holds == false)
        #expect(check("b").judge(result("Error: no", status: 1)) == nil)
        #expect(!check("s3cret").name.contains("s3cret"))
        #expect(!check("s3cret").expected.contains("s3cret"))
    }

    @Test("a playbook's value is in no plan, and nobody has it once the playbook is read")
    func secret() throws {
        let text = "checks: [{key: k, value: s3cret}]\nname: x\nsteps: [stop-members]\n"
        let (playbook, _) = PlaybookReader.read(
            Array(text.replacing("[stop-members]", with: Self.steps).utf8),
            file: "p.yaml"
        )
        let checks = try #require(playbook).checks
        #expect(checks == [.hasValue(key: "k", value: ExpectedValue(Array("s3cret".utf8)))])
        #expect(!"\(checks)".contains("s3cret"))
    }

    private static let steps =
        "[" + Playbook.restoreCluster.lines.map(\.step.name).joined(separator: ", ") + "]"

    @Test("as many keys as are wanted, or fewer")
    func count() {
        let three = "\"Revision\" : 9\n\"Key\" : \"a\"\n\"Count\" : 3\n"
        #expect(DataCheck.count(prefix: "a", atLeast: 3).judge(result(three))?.holds == true)
        #expect(DataCheck.count(prefix: "a", atLeast: 4).judge(result(three))?.holds == false)
        #expect(DataCheck.count(prefix: "a", atLeast: 1).judge(result("nonsense")) == nil)
    }

    @Test("a command that exits 0, or otherwise")
    func command() {
        #expect(DataCheck.command(["true"]).judge(result(""))?.holds == true)
        #expect(DataCheck.command(["false"]).judge(result("", status: 1))?.holds == false)
    }

    @Test("keys reach etcdctl as words, whatever is in them")
    func words() {
        let client = EtcdClient(program: "/usr/bin/etcdctl", endpoint: "unix:///s", tls: nil)
        let key = "--rev=1 $(id)"
        let question = DataCheck.exists(key: key).question(client, revision: 9)
        #expect(question.words.suffix(2) == [.text("--"), .text(key)])
    }
}

@Suite("Looks at production")
struct ProductionLookTests {
    @Test("what differs is told, line by line, and nothing else")
    func differences() {
        let before = "unit.MainPID=8\nunit.NRestarts=0\ninode of a b=1:2"
        #expect(ProductionLook.differences(before, before) == [])
        // a host may print anything
        #expect(ProductionLook.differences("=", "==\n\r\n\n") == [" was , is ="])
        #expect(
            ProductionLook.differences(before, "unit.MainPID=9\nunit.NRestarts=0") == [
                "inode of a b was 1:2, is not there", "unit.MainPID was 8, is 9",
            ]
        )
    }

    @Test("the script runs to its end on any host, and changes nothing")
    func script() throws {
        let host = try LocalHost("it's\n\"one\" $HOME", walDir: true)
        try host.makeData("old", Sample.old)
        let before = try host.listing()
        let subject = ProductionLook.Subject(
            member: "etcd-1",
            unit: "no-such.service",
            dataDir: host.paths.dataDir,
            walDir: host.paths.walDir
        )
        let first = try host.run(subject.command)
        #expect(first.status == 0, "\(first.errorText)")
        #expect(first.outputText.hasSuffix("end=yes\n"))
        let second = try host.run(subject.command)
        #expect(second.outputText == first.outputText)
        let after = try host.listing()
        #expect(after == before)
    }
}
