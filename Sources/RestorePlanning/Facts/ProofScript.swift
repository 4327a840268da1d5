package import EtcdModel
package import RemoteHost

/// All that a member is asked for its proof, in one command, once it is in a quorum.
///
/// One connection's round trip and one look by etcdctl each: the cluster is down for its users until
/// the last answer is in. A check asks the same beforehand, but for what goes into the log.
package struct ProofScript: Sendable {
    private let client: EtcdClient
    private let revision: Int64?
    private let writes: Bool

    /// The data is hashed, and its keys are counted at the revision; nil for no question about it.
    package init(client: EtcdClient, revision: Int64?, writes: Bool = true) {
        self.client = client
        self.revision = revision
        self.writes = writes
    }

    package var command: RemoteCommand {
        var script = Self.head
        if let revision {
            // without a revision: from 3.4.0 to 3.4.26 and 3.5.0 to 3.5.9 the compacted revision
            // itself is refused, and later ones answer with what they hashed when they compacted
            script += Self.ask("hashkv", client.hashKV(revision: nil))
            script += Self.ask("count", client.keyCount(revision: revision))
        }
        script += Self.ask("alarms", client.alarms)
        if writes {
            script +=
                "write() { printf '%s' "
                + ShellQuoting.quoted(EtcdClient.writeOfNothing)
                + " | \(Self.line(client.transaction)); }\nask write write\n"
        }
        return .script(script + Self.end, secret: client.secret)
    }

    /// What a member is asked once a member has gone beyond the snapshot.
    ///
    /// `own` is the snapshot's revision, nil if its hash is known already, or not wanted; `newest` the
    /// revision at which the members are compared with one another.
    package static func later(client: EtcdClient, own: Int64?, newest: Int64) -> RemoteCommand {
        var script = head
        if let own {
            script += ask("own", client.hashKV(revision: own))
            script += ask("count", client.keyCount(revision: newest))
        }
        script += ask("now", client.hashKV(revision: nil))
        // a member that is there already has answered: who was started anew does not remember what
        // it hashed at a compaction, and would be asked for the same data by another range
        script +=
            "case \"$o\" in *'\"revision\":\(newest),'*) ;; *)\n"
            + ask("newest", client.hashKV(revision: newest))
            + "if [ \"$s\" != 0 ]; then\n"
            + moments.map { ask($0, client.hashKV(revision: nil)) }.joined() + "fi\n;; esac\n"
        return .script(script + end, secret: client.secret)
    }

    /// Asked if clients write and compact all the time, so that no revision is there for long: at one of
    /// these moments all members may be at the same.
    package static let moments = ["now2", "now3", "now4", "now5"]

    /// The same questions to a cluster that serves already, before a run: whether it will answer them.
    ///
    /// Nothing is written, and no alarm is asked for: that question goes into etcd's log as a write does
    /// (`Alarm`, server/etcdserver/v3_server.go of 3.5). The hash is asked for at a revision that no
    /// cluster has: who may ask is told that, and nobody waits while etcd reads all of its data. The keys
    /// are counted by the member alone: a cluster that has just lost its quorum would not answer.
    package static func beforehand(client: EtcdClient, revision: Int64) -> RemoteCommand {
        .script(
            head + ask("hashkv", client.hashKV(revision: .max))
                + ask("count", client.keyCount(revision: revision, localOnly: true)) + end,
            secret: client.secret
        )
    }

    private static let head =
        "export LC_ALL=C\nask() { n=$1; shift; o=$(\"$@\" 2>&1); s=$?; "
        + "printf '%s=%s\\n%s.status=%s\\n' \"$n\" "
        + "\"$(printf '%s' \"$o\" | base64 -w0)\" \"$n\" \"$s\"; }\n"
    private static let end = "echo end=yes\n"

    private static func ask(_ name: String, _ words: [String]) -> String {
        "ask \(name) \(line(words))\n"
    }

    private static func line(_ words: [String]) -> String {
        words.map(ShellQuoting.quoted).joined(separator: " ")
    }
}

/// What came back, one answer for each question.
package struct ProofAnswers: Sendable, Hashable {
    package struct Answer: Sendable, Hashable {
        package var isSuccess: Bool
        package var bytes: [UInt8]

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private let lines: KeyedLines

    /// nil when the script did not run to its end.
    package init?(_ output: String) {
        lines = KeyedLines(output)
        guard lines.isYes("end") else { return nil }
    }

    package subscript(name: String) -> Answer? {
        guard let encoded = lines[name], let status = lines["\(name).status"],
            let bytes = Base64Text.bytes(encoded)
        else { return nil }
        return Answer(isSuccess: status == "0", bytes: bytes)
    }

    /// The first question that was refused for a reason that does not pass; nil if there is none.
    ///
    /// That a revision is compacted is an answer.
    package func refused(_ questions: [String]) -> RefusedQuestion? {
        for question in questions {
            guard let answer = self[question], !answer.isSuccess,
                let refusal = EtcdRefusal(answer.text), !refusal.mayChange, refusal != .compacted
            else { continue }
            return RefusedQuestion(question, refusal, saying: answer.text)
        }
        return nil
    }
}

/// A question of the proof that etcd refuses, for a reason that does not pass.
package struct RefusedQuestion: Sendable, Hashable {
    /// As the script calls it: `hashkv`, `count`, `alarms`, `write`, `status`.
    package var question: String
    package var refusal: EtcdRefusal
    /// etcdctl's last line.
    package var said: String

    package init(_ question: String, _ refusal: EtcdRefusal, saying text: String) {
        self.question = question
        self.refusal = refusal
        let last = text.split(whereSeparator: \.isNewline).last { $0 != "null" && $0 != "[]" }
        said = last.map(String.init) ?? refusal.rawValue
    }

    /// What it asks, in words.
    package var words: String {
        switch question {
        case "hashkv", "own", "now", "newest": "for the hash of its data"
        case "count": "for the number of its keys"
        case "alarms": "for its alarms"
        case "write": "to take a write"
        default: "for its status"
        }
    }
}
