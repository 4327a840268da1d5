import EtcdModel
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

/// The scripts as a shell runs them, with `echo` in place of etcdctl: it says what it was asked.
@Suite("The questions of a proof")
struct ProofScriptTests {
    private func run(_ command: RemoteCommand) throws -> ProofAnswers {
        let result = try ShellProcess(command.shellLine(become: .none), shell: "/bin/sh")
            .finish()
        #expect(result.status == 0, "\(result.errorText)")
        return try #require(ProofAnswers(result.outputText))
    }

    private func client(_ endpoint: String = "x") -> EtcdClient {
        EtcdClient(program: "/bin/echo", endpoint: endpoint, tls: nil)
    }

    private func asked(_ answers: ProofAnswers, _ question: String) -> String? {
        answers[question].map { answer in
            answer.text.split(separator: " ").dropFirst(3).joined(separator: " ")
        }
    }

    @Test("ask for the newest revision's hash, and count at the snapshot's")
    func first() throws {
        let answers = try run(ProofScript(client: client(), revision: 45).command)
        #expect(asked(answers, "hashkv") == "endpoint hashkv -w json")
        #expect(asked(answers, "count")?.contains("--rev=45") == true)
        #expect(asked(answers, "alarms") == "alarm list -w json")
        #expect(asked(answers, "write") == "txn -w json")
    }

    @Test("write nothing where the cluster is only read")
    func reading() throws {
        let script = ProofScript(client: client(), revision: 45, writes: false)
        #expect(try run(script.command)["write"] == nil)
        let beforehand = try run(ProofScript.beforehand(client: client(), revision: 45))
        // neither may go into etcd's log before the operator has agreed
        #expect(beforehand["write"] == nil)
        #expect(beforehand["alarms"] == nil)
        // a linearizable read waits for a quorum that may just have been lost
        #expect(asked(beforehand, "count")?.contains("--consistency=s") == true)
        #expect(asked(beforehand, "hashkv")?.contains("--rev=9223372036854775807") == true)
    }

    @Test("ask a member that is not at the newest revision for its hash there")
    func later() throws {
        let answers = try run(ProofScript.later(client: client(), own: 45, newest: 52))
        #expect(asked(answers, "own") == "endpoint hashkv --rev=45 -w json")
        #expect(asked(answers, "count")?.contains("--rev=52") == true)
        #expect(asked(answers, "now") == "endpoint hashkv -w json")
        #expect(asked(answers, "newest") == "endpoint hashkv --rev=52 -w json")
    }

    @Test("do not ask a member that is there by number: it may remember an older range")
    func atNewest() throws {
        let there = client("{\"revision\":52,\"raft_term\":2}")
        let answers = try run(ProofScript.later(client: there, own: nil, newest: 52))
        #expect(answers["now"] != nil)
        #expect(answers["newest"] == nil)
        #expect(answers["own"] == nil)
        let other = client("{\"revision\":521,\"raft_term\":2}")
        #expect(try run(ProofScript.later(client: other, own: nil, newest: 52))["newest"] != nil)
    }

    @Test("have a write behind a comparison that no key can make true")
    func write() {
        #expect(EtcdClient.writeOfNothing.hasPrefix("version(\"rekindle/never\") < \"0\"\n\n"))
    }
}
