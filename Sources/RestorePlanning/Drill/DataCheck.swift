import EtcdModel
package import RemoteHost

/// A value that a check wants to find, told by its digest: the value itself may be a secret.
package struct ExpectedValue: Sendable, Hashable, Codable {
    /// Lower-case hex.
    package var sha256: String
    package var bytes: Int

    package init(_ value: [UInt8]) {
        sha256 = SHA256Text.hex(of: value)
        bytes = value.count
    }
}

/// Something that a playbook's user wants to find in the restored data.
package enum DataCheck: Sendable, Hashable, Codable {
    case exists(key: String)
    case hasValue(key: String, value: ExpectedValue)
    /// As plans of before version 0.2 have it, with the value in the plan; nothing makes it any more.
    case equals(key: String, value: String)
    case count(prefix: String, atLeast: Int)
    /// Exits 0 on a member's host, with etcdctl's variables set for the cluster.
    case command([String])

    /// As a plan and a report name it; a value may be a secret, and is not told.
    package var name: String {
        switch self {
        case .exists(let key): "check: \(key) exists"
        case .hasValue(let key, _), .equals(let key, _): "check: \(key) has the given value"
        case .count(let prefix, let least): "check: at least \(least) keys under \(prefix)"
        case .command(let words): "check: \(words.map(ShellQuoting.quoted).joined(separator: " "))"
        }
    }

    package var isCommand: Bool {
        if case .command = self { true } else { false }
    }

    package var expected: String {
        switch self {
        case .exists: "there"
        case .hasValue, .equals: "the given value"
        case .count(_, let least): "\(least) or more"
        case .command: "exit 0"
        }
    }
}

/// The user's own checks, all asked of one member: that all hold the same is proven already.
package struct DataChecks: Sendable, Hashable, Codable {
    package var member: String
    /// At which all is asked, so that a lease that runs out changes no answer.
    package var revision: Int64
    package var checks: [DataCheck]

    package init(member: String, revision: Int64, checks: [DataCheck]) {
        self.member = member
        self.revision = revision
        self.checks = checks
    }
}

extension DataCheck {
    /// nil for the newest revision.
    package func question(_ client: EtcdClient, revision: Int64?) -> RemoteCommand {
        let at = revision.map { ["--rev=\($0)"] } ?? []
        switch self {
        case .exists(let key), .hasValue(let key, _), .equals(let key, _):
            return client.command(
                client.words(["get"] + at + ["-w", "json", "--", key], timeoutSeconds: 30)
            )
        case .count(let prefix, _):
            return client.command(
                client.words(
                    ["get", "--prefix", "--keys-only", "--limit=1"] + at
                        + ["-w", "fields", "--", prefix],
                    timeoutSeconds: 120
                )
            )
        case .command(let words):
            return client.command(client.environment + words, endsWithConnection: true)
        }
    }

    /// What was seen, and whether that is what was wanted.
    ///
    /// - Returns: nil where the answer is none.
    package func judge(_ result: CommandResult) -> (observed: String, holds: Bool)? {
        switch self {
        case .exists:
            guard result.isSuccess, let values = KeyValues(result.output) else { return nil }
            return values.values.isEmpty ? ("not there", false) : ("there", true)
        case .hasValue(_, let wanted): return judge(result, wanted)
        case .equals(_, let value): return judge(result, ExpectedValue(Array(value.utf8)))
        case .count(_, let least):
            guard result.isSuccess, let answer = KeyCount(result.outputText) else {
                return nil
            }
            return ("\(answer.count)", answer.count >= least)
        case .command:
            return ("\(result.ending)", result.isSuccess)
        }
    }

    private func judge(
        _ result: CommandResult,
        _ wanted: ExpectedValue
    ) -> (observed: String, holds: Bool)? {
        guard result.isSuccess, let values = KeyValues(result.output) else { return nil }
        guard let found = values.values.first else { return ("not there", false) }
        return ExpectedValue(found) == wanted
            ? ("the given value", true) : ("another value", false)
    }
}
