import Testing

/// Every byte of the old data directories, before anything was moved and after all is over.
extension Scene {
    /// Takes the digests of the old data of every member whose etcd is stopped, unless they were
    /// taken before.
    func witness() throws {
        let open = try lab.members.filter { witnessed[$0] == nil }
        for (member, text) in try digests(of: open, oldDataOfStopped) where !text.isEmpty {
            witnessed[member] = text
        }
    }

    /// Takes them again when a rollback has put the data back and nothing is started yet.
    func witnessPutBack() throws {
        putBack = try digests(of: try lab.members, oldDataOfStopped).filter { !$0.value.isEmpty }
    }

    /// What of the old data is not as it was; empty where every byte is.
    func lostBytes(after outcome: Outcome) throws -> [String] {
        switch outcome {
        case .restored:
            let aside = try digests(of: try lab.members, oldDataSetAside)
            return try lab.members.compactMap { member in
                let now = aside[member] ?? ""
                if now.isEmpty { return "etcd-\(member): nothing is set aside" }
                guard let before = witnessed[member], before != now else { return nil }
                return "etcd-\(member): the data set aside is not what was there"
            }
        case .oldBack:
            return try lab.members.compactMap { member in
                guard let before = witnessed[member], let now = putBack[member], before != now
                else { return nil }
                return "etcd-\(member): the data put back is not what was there"
            }
        case .refused, .neither: return []
        }
    }

    private var places: String {
        get throws {
            let wal = try lab.walDirectory
            let parent = wal.split(separator: "/").dropLast().map { "/\($0)" }.joined()
            let twin = wal.isEmpty ? "" : "\(parent)/.rekindle-\(journal.run)/aside"
            return """
                digest() { [ ! -d "$1" ] || (cd "$1" && \
                find . -type f -exec openssl dgst -sha256 -r {} + | sort -k2); }
                d='\(quoted(dataDirectory))'
                live() { digest "$d/member"; digest '\(wal)'; }
                aside() { digest "$d/.rekindle/\(journal.run)/aside/member"; digest '\(twin)'; }

                """
        }
    }

    /// Set aside, or where it always was; nothing while etcd runs.
    private var oldDataOfStopped: String {
        get throws {
            try places + """
                pgrep -x etcd >/dev/null && exit 0
                a=$(aside)
                [ -n "$a" ] || a=$(live)
                # etcd that starts meanwhile writes at once: what was read then tells nothing
                pgrep -x etcd >/dev/null || printf '%s' "$a"
                """
        }
    }

    private var oldDataSetAside: String { get throws { try places + "aside" } }

    /// A host that is off says nothing.
    private func digests(of members: [Int], _ script: String) throws -> [Int: String] {
        let asked = try members.map { member in
            (
                member,
                try Program.start(
                    "\(Lab.root)/lab/exec",
                    ["--lab", lab.name, "etcd-\(member)", "sh", "-c", script]
                )
            )
        }
        var found: [Int: String] = [:]
        for (member, program) in asked {
            let result = try program.finish()
            if result.status == 0 { found[member] = trimmed(result.outputText) }
        }
        return found
    }

    private func trimmed(_ text: String) -> String {
        text.last == "\n" ? String(text.dropLast()) : text
    }

    /// A path as the inside of single quotes.
    func quoted(_ path: String) -> String {
        path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
    }
}
