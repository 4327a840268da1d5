import ClusterInventory
import EtcdModel
import FoundationEssentials
import RemoteHost
import RestoreEngine
import RestorePlanning
import RunReport
import Synchronization
import TestSupport
import Testing

/// A host that answers the questions of `check` and `plan` with extremes, lies, halves, nothing, and
/// far too much.
@Suite("A hostile host before a run", .timeLimit(.minutes(10)))
struct HostileFactsTests {
    /// In the order in which they are asked.
    enum Question: Int, CaseIterable {
        case system
        case directories
        case look
        case status
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var question: Question
        var answer: HostileAnswer
        var testDescription: String { "\(question): \(answer)" }
    }

    static let cases = Question.allCases.flatMap { question in
        HostileAnswer.all(places: 14).map { Case(question: question, answer: $0) }
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
    }

    private static let good: [Question: String] = [
        .system: """
        host=etcd-1
        uid=0
        now=1000000010.5
        tool.etcd=/usr/bin/etcd
        version.etcd=\(base64("etcd Version: 3.5.16\nGit SHA: x\n"))
        tool.etcdctl=/usr/bin/etcdctl
        version.etcdctl=\(base64("etcdctl version: 3.5.16\nAPI version: 3.5\n"))
        missing=
        digest=openssl
        listening=094B 094C
        memory=4000000
        sudo=\(base64("Matching Defaults entries for ops:\n    log_input\n"))
        systemd-run=yes
        service.LoadState=loaded
        service.ActiveState=active
        service.SubState=running
        service.User=etcd
        service.Group=etcd
        service.ControlGroup=/system.slice/etcd.service
        unit=\(base64("# /lib/systemd/system/etcd.service\n[Service]\nEnvironment=\"A=b c\" D=%H\nEnvironmentFile=/etc/default/etcd\nExecStart=/bin/sh -c 'exec /usr/bin/etcd $$OPTS --name=${A}' \\\n x\n"))
        machine=0123456789abcdef0123456789abcdef
        variables.1.path=/etc/default/etcd
        variables.1.text=\(base64("ETCD_DATA_DIR=/var/lib/etcd\nETCD_NAME=\"etcd-1\"\nETCD_QUOTA_BACKEND_BYTES=8589934592\nOPTS='--a=b'\n"))
        process.1.id=77
        process.1.cgroup=/system.slice/etcd.service
        process.1.words=\(base64("etcd\0--data-dir=/var/lib/etcd/\0"))
        process.1.variables=\(base64("ETCD_NAME=etcd-1\n"))
        process.1.directory=/
        process.1.database=/var/lib/etcd/member/snap/db (deleted)
        process.1.inode=2049:131
        dependent.1=patroni.service active running
        dependent.2=kube.target active active
        forcing=
        end=yes

        """,
        .directories: """
        data.path=/var/lib/etcd
        data.real=/srv/etcd
        data.exists=yes
        data.owner=etcd etcd 700
        data.user=etcd
        data.group=etcd
        data.mode=700
        data.uid=999
        data.gid=998
        data.db=16801792
        data.hazards=\(base64("at\t/srv\nbelow\t/srv/etcd/a\\040b\nlink\t/srv/etcd/member/wal\tw1\t/srv/etcd/member/w1\n"))
        data.free=10000000000
        data.fs=ext2/ext3
        account.user=yes
        account.uid=999
        account.own=etcd
        account.group=yes
        end=yes

        """,
        .look: """
        data.dir=yes
        data.member=yes
        data.walhead=00ff
        lock=yes
        lock.run=20261121T080000Z-00beef
        lock.operator=ops
        lock.silent=400
        snapshot.bytes=4096
        partial.bytes=512
        data.open=yes
        service.LoadState=loaded
        service.ActiveState=active
        service.SubState=running
        end=yes

        """,
        .status: """
        [{"Endpoint":"x","Status":{"header":{"cluster_id":9,"member_id":7,"revision":45,\
        "raft_term":2},"version":"3.5.16","dbSize":20480,"leader":7,"raftIndex":8,\
        "raftTerm":2,"raftAppliedIndex":8,"dbSizeInUse":16384}}]
        """,
    ]

    private static let inventory = Inventory(
        clusterName: "prod",
        members: (1...3).map { number in
            InventoryMember(
                member: Member(
                    name: "etcd-\(number)",
                    peerURLs: ["http://10.0.0.\(number):2380"],
                    clientURLs: ["http://10.0.0.\(number):2379"]
                ),
                endpoint: HostEndpoint(host: "10.0.0.\(number)", user: "ops"),
                etcd: EtcdSettings(dataDir: "/var/lib/etcd", user: "etcd", group: "etcd")
            )
        },
        otherHosts: HostEndpoint(host: "", user: "ops")
    )

    /// One host of three lies in its answer to one question.
    private func host(_ number: Int, lying given: Case?) -> ScriptedHost {
        let asked = Mutex(0)
        return ScriptedHost(host: "10.0.0.\(number)") { _, _ in
            let turn = asked.withLock { asked in
                defer { asked += 1 }
                return asked
            }
            guard let question = Question(rawValue: turn), let text = Self.good[question] else {
                return nil
            }
            let bytes = Array(text.utf8)
            return CommandResult(
                ending: .exited(0),
                output: given?.question == question ? given?.answer.made(of: bytes) ?? [] : bytes
            )
        }
    }

    private static func proof(_ revision: Int64, bytes: UInt64) -> SnapshotProof {
        SnapshotProof(
            sha256: String(repeating: "ab", count: 32),
            bytes: bytes,
            revision: revision,
            compactRevision: -1,
            keys: 7,
            totalKeys: 50,
            hashKV: 1,
            clusterVersion: "3.5.0",
            latestRecords: LatestRecords(crc32c: 1, lastRevision: revision)
        )
    }

    @Test(arguments: cases)
    func `is told of, or its answer is taken, and nothing traps`(_ given: Case) async throws {
        let hosts = (1...3).map { host($0, lying: $0 == 1 ? given : nil) }
        let fleet = Self.fleet(hosts)
        let gatherer = FactGatherer(fleet: fleet) { 1_000_000_000 }
        let findings = await gatherer.findings(for: Self.inventory, run: nil)
        await fleet.close()
        #expect(findings.count == 3)
        if [.nothing, .half, .hugeLine, .zeros].contains(given.answer), given.question != .status {
            #expect(findings["etcd-1"]?.facts == nil, "no half answer is taken for a whole one")
        }
        try judge(findings, Self.proof(40, bytes: 20_512))
    }

    static let extremes: [(Int64, UInt64)] = [
        (Int64.min, UInt64.max), (-5, 1 << 62), (Int64.max, 0), (Int64.max - 1, UInt64.max),
    ]

    @Test(arguments: extremes)
    func `a hostile snapshot's numbers trap nothing either`(
        _ revision: Int64,
        bytes: UInt64
    ) async throws {
        for liar in [nil, "9223372036854775807", "-9223372036854775808", "18446744073709551615"] {
            let hosts = (1...3).map { number in
                host(
                    number,
                    lying: liar.map { Case(question: .status, answer: .number($0, at: 2)) }
                )
            }
            let fleet = Self.fleet(hosts)
            let gatherer = FactGatherer(fleet: fleet) { 1_000_000_000 }
            let findings = await gatherer.findings(for: Self.inventory, run: nil)
            await fleet.close()
            try judge(findings, Self.proof(revision, bytes: bytes))
        }
    }

    private static func fleet(_ hosts: [ScriptedHost]) -> Fleet {
        Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: inventory.members.map { ($0.member.name, $0.endpoint) }
            ),
            connector: FakeFleet(hosts)
        )
    }

    /// All that `check`, `plan` and `drill` make of it, and how they show it.
    private func judge(_ findings: [String: MemberFindings], _ proof: SnapshotProof) throws {
        let names = Self.inventory.members.map(\.member.name)
        for bump in [nil, RevisionBump.range.upperBound] {
            let exceptions = PlanExceptions(revisionBump: bump)
            let checks = Preflight.checks(
                Self.inventory,
                findings,
                snapshot: proof,
                exceptions: exceptions,
                relays: true
            )
            #expect(checks.count > 3)
            let text = ChecksText.render(
                checks,
                cluster: "prod",
                members: names,
                hidesHolding: false,
                style: .plain
            )
            #expect(text.utf8.count < 32 << 20)
            let plan = Planner(
                inventory: Self.inventory,
                playbook: .restoreCluster,
                snapshot: SnapshotReference(path: "/s.db", proof: proof),
                run: .nobody,
                token: "token",
                createdAt: "2026-11-22T16:45:12Z",
                exceptions: exceptions
            )
            .plan(findings: findings, checks: checks)
            #expect(!PlanText.render(plan, style: .plain).isEmpty)
        }
        _ = Preflight.checks(
            ofDrill: DrillSettings(place: .members),
            Self.inventory,
            findings,
            snapshot: proof
        )
        _ = Preflight.checks(
            ofDrillHere: Self.inventory,
            findings,
            snapshot: proof,
            directory: "/tmp"
        )
        let request = MemberRequest(.rebuild, "etcd-2")
        let situation = MemberSituation(request: request, agent: "etcd-1", membership: nil)
        _ = MemberChangeChecks(Self.inventory, findings, situation).all()
    }
}
