import EtcdModel
import RestorePlanning

/// The proof of one member, as commands for its host and what they must print.
struct ProofCommands {
    struct Look {
        var arguments: [String]
        var expectations: [Expectation]
        /// What is piped into it; nil for nothing.
        var input: [String]?
    }

    enum Expectation {
        /// This text, followed by no digit.
        case text(String, means: String)
        /// A number behind this text, at least so high.
        case atLeast(String, Int64, means: String)
        /// A number behind this text, not 0, and the same on every member.
        case sameEverywhere(String, means: String)
        case nothing(means: String)
    }

    let target: MemberTarget
    let expected: ExpectedCluster

    /// etcdctl with what it needs to reach its own member, and nobody else.
    var etcdctl: [String] {
        let tls = target.clientTLS
        let flags = [
            ("--endpoints", target.member.clientURLs.first), ("--cacert", tls?.cacert),
            ("--cert", tls?.cert), ("--key", tls?.key),
        ]
        return [target.tools.etcdctl]
            + flags.compactMap { flag, value in value.map { "\(flag)=\($0)" } }
    }

    var looks: [Look] {
        var looks = [
            Look(
                arguments: ["endpoint", "status", "--write-out=json"],
                expectations: status
            )
        ]
        if let data = expected.data {
            looks += [
                // without --rev: etcd up to 3.4.26 and 3.5.9 refuses it at the compacted revision
                Look(
                    arguments: [
                        "endpoint", "hashkv", "--write-out=json", "--command-timeout=60s",
                    ],
                    expectations: [
                        .text("\"revision\":\(data.revision)", means: "revision of the hash"),
                        .text("\"hash\":\(data.hashKV)", means: "data hash"),
                    ]
                ),
                // etcdctl 3.4 has no --count-only; the count is of all keys, whatever the limit
                Look(
                    arguments: [
                        "get", "", "--prefix", "--keys-only", "--limit=1",
                        "--rev=\(data.revision)", "--write-out=fields",
                    ],
                    expectations: [.text("\"Count\" : \(data.keys)", means: "key count")]
                ),
            ]
        }
        if expected.isReadOnly { return looks }
        looks += [
            Look(arguments: ["alarm", "list"], expectations: [.nothing(means: "alarms")]),
            // the put is in the branch that is not taken: through consensus, and without a trace
            Look(
                arguments: ["txn"],
                expectations: [.text("FAILURE", means: "write")],
                input: [
                    "version(\"rekindle/never\") < \"0\"", "", "put rekindle/never x", "",
                    "get rekindle/never", "",
                ]
            ),
        ]
        return looks
    }

    /// etcdctl's JSON has IDs in decimal.
    private var status: [Expectation] {
        var status: [Expectation] = []
        if let id = expected.clusterID {
            status.append(.text("\"cluster_id\":\(id.rawValue)", means: "cluster ID \(id)"))
        }
        if let id = expected.members.first(where: { $0.name == target.name })?.id {
            status.append(.text("\"member_id\":\(id.rawValue)", means: "member ID \(id)"))
        }
        if let data = expected.data {
            status.append(.atLeast("\"revision\":", data.revision, means: "revision"))
        }
        return status + [.sameEverywhere("\"leader\":", means: "leader")]
    }
}

extension ProofCommands.Look {
    /// The look as one shell line.
    func line(_ etcdctl: [String], environment: String = "") -> String {
        let command = environment + ShellWord.line(etcdctl + arguments)
        guard let input else { return command }
        return "printf '%s\\n' \(ShellWord.line(input)) | \(command)"
    }
}
