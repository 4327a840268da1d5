import Foundation

/// What etcd itself says, asked by the lab's own etcdctl and never by the program under test.
extension Lab {
    /// Asked again where an election came between: on a busy machine a leader's heartbeats are late.
    @discardableResult
    func etcdctl(_ arguments: [String], input: String = "") throws -> Program.Result {
        var words = ["--lab", name] + arguments
        if let endpoints { words += ["--endpoints", endpoints] }
        // a password in its arguments would be seen by the watch that looks for one there
        let environment = user.map { ["ETCDCTL_USER": $0] } ?? [:]
        var tries = 3
        while true {
            let result = try Program.run(
                "\(Self.root)/lab/etcdctl",
                words,
                environment: environment,
                input: input
            )
            if result.status == 0 { return result }
            tries -= 1
            let hasNoLeader = ["leader changed", "etcdserver: request timed out"]
                .contains(where: result.errorText.contains)
            guard hasNoLeader, tries > 0 else {
                throw Program.Failed(command: ["lab/etcdctl"] + words, result: result)
            }
        }
    }

    /// Until the members on these hosts follow a leader: others hold an election where theirs has died.
    func awaitLeader(_ hosts: Int...) throws {
        let asked = try asking(hosts)
        var failure: (any Error)?
        let isLed = Watchdog.wait(atMost: 30, every: 200_000) {
            // as etcd reads by consensus, by each of them
            do { try asked.etcdctl(["endpoint", "health"]) } catch {
                failure = error
                return false
            }
            return true
        }
        if !isLed, let failure { throw failure }
    }

    /// Every key with its value, revisions and lease, and the revision of the store.
    func contents() throws -> Contents {
        try ask(["get", "", "--prefix"])
    }

    func identity() throws -> Identity {
        let list: MemberList = try ask(["member", "list"])
        let status: [StatusAnswer] = try ask(["endpoint", "status"])
        return Identity(
            cluster: hex(list.header.cluster_id),
            members: Dictionary(
                uniqueKeysWithValues: list.members.map { ($0.name ?? "", hex($0.ID)) }
            ),
            clustersOfEndpoints: Set(status.map { hex($0.Status.header.cluster_id) }),
            membersOfEndpoints: Set(status.map { hex($0.Status.header.member_id) })
        )
    }

    /// Hex IDs by name, where not every member can be asked.
    func identityOfMembers() throws -> [String: String] {
        let list: MemberList = try ask(["member", "list"])
        return Dictionary(uniqueKeysWithValues: list.members.map { ($0.name ?? "", hex($0.ID)) })
    }

    /// The data's hash on every member, in the order of the endpoints.
    func hashKV() throws -> [UInt32] {
        let answers: [HashAnswer] = try ask(["endpoint", "hashkv", "--command-timeout", "60s"])
        return answers.map(\.HashKV.hash)
    }

    /// What reading must not raise: the store's revision on every member.
    func revisions() throws -> [Int64] {
        let answers: [StatusAnswer] = try ask(["endpoint", "status"])
        return answers.map { $0.Status.header.revision ?? 0 }
    }

    private func hex(_ id: UInt64) -> String { String(id, radix: 16) }

    private func ask<Answer: Decodable>(_ arguments: [String]) throws -> Answer {
        let output = try etcdctl(arguments + ["-w", "json"]).output
        return try JSONDecoder().decode(Answer.self, from: output)
    }

    struct Contents: Decodable, Hashable {
        var header: Header
        var kvs: [KeyValue]?

        /// The member that answered, the term and the cluster do not matter.
        struct Header: Decodable, Hashable { var revision: Int64 }
        /// IDs of leases are 64 bits wide, so no number of JSON is read as a Double.
        struct KeyValue: Decodable, Hashable {
            var key: String
            var value: String?
            var create_revision: Int64
            var mod_revision: Int64
            var version: Int64
            var lease: Int64?
        }
    }

    struct Identity: Hashable {
        var cluster: String
        /// Hex IDs by name.
        var members: [String: String]
        var clustersOfEndpoints: Set<String>
        var membersOfEndpoints: Set<String>
    }

    private struct MemberList: Decodable {
        var header: Header
        var members: [Member]
        struct Header: Decodable { var cluster_id: UInt64 }
        struct Member: Decodable {
            var ID: UInt64
            var name: String?
        }
    }

    private struct StatusAnswer: Decodable {
        var Status: Fields
        struct Fields: Decodable { var header: Header }
        struct Header: Decodable {
            var cluster_id: UInt64
            var member_id: UInt64
            var revision: Int64?
        }
    }

    private struct HashAnswer: Decodable {
        var HashKV: Fields
        struct Fields: Decodable { var hash: UInt32 }
    }
}
