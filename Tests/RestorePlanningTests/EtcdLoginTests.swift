import ClusterInventory
import EtcdModel
import FoundationEssentials
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

#if canImport(Foundation)
import Foundation
#endif

/// etcdctl is called for real; in its place a program says what it was given.
@Suite("etcdctl as a user")
struct EtcdLoginTests {
    private static let password = "p:w \"ü x'$` end"
    private let folder: String
    private let client: EtcdClient

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.path + "/rekindle-login-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let program = "#!/bin/sh\nfor word; do echo \"argument $word\"; done\nenv\n"
        let path = "\(folder)/etcdctl"
        try ProgramFolder.write(program, to: path)
        client = EtcdClient(
            program: path,
            endpoint: "http://10.0.0.1:2379",
            tls: ClientTLS(cacert: "/ca", cert: nil, key: nil),
            login: EtcdLogin(user: "ro'ot:x y", passwordFile: "/secret")
        )
    }

    /// The input stays open behind the secret, as a connection's does: its end would end some commands.
    private func run(_ command: RemoteCommand) throws -> ShellProcess.Result {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let secret = SecretVariable.line(Array(Self.password.utf8))
        let sent =
            command.secret == nil
            ? ":" : "printf '%s' '\(String(decoding: secret, as: UTF8.self))'; sleep 3"
        return try ShellProcess(
            "{ \(sent); } | \(command.shellLine(become: .none))",
            environment: [
                "PATH=/usr/bin:/bin", "ETCDCTL_ENDPOINTS=http://elsewhere:1", "ETCDCTL_API=2",
                "HTTPS_PROXY=http://proxy:1", "STRAY=1\nSTRAYS=2",
            ]
        ).finish()
    }

    private func variables(_ result: ShellProcess.Result) -> [String: String] {
        var variables: [String: String] = [:]
        for line in result.outputText.split(separator: "\n") where !line.hasPrefix("argument ") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            variables[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return variables
    }

    @Test("is told user and password by its environment, and nothing else of the host's")
    func environment() throws {
        let result = try run(client.status(timeoutSeconds: 3))
        #expect(result.status == 0, "\(result.errorText)")
        var variables = variables(result)
        for shells in ["PWD", "SHLVL", "_", "OLDPWD"] { variables[shells] = nil }
        #expect(
            variables == [
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "ETCDCTL_API": "3", "ETCDCTL_USER": "ro'ot:x y",
                "ETCDCTL_PASSWORD": Self.password,
            ]
        )
        let arguments = result.outputText.split(separator: "\n").filter {
            $0.hasPrefix("argument ")
        }
        #expect(
            arguments == [
                "argument --endpoints=http://10.0.0.1:2379", "argument --command-timeout=3s",
                "argument --dial-timeout=3s", "argument --cacert=/ca", "argument endpoint",
                "argument status", "argument -w", "argument json",
            ]
        )
    }

    @Test("gives a user's own check the same, with where to ask")
    func ownCheck() throws {
        let check = DataCheck.command(["\(folder)/etcdctl", "get"])
        let variables = variables(try run(check.question(client, revision: 1)))
        #expect(variables["ETCDCTL_ENDPOINTS"] == "http://10.0.0.1:2379")
        #expect(variables["ETCDCTL_USER"] == "ro'ot:x y")
        #expect(variables["ETCDCTL_PASSWORD"] == Self.password)
        #expect(variables["HTTPS_PROXY"] == nil)
        #expect(variables[EtcdPassword.variable] == nil)
    }

    @Test("is not called at all without a password")
    func noPassword() throws {
        var command = client.status(timeoutSeconds: 3)
        command.secret = nil
        let result = try run(command)
        #expect(result.status == 64)
        #expect(result.outputText.isEmpty)
        #expect(result.errorText.contains("must hold the password of the etcd user ro'ot:x y"))
    }

    @Test("every question and order of a member that asks for a user carries its secret")
    func carried() throws {
        let secret = SecretVariable(name: EtcdPassword.variable, file: "/secret")
        #expect(client.accessQuestion.secret == secret)
        #expect(ProofScript(client: client, revision: 1).command.secret == secret)
        #expect(MembershipScript.command(client).secret == secret)
        #expect(client.anonymous.status(timeoutSeconds: 1).secret == nil)
        let check = DataCheck.count(prefix: "/a", atLeast: 1)
        #expect(check.question(client, revision: 1).secret == secret)

        let plan = Sample.authenticatedPlan()
        for target in plan.targets {
            for effect in plan.steps.flatMap(\.stages).flatMap(\.effects)
            where effect.member == target.name {
                let command = effect.invocation(on: target, operator: Sample.operator1)
                #expect((command.secret == secret) == (effect.kind == .saveSnapshot))
            }
        }
        #expect(
            plan.steps.flatMap(\.stages).flatMap(\.effects).contains { $0.kind == .saveSnapshot }
        )
    }

    @Test("its answers are told apart, of every version")
    func answers() {
        let login = EtcdLogin(user: "root", passwordFile: "/secret")
        let future = "Error: etcdserver: mvcc: required revision is a future revision"
        let off =
            #"{"level":"warn","error":"rpc error: code = FailedPrecondition desc = etcdserver: "#
            + #"authentication is not enabled"}"#
        let cases: [(String, EtcdLogin?, EtcdAccess?)] = [
            // 3.4.23, 3.5.16, 3.5.30, then 3.6.14 and 3.7.1
            (
                "Error: rpc error: code = Unknown desc = auth: user name is empty", nil,
                .refused(.noUser)
            ),
            ("Error: etcdserver: user name is empty", nil, .refused(.noUser)),
            (
                "Error: etcdserver: authentication failed, invalid user ID or password", login,
                .refused(.wrongPassword)
            ),
            (
                "Error: rpc error: code = Unknown desc = auth: permission denied", login,
                .refused(.notRoot)
            ),
            ("Error: etcdserver: permission denied", login, .refused(.notRoot)),
            (future, nil, .granted(authenticationIsOn: nil)),
            (future, login, .granted(authenticationIsOn: true)),
            ("\(off)\n\(future)", login, .granted(authenticationIsOn: false)),
            (
                "Error: context deadline exceeded", login,
                .silent("Error: context deadline exceeded")
            ),
            ("Error: context deadline exceeded", nil, nil),
        ]
        for (words, login, wanted) in cases {
            let result = CommandResult(ending: .exited(1), errorOutput: Array(words.utf8))
            #expect(EtcdAccess(result, as: login) == wanted, "\(words)")
        }
    }
}

extension Sample {
    /// A restore of a cluster that serves and asks for a user.
    static func authenticatedPlan() -> Plan {
        var inventory = inventory()
        for index in inventory.members.indices {
            inventory.members[index].etcd.authUser = "root"
            inventory.members[index].etcd.authPasswordFile = "/secret"
        }
        var findings: [String: MemberFindings] = [:]
        for number in 1...3 {
            var facts = facts(number)
            facts.access = .granted(authenticationIsOn: true)
            findings["etcd-\(number)"] = .facts(facts)
        }
        return planner(inventory).plan(findings: findings, checks: [])
    }
}
