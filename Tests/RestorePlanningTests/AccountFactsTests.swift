import ClusterInventory
import EtcdModel
import Foundation
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

@Suite("Accounts, and what the host says of them")
struct AccountFactsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var user: String
        var group: String
        var wanted: AccountFacts
        var testDescription: String { "\(user):\(group)" }
    }

    static let cases = [
        Case(
            user: "root",
            group: "root",
            wanted: AccountFacts(user: .there, group: .there, userID: 0, ownGroup: "root")
        ),
        Case(
            user: "rekindle-nobody",
            group: "rekindle-nobody",
            wanted: AccountFacts(user: .missing, group: .missing)
        ),
        Case(user: "4242", group: "4243", wanted: AccountFacts(user: .number, group: .number)),
        Case(
            user: "root",
            group: "",
            wanted: AccountFacts(user: .there, userID: 0, ownGroup: "root")
        ),
        Case(user: "", group: "", wanted: AccountFacts()),
        Case(user: "r.*t", group: "r.*t", wanted: AccountFacts(user: .missing, group: .missing)),
    ]

    private static let shells = ["/bin/dash", "/bin/bash"]
        .filter(FileManager.default.isExecutableFile(atPath:))

    @Test(arguments: cases, shells)
    func `are looked up on the host, with and without getent`(_ given: Case, shell: String) throws {
        let look = FactsScript.directories(
            dataDir: "/nowhere",
            walDir: nil,
            tls: nil,
            account: AccountQuestion(user: given.user, group: given.group)
        )
        for line in [
            look.shellLine(become: .none),
            // a host without getent, as some Alpine images
            look.shellLine(become: .none).replacing("command -v getent", with: "false"),
        ] {
            let result = try ShellProcess(line, shell: shell).finish()
            #expect(result.status == 0 && result.errorOutput.isEmpty, "\(result.errorText)")
            #expect(DirectoriesFacts(result.outputText)?.account == given.wanted)
        }
    }

    private func member(user: String?, group: String? = nil) -> InventoryMember {
        var member = Sample.inventory().members[0]
        member.etcd.user = user
        member.etcd.group = group
        return member
    }

    @Test func `a user's own group is taken where nobody says one`() {
        var facts = Sample.facts()
        facts.unit.user = ""
        facts.unit.group = ""
        facts.dataDir?.user = "root"
        facts.account = AccountFacts(user: .there, userID: 999, ownGroup: "etcd-group")
        let owner = MemberOwner.decide(member: member(user: "etcd"), facts: facts)
        #expect(owner?.description == "etcd:etcd-group")
    }

    @Test func `with DynamicUser the numbers of the data directory are taken`() {
        var facts = Sample.facts()
        facts.unit.isDynamicUser = true
        facts.dataDir?.ids = OwnerIDs(user: "61184", group: "61185")
        let owner = MemberOwner.decide(member: member(user: nil), facts: facts)
        #expect(owner?.description == "61184:61185")
        #expect(OwnerFault.of(member(user: nil), facts) == nil)
        // an account of that name that was there before is used by systemd as it is
        facts.account = AccountFacts(user: .there, group: .there, userID: 999)
        #expect(OwnerFault.of(member(user: "etcd"), facts) == nil)
    }

    @Test func `an owner without an account is told by its number`() throws {
        let text = """
            data.path=/d
            data.real=/d
            data.exists=yes
            data.owner=UNKNOWN UNKNOWN 700
            data.user=UNKNOWN
            data.group=domain users
            data.mode=700
            data.uid=997
            data.gid=996
            end=yes
            """
        let facts = try #require(DirectoriesFacts(text))
        #expect(facts.data.user == "997" && facts.data.group == "domain users")
        #expect(facts.data.ids == OwnerIDs(user: "997", group: "996"))
    }

    struct Listing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var recorded: [SudoFacts.Stream]
        var directory: String?
    }

    /// As sudo 1.9.13 prints them, which breaks lines at 80 columns.
    static let listings = [
        Listing(
            testDescription: "Debian's usual",
            text: """
                Matching Defaults entries for ops on etcd-1:
                    env_reset, mail_badpass, secure_path=/usr/sbin\\:/usr/bin, use_pty

                User ops may run the following commands on etcd-1:
                    (ALL) NOPASSWD: ALL
                """,
            recorded: []
        ),
        Listing(
            testDescription: "both, and not for the program that replays them",
            text: """
                Matching Defaults entries for ops on etcd-1:
                    env_reset, log_input, log_output

                Runas and Command-specific defaults for ops:
                    Defaults!/usr/bin/sudoreplay !log_output, !log_input

                User ops may run the following commands on etcd-1:
                    (ALL) NOPASSWD: ALL
                """,
            recorded: [.input, .output]
        ),
        Listing(
            testDescription: "both, by Defaults, in a directory of its own",
            text: """
                Matching Defaults entries for ops on etcd-1:
                    env_reset, log_input, iolog_dir="/var/log/x y/%{user}", mail_badpass,
                    log_output

                User ops may run the following commands on etcd-1:
                    (ALL) NOPASSWD: ALL
                """,
            recorded: [.input, .output],
            directory: "/var/log/x y/%{user}"
        ),
        Listing(
            testDescription: "switched off for the user",
            text: """
                Matching Defaults entries for ops on etcd-1:
                    log_output, log_input, !requiretty, !log_input, !log_output

                User ops may run the following commands on etcd-1:
                    (root) NOPASSWD: ALL
                """,
            recorded: []
        ),
        Listing(
            testDescription: "switched off by the rule that `inventory sudoers` prints",
            text: """
                Matching Defaults entries for ops on etcd-1:
                    log_output, log_input

                User ops may run the following commands on etcd-1:
                    (root) NOPASSWD: NOLOG_INPUT: NOLOG_OUTPUT: ALL
                """,
            recorded: []
        ),
        Listing(
            testDescription: "by a tag of the rule",
            text: """
                User ops may run the following commands on etcd-1:
                    (root) NOPASSWD: LOG_INPUT: ALL
                    (ALL) LOG_OUTPUT: /bin/ls
                """,
            recorded: [.input]
        ),
        Listing(
            testDescription: "for commands, and in parts",
            text: """
                Matching Defaults entries for ops on etcd-1:
                    log_stdin

                Runas and Command-specific defaults for ops:
                    Defaults!/bin/sh log_output

                User ops may run the following commands on etcd-1:
                    (ALL) ALL
                """,
            recorded: [.input, .output]
        ),
        Listing(testDescription: "nothing", text: "", recorded: []),
        Listing(
            testDescription: "nonsense",
            text: "log_input\n,,,\n \n= LOG_INPUT:\n",
            recorded: []
        ),
    ]

    @Test(arguments: listings)
    func `what sudo records is read from its own listing`(_ given: Listing) {
        let facts = SudoFacts(listing: given.text)
        #expect(facts.recorded == given.recorded)
        #expect(facts.directory == given.directory)
    }

    static let switches: [(String, Bool, EtcdConfiguration.Switch?)] = {
        var rows: [(String, Bool, EtcdConfiguration.Switch?)] = [
            ("", false, nil), ("yes", true, .on), ("No", true, .off), ("true", true, .on),
        ]
        for value in ["1", "t", "T", "true", "TRUE", "True"] { rows.append((value, false, .on)) }
        for value in ["0", "f", "F", "false", "FALSE", "False"] {
            rows.append((value, false, .off))
        }
        for value in ["yes", "on", "tRUE", "2", "${X}", " true"] {
            rows.append((value, false, .unreadable(value)))
        }
        return rows
    }()

    @Test(arguments: switches)
    func `a switch is read as etcd reads it`(
        _ value: String,
        inFile: Bool,
        wanted: EtcdConfiguration.Switch?
    ) {
        let configuration = EtcdConfiguration(
            values: ["force-new-cluster": value],
            file: inFile ? "/etc/etcd.yaml" : nil
        )
        #expect(configuration.isOn("force-new-cluster") == wanted)
        #expect(configuration.isOn("unsafe-no-fsync") == nil)
    }

    @Test func `force-new-cluster is found wherever it is written`() {
        func decide(
            _ environment: [String],
            _ words: [String],
            _ file: String? = nil
        )
            -> EtcdConfiguration.Switch?
        {
            let pairs = environment.map { line in
                let parts = line.split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                return (String(parts[0]), String(parts[1]))
            }
            return EtcdConfiguration.decide(
                environment: Dictionary(uniqueKeysWithValues: pairs),
                arguments: words,
                file: file
            )
            .isOn("force-new-cluster")
        }
        #expect(decide(["ETCD_FORCE_NEW_CLUSTER=true"], []) == .on)
        #expect(decide(["ETCD_FORCE_NEW_CLUSTER="], []) == nil)
        #expect(decide([], ["--force-new-cluster"]) == .on)
        #expect(decide([], ["-force-new-cluster=t", "--name=x"]) == .on)
        #expect(decide(["ETCD_FORCE_NEW_CLUSTER=true"], ["--force-new-cluster=false"]) == .off)
        #expect(decide([], ["--config-file=/x"], "force-new-cluster: true\n") == .on)
        #expect(
            decide(["ETCD_FORCE_NEW_CLUSTER=true"], ["--config-file=/x"], "name: a\n") == nil,
            "etcd reads the file alone"
        )
    }

    @Test func `a static pod's manifest tells where force-new-cluster stands`() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-pod-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try """
        apiVersion: v1
        kind: Pod
        # --force-new-cluster=true, once
        spec:
          containers:
          - name: etcd
            command: [etcd, --name=a, --force-new-cluster=true]
        """.write(toFile: path, atomically: true, encoding: .utf8)
        var member = Sample.inventory().members[0]
        member.service = ServiceSettings(kind: .staticPod, manifest: path)
        let look = FactsScript.system(for: member)
        let result = try ShellProcess(look.shellLine(become: .none)).finish()
        let facts = try #require(
            SystemFacts(result.outputText, manager: member.service.manager(of: "etcd-1")),
            "\(result.outputText)"
        )
        #expect(facts.unit.forcingLines == ["\(path):7"])
        #expect(facts.configuration.isOn("force-new-cluster") == .on)
    }
}
