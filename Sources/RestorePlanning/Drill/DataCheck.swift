import EtcdModel
package import RemoteHost

/// Something that a playbook's user wants to find in the restored data.
package enum DataCheck: Sendable, Hashable, Codable {
    case exists(key: String)
    case equals(key: String, value: String)
    case count(prefix: String, atLeast: Int)
    /// Exits 0 on a member's host, with etcdctl's variables set for the cluster.
    case command([String])

    /// As a plan and a report name it; a value may be a secret, and is not told.
    package var name: String {
        switch self {
        case .exists(let key): "check: \(key) exists"
        case .equals(let key, _): "check: \(key) has the given value"
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
        case .equals: "the given value"
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
        case .exists(let key), .equals(let key, _):
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
        case .equals(_, let value):
            guard result.isSuccess, let values = KeyValues(result.output) else { return nil }
            guard let found = values.values.first else { return ("not there", false) }
            return found == Array(value.utf8) ? ("the given value", true) : ("another value", false)
        case .count(_, let least):
            guard result.isSuccess, let answer = KeyCount(result.outputText) else {
                return nil
            }
            return ("\(answer.count)", answer.count >= least)
        case .command:
            return ("\(result.ending)", result.isSuccess)
        }
    }
}
