import ClusterInventory
import EtcdModel
import FoundationEssentials
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("Gathering facts", .timeLimit(.minutes(15)))
struct FactGathererTests {
    /// What a healthy host answers to each question; nil for one that must not be asked.
    struct Answers: Sendable {
        var system: String? = Self.system(dataDir: "/var/lib/etcd")
        var directories: String? = """
            data.path=/var/lib/etcd
            data.real=/srv/etcd
            data.exists=yes
            data.owner=etcd etcd 700
            data.free=1000000
            data.fs=ext2/ext3
            end=yes

            """
        var look: String? = """
            data.dir=yes
            data.member=yes
            lock=yes
            lock.run=\(Sample.otherRun)
            service.LoadState=loaded
            service.ActiveState=active
            service.SubState=running
            end=yes

            """
        var status: CommandResult? = .init(
            ending: .exited(0),
            output: Array(
                """
                [{"Endpoint":"x","Status":{"header":{"cluster_id":9,"member_id":7,"revision":45,\
                "raft_term":2},"version":"3.5.16","dbSize":20480,"leader":7,"raftIndex":8,\
                "raftTerm":2,"raftAppliedIndex":8,"dbSizeInUse":16384}}]
                """.utf8
            )
        )

        /// To the question that only the role root may ask, as etcd 3.5.16 says it.
        var access: CommandResult? = .init(
            ending: .exited(1),
            errorOutput: Array(
                "Error: etcdserver: mvcc: required revision is a future revision\n".utf8
            )
        )
        /// To a user who has named itself.
        var loggedIn: (status: CommandResult?, access: CommandResult?)
        /// What the questions of the proof are answered, as an etcd with authentication does.
        var proof = ModelProof.lines([("hashkv", "future revision", 1), ("count", "", 0)])

        static func system(dataDir: String?, isActive: Bool = true, isWhole: Bool = true) -> String
        {
            let unit =
                "[Service]\nEnvironment=ETCD_NAME=x\n"
                + (dataDir.map { "ExecStart=/usr/bin/etcd\nEnvironment=ETCD_DATA_DIR=\($0)\n" }
                    // what a script does with its environment is known to nobody
                    ?? "ExecStart=/usr/local/sbin/start-it\n")
            return """
                host=etcd-1
                uid=0
                now=1000000010.5
                tool.etcdctl=/usr/bin/etcdctl
                version.etcdctl=\(base64("etcdctl version: 3.5.16\nAPI version: 3.5\n"))
                missing=
                digest=openssl
                service.LoadState=loaded
                service.ActiveState=\(isActive ? "active" : "inactive")
                service.SubState=\(isActive ? "running" : "dead")
                unit=\(base64(unit))
                \(isWhole ? "end=yes" : "")

                """
        }

        private static func base64(_ text: String) -> String {
            Data(text.utf8).base64EncodedString()
        }
    }

    private static let member = InventoryMember(
        member: Member(
            name: "etcd-1",
            peerURLs: ["http://10.0.0.1:2380"],
            clientURLs: ["http://10.0.0.1:2379"]
        ),
        endpoint: HostEndpoint(host: "10.0.0.1", user: "ops")
    )
    private static let inventory = Inventory(
        clusterName: "prod",
        members: [member],
        otherHosts: HostEndpoint(host: "", user: "ops")
    )

    private func host(_ answers: Answers) -> ScriptedHost {
        let script = ObservationScript(
            paths: MemberPaths(dataDir: "/srv/etcd", walDir: nil, run: Sample.run),
            user: "root",
            group: "root",
            manager: Systemd(unit: Self.member.service.unit)
        )
        let status = EtcdClient(
            program: "/usr/bin/etcdctl",
            endpoint: "http://10.0.0.1:2379",
            tls: ClientTLS(cacert: nil, cert: nil, key: nil)
        )
        let user = EtcdClient(
            program: "/usr/bin/etcdctl",
            endpoint: "http://10.0.0.1:2379",
            tls: ClientTLS(cacert: nil, cert: nil, key: nil),
            login: EtcdLogin(user: "root", passwordFile: "/secret")
        )
        let system = FactsScript.system(for: Self.member)
        let directories = FactsScript.directories(
            dataDir: "/var/lib/etcd",
            walDir: nil,
            tls: ClientTLS(cacert: nil, cert: nil, key: nil),
            unit: Self.member.service.unit
        )
        return ScriptedHost(host: "10.0.0.1") { command, _ in
            let text: String? =
                switch command {
                case system: answers.system
                case directories: answers.directories
                case script.command: answers.look
                case status.status(timeoutSeconds: 5): nil
                default: nil
                }
            if command == status.status(timeoutSeconds: 5) { return answers.status }
            if command == status.accessQuestion { return answers.access }
            if command == user.status(timeoutSeconds: 5) { return answers.loggedIn.status }
            if command == user.accessQuestion { return answers.loggedIn.access }
            let beforehand = [status, user].map {
                ProofScript.beforehand(client: $0, revision: 45)
            }
            if beforehand.contains(command) {
                return CommandResult(ending: .exited(0), output: Array(answers.proof.utf8))
            }
            return text.map { CommandResult(ending: .exited(0), output: Array($0.utf8)) }
        }
    }

    private func findings(
        _ hosts: FakeFleet,
        members: Inventory = inventory
    ) async throws -> [String: MemberFindings] {
        let fleet = Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: members.members.map { ($0.member.name, $0.endpoint) }
            ),
            connector: hosts
        )
        return await FactGatherer(fleet: fleet, now: { 1_000_000_000 })
            .findings(for: members, run: Sample.run)
    }

    private func findings(
        _ answers: Answers,
        asRoot: Bool = false
    ) async throws -> MemberFindings? {
        let host = host(answers)
        var inventory = Self.inventory
        if asRoot {
            inventory.members[0].etcd.authUser = "root"
            inventory.members[0].etcd.authPasswordFile = "/secret"
        }
        let findings = try await findings(FakeFleet([host]), members: inventory)
        #expect(host.unscripted == [])
        return findings["etcd-1"]
    }

    @Test("tells of a healthy host all that its answers hold")
    func healthy() async throws {
        let facts = try #require(try await findings(Answers())?.facts)
        #expect(facts.hostname == "etcd-1")
        #expect(facts.isRoot)
        #expect(facts.clockOffset == .seconds(10.5))
        #expect(facts.dataDir?.realPath == "/srv/etcd")
        #expect(facts.observation?.lock?.run == Sample.otherRun)
        #expect(facts.observation?.data.hasMember == true)
        #expect(facts.live?.revision == 45)
        #expect(facts.live?.isLeader == true)
        #expect(facts.proofLook == .answers)
    }

    @Test(
        "tells which question of the proof will be refused, and why",
        arguments: [
            ("hashkv", "Error: etcdserver: user name is empty", EtcdRefusal.noCredentials),
            (
                "count", "{\"level\":\"warn\"}\nError: etcdserver: permission denied",
                .permissionDenied
            ),
            ("count", "Error: unknown flag: --write-out", .unknownFlag),
        ]
    )
    func refusedProof(_ question: String, _ said: String, _ refusal: EtcdRefusal) async throws {
        let proof = ModelProof.lines([(question, said, 1)])
        let facts = try #require(try await findings(Answers(proof: proof))?.facts)
        #expect(facts.proofLook == .refuses(RefusedQuestion(question, refusal, saying: said)))
        #expect(facts.live?.revision == 45)
    }

    @Test("asks an etcd that refuses its very status nothing of the proof: its access tells why")
    func refusedStatus() async throws {
        let said = "Failed to get the status of endpoint x (etcdserver: user name is empty)\n"
        let status = CommandResult(
            ending: .exited(1),
            output: Array("null\n".utf8),
            errorOutput: Array(said.utf8)
        )
        let facts = try #require(try await findings(Answers(status: status))?.facts)
        #expect(facts.live == nil)
        #expect(facts.proofLook == .notAsked)
    }

    @Test("takes a cluster that is busy or without a quorum for one that may answer later")
    func notRefused() async throws {
        let busy = ModelProof.lines([("count", "Error: context deadline exceeded", 1)])
        let found = try await findings(Answers(proof: busy))
        #expect(found?.facts?.proofLook == .answers)
    }

    @Test("tells of a host that cannot be reached why, and asks the others all the same")
    func unreachable() async throws {
        var inventory = Self.inventory
        var other = Self.member
        other.member.name = "etcd-2"
        other.endpoint.host = "10.0.0.2"
        inventory.members.append(other)
        let found = try await findings(FakeFleet([host(Answers())]), members: inventory)
        #expect(found["etcd-1"]?.facts?.hostname == "etcd-1")
        guard case .unreachable(let failure) = found["etcd-2"] else {
            Issue.record("\(String(describing: found["etcd-2"]))")
            return
        }
        #expect(failure.kind == .unreachable)
        #expect(failure.host == "10.0.0.2")
    }

    @Test("takes no half answer for a whole one")
    func half() async throws {
        let halves: [(Answers, String)] = [
            (
                Answers(system: Answers.system(dataDir: "/var/lib/etcd", isWhole: false)),
                "the first look failed"
            ),
            (
                Answers(directories: "data.path=/var/lib/etcd\n"),
                "the look at the directories failed"
            ),
            // else it would be a host with no lock of another run and no old data
            (Answers(look: "data.dir=yes\n"), "the look at the data failed"),
        ]
        for (answers, message) in halves {
            guard case .unreadable(let why) = try await findings(answers) else {
                Issue.record("\(message): half an answer was taken")
                continue
            }
            #expect(
                why.hasPrefix("the command that looks at the host ended with exit 0"),
                "\(message)"
            )
        }
    }

    @Test("asks for no directory where nobody knows which")
    func noDataDir() async throws {
        let answers = Answers(
            system: Answers.system(dataDir: nil),
            directories: nil,
            look: nil,
            status: nil,
            access: nil
        )
        let facts = try #require(try await findings(answers)?.facts)
        #expect(facts.dataDir == nil)
        #expect(facts.observation == nil)
        #expect(facts.live == nil)
    }

    @Test("takes an etcd that does not answer for what a restore is there for")
    func mute() async throws {
        let answers = Answers(
            status: CommandResult(
                ending: .exited(1),
                output: Array("null\n".utf8),
                errorOutput: Array("context deadline exceeded\n".utf8)
            )
        )
        let facts = try #require(try await findings(answers)?.facts)
        #expect(facts.live == nil)
        #expect(facts.observation != nil)
    }

    /// What etcdctl says, with the status that it ends with.
    private static func said(_ words: String, _ status: Int32 = 1) -> CommandResult {
        CommandResult(
            ending: .exited(status),
            output: Array("null\n".utf8),
            errorOutput: Array("Error: \(words)\n".utf8)
        )
    }

    @Test("takes an etcd that wants a user for one that serves, and never for one that is down")
    func unnamed() async throws {
        // from 3.5.28 on the status is refused as well
        let answers = Answers(
            status: Self.said("etcdserver: user name is empty"),
            access: Self.said("rpc error: code = Unknown desc = auth: user name is empty")
        )
        let facts = try #require(try await findings(answers)?.facts)
        #expect(facts.live == nil)
        #expect(facts.access == .refused(.noUser))
    }

    @Test("asks as the user where the status wants one, and is told all")
    func named() async throws {
        let answers = Answers(
            status: Self.said("etcdserver: user name is empty"),
            access: nil,
            loggedIn: (status: Answers().status, access: Answers().access)
        )
        let facts = try #require(try await findings(answers, asRoot: true)?.facts)
        #expect(facts.live?.revision == 45)
        #expect(facts.access == .granted(authenticationIsOn: true))
    }

    @Test("knows a status without a user where nobody can log in, as without a quorum")
    func withoutQuorum() async throws {
        let answers = Answers(
            access: nil,
            loggedIn: (status: nil, access: Self.said("context deadline exceeded"))
        )
        let facts = try #require(try await findings(answers, asRoot: true)?.facts)
        #expect(facts.live?.revision == 45)
        #expect(facts.access == .silent("Error: context deadline exceeded"))
    }

    @Test("does not ask an etcd that is stopped")
    func stopped() async throws {
        let answers = Answers(
            system: Answers.system(dataDir: "/var/lib/etcd", isActive: false),
            status: nil,
            access: nil
        )
        let facts = try #require(try await findings(answers)?.facts)
        #expect(facts.live == nil)
    }
}
