package import RemoteHost

/// A command of the user's own among the steps: `run` in a playbook.
///
/// Nothing on a host tells whether it has happened: a run that is taken up again in the middle of it runs
/// it on every host once more, so it must be safe to run twice.
package struct Hook: Sendable, Hashable, Codable {
    /// The group of all members that take part, whatever the inventory's groups are.
    package static let members = "members"

    /// A group of the inventory, or `members`.
    package var group: String
    /// Its words; run as root, without a shell.
    package var command: [String]
    /// Takes back what the command did, safe to run twice as well; nil: a rollback leaves it.
    package var undo: [String]?
    /// What it does, for a person; nil: the command tells.
    package var title: String?
    /// What `undo` does, for a person; nil if only the title tells.
    package var undoTitle: String?

    package init(
        group: String,
        command: [String],
        undo: [String]? = nil,
        title: String? = nil,
        undoTitle: String? = nil
    ) {
        self.group = group
        self.command = command
        self.undo = undo
        self.title = title
        self.undoTitle = undoTitle
    }

    /// In a few words.
    package var words: String {
        title ?? command.map(ShellQuoting.quoted).joined(separator: " ")
    }

    /// The hook that a rollback runs in its place; nil for none.
    var undoing: Hook? {
        undo.map { Hook(group: group, command: $0, title: undoTitle ?? "undo: \(words)") }
    }
}

/// A host that a hook acts on; it may be a member's, and need not be.
package struct HookHost: Sendable, Hashable, Codable {
    /// The member's name, where it is one's host; else as the group has it.
    package var name: String
    package var endpoint: HostEndpoint

    package init(name: String, endpoint: HostEndpoint) {
        self.name = name
        self.endpoint = endpoint
    }
}

/// A hook with its hosts decided, which run it side by side.
package struct HookRun: Sendable, Hashable, Codable {
    /// Before the words of a hook, in proofs and reports.
    package static let proofPrefix = "run: "

    package var hook: Hook
    package var hosts: [HookHost]

    package init(hook: Hook, hosts: [HookHost]) {
        self.hook = hook
        self.hosts = hosts
    }

    /// What its outcome is called in journal and report.
    package var proofName: String { Self.proofPrefix + hook.words }
}

extension Plan {
    /// Every host that a hook acts on, once.
    package var hookHosts: [HookHost] {
        steps.flatMap(\.stages).flatMap { $0.hook?.hosts ?? [] }
            .reduce(into: []) { hosts, host in
                if !hosts.contains(where: { $0.name == host.name }) { hosts.append(host) }
            }
    }
}
