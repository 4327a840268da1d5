import EtcdModel
import RemoteHost
import RestorePlanning

/// A playbook's own check, as a line of a shell that succeeds if it holds.
struct HandCheck {
    let check: DataCheck
    let checks: DataChecks
    let client: EtcdClient
    let digest: DigestTool

    /// The checks of a stage; empty if the member has no client URL to ask.
    static func of(_ checks: DataChecks, on target: MemberTarget) -> [HandCheck] {
        guard let client = EtcdClient(target: target) else { return [] }
        return checks.checks.map {
            HandCheck(check: $0, checks: checks, client: client, digest: target.tools.digest)
        }
    }

    var sentence: String { DataCheckWords.sentence(check, of: checks) }

    /// No value is in it; `head` takes away the line feed that etcdctl adds.
    var test: String {
        switch check {
        case .exists: "\(question) | grep -q '\"kvs\":'"
        case .hasValue(let key, let value): test(key, value)
        case .equals(let key, let value): test(key, ExpectedValue(Array(value.utf8)))
        case .count(_, let least):
            "[ \"$(\(question) | sed -n 's/^\"Count\" : //p')\" -ge \(least) ]"
        case .command: question
        }
    }

    private func test(_ key: String, _ value: ExpectedValue) -> String {
        let get = ShellWord.line(
            client.words(
                ["get", "--rev=\(checks.revision)", "--print-value-only", "--", key],
                timeoutSeconds: 30
            )
        )
        return "[ \"$(\(get) | wc -c)\" -eq \(value.bytes + 1) ] && "
            + "[ \"$(\(get) | head -c \(value.bytes) | \(digest.ofInput) | cut -c1-64)\" = "
            + "\(value.sha256) ]"
    }

    private var question: String {
        ShellWord.line(
            check.question(client, revision: checks.revision).words.map { word in
                switch word {
                case .text(let text): text
                case .secret: preconditionFailure("a plan holds no secrets")
                }
            }
        )
    }
}
