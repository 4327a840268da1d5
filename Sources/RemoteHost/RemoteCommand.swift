/// A command for a host, as words that no shell ever interprets.
///
/// The description masks secrets; `shellLine` is the raw text and is asked for in one place, where
/// it is sent.
package struct RemoteCommand: Sendable, Hashable {
    package enum Word: Sendable, Hashable {
        case text(String)
        case secret(String)
    }

    package var words: [Word]
    /// Whether the command needs root, so that `Become` applies.
    package var isPrivileged: Bool
    /// Whether the command is ended when its connection is lost.
    ///
    /// False for the ones that are over at once, and for those with standard input, which end when
    /// their input does.
    package var endsWithConnection: Bool
    /// The secret that the command finds in a variable; nil if it needs none.
    package var secret: SecretVariable?

    package init(
        _ words: [String],
        isPrivileged: Bool = true,
        endsWithConnection: Bool = false,
        secret: SecretVariable? = nil
    ) {
        self.words = words.map(Word.text)
        self.isPrivileged = isPrivileged
        self.endsWithConnection = endsWithConnection
        self.secret = secret
    }

    /// A POSIX shell script with positional arguments: the text is fixed, only arguments vary.
    package static func script(
        _ text: String,
        _ arguments: [String] = [],
        isPrivileged: Bool = true,
        endsWithConnection: Bool = false,
        secret: SecretVariable? = nil
    ) -> RemoteCommand {
        RemoteCommand(
            ["sh", "-c", text, "rekindle"] + arguments,
            isPrivileged: isPrivileged,
            endsWithConnection: endsWithConnection,
            secret: secret
        )
    }
}

extension RemoteCommand: CustomStringConvertible {
    /// The line as a person may see it: secrets are `***`.
    package var description: String {
        words.map { word in
            switch word {
            case .text(let text): ShellQuoting.quoted(text)
            case .secret: "'***'"
            }
        }
        .joined(separator: " ")
    }
}

extension RemoteCommand {
    /// The line that sshd hands to the login shell, secrets included.
    package func shellLine(become: Become) -> String {
        guard isPrivileged else { return line }
        return switch become {
        case .sudo: "sudo -n -- \(line)"
        // opendoas: -n fails where it would ask, and it asks on a terminal only
        case .doas: "doas -n -- \(line)"
        case .none: line
        }
    }

    /// The same as whoever logs in.
    package var line: String {
        var line = words.map { word in
            switch word {
            case .text(let text): ShellQuoting.quotedForLoginShell(text)
            case .secret(let text): ShellQuoting.quotedForLoginShell(text)
            }
        }
        .joined(separator: " ")
        if endsWithConnection {
            line =
                "sh -c \(ShellQuoting.quotedForLoginShell(Self.watchdog)) rekindle "
                + ShellQuoting.quotedForLoginShell(line)
        }
        if let secret {
            line = "sh -c \(ShellQuoting.quotedForLoginShell(secret.prelude)) rekindle " + line
        }
        return line
    }

    /// Runs `$1` in a process group of its own, and ends that group once standard input closes.
    ///
    /// Without a terminal sshd leaves a command running when its connection is gone; the held-open
    /// standard input is the one thing that tells. The group is asked to end and, if anything is
    /// left of it five seconds later, killed; the watcher ignores the end that the first shell then
    /// wishes it. The exit status is the command's, 128 + N where signal N killed it.
    private static let watchdog = """
        exec 3<&0; setsid sh -c "$1" </dev/null 3<&- & p=$!; \
        { while read -r _ <&3; do :; done; trap '' TERM; kill -TERM -$p; \
        for _ in 1 2 3 4 5; do sleep 1; kill -0 -$p || exit; done; kill -KILL -$p; } \
        >/dev/null 2>&1 & w=$!; \
        exec 3<&-; wait $p; s=$?; kill $w 2>/dev/null; exit $s
        """
}

/// How a privileged command gets root on a host.
package enum Become: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    case sudo
    case doas
}
