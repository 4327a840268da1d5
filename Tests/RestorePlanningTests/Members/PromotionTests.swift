import EtcdModel
import FoundationEssentials
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

#if canImport(Foundation)
import Foundation
#endif

/// The promotion's own command is run, with an etcdctl that answers as etcd 3.5.16 with authentication does.
@Suite("A learner that is given its vote")
struct PromotionTests {
    private let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.path + "/rekindle-promote-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Who leads answers last; the agent is etcd-1.
    private func promote(
        leader: String,
        login: EtcdLogin?,
        leaderSays: String
    ) throws -> (result: ShellProcess.Result, asked: [String]) {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let etcdctl = """
            #!/bin/sh
            for word; do case $word in --endpoints=*) at=${word#*=} ;; esac; done
            case "$*" in
            *'member list'*)
              echo "1, started, etcd-1, http://10.0.0.1:2380, http://10.0.0.1:2379, false"
              echo "2, started, etcd-2, http://10.0.0.2:2380, http://10.0.0.2:2379,http://x:1, false"
              echo "9, started, etcd-3, http://10.0.0.3:2380, http://10.0.0.3:2379, true" ;;
            *'member promote 9')
              echo "$at" >>\(folder)/asked
              [ "$at" = \(leader) ] || { echo "Error: etcdserver: request timed out" >&2; exit 1; }
              \(leaderSays) ;;
            esac

            """
        let program = "\(folder)/etcdctl"
        try ProgramFolder.write(etcdctl, to: program)
        var target = Sample.plan().targets[0]
        target.tools.etcdctl = program
        target.login = login
        target.role = .agent(
            MembershipChange(
                name: "etcd-3",
                oldID: MemberID(rawValue: 3),
                peerURLs: ["http://10.0.0.3:2380"]
            )
        )
        guard case .agent(let change)? = target.role,
            let effect = EffectBuilder(target).promoteMember(change)
        else { throw Unplanned() }
        let line = effect.commands.map { $0.map(ShellQuoting.quoted).joined(separator: " ") }
            .joined(separator: "\n")
        let result = try ShellProcess(
            line,
            environment: ["PATH=/usr/bin:/bin", "REKINDLE_ETCD_PASSWORD=pw"]
        ).finish()
        let asked = try String(contentsOfFile: "\(folder)/asked", encoding: .utf8)
        return (result, asked.split(separator: "\n").map(String.init))
    }

    private struct Unplanned: Error {}

    @Test(
        "gets it from the leader where a follower does not pass the user on",
        arguments: [nil, EtcdLogin(user: "root", passwordFile: "/secret")]
    )
    func byTheLeader(login: EtcdLogin?) throws {
        let (result, asked) = try promote(
            leader: "http://10.0.0.2:2379",
            login: login,
            leaderSays: "exit 0"
        )
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            asked == ["http://10.0.0.1:2379", "http://10.0.0.2:2379"]
        )
    }

    @Test("gets it at once where the agent leads")
    func byTheAgent() throws {
        let (result, asked) = try promote(
            leader: "http://10.0.0.1:2379",
            login: nil,
            leaderSays: "exit 0"
        )
        #expect(result.status == 0, "\(result.errorText)")
        #expect(asked == ["http://10.0.0.1:2379"])
    }

    @Test("has it already where the leader says so")
    func already() throws {
        let (result, _) = try promote(
            leader: "http://10.0.0.2:2379",
            login: nil,
            leaderSays: "echo 'Error: etcdserver: can only promote a learner member' >&2; exit 1"
        )
        #expect(result.status == 0, "\(result.errorText)")
    }
}
