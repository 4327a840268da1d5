package import RemoteHost

/// All that a member is asked for its proof, in one command, once it is in a quorum.
///
/// One connection's round trip and one look by etcdctl each: the cluster is down for its users until
/// the last answer is in.
package struct ProofScript: Sendable {
    private let client: EtcdClient
    private let revision: Int64?

    /// The data is hashed and counted at the revision; nil for no question about it.
    package init(client: EtcdClient, revision: Int64?) {
        self.client = client
        self.revision = revision
    }

    package var command: RemoteCommand {
        var script =
            "export LC_ALL=C\nask() { n=$1; shift; o=$(\"$@\" 2>&1); s=$?; "
            + "printf '%s=%s\\n%s.status=%s\\n' \"$n\" "
            + "\"$(printf '%s' \"$o\" | base64 -w0)\" \"$n\" \"$s\"; }\n"
        if let revision {
            script += ask("hashkv", client.hashKV(revision: revision))
            script += ask("count", client.keyCount(revision: revision))
        }
        script += ask("alarms", client.alarms)
        script +=
            "write() { printf '%s' "
            + ShellQuoting.quoted(EtcdClient.writeOfNothing)
            + " | \(line(client.transaction)); }\nask write write\n"
        return .script(script + "echo end=yes\n", secret: client.secret)
    }

    private func ask(_ name: String, _ words: [String]) -> String {
        "ask \(name) \(line(words))\n"
    }

    private func line(_ words: [String]) -> String {
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
}
