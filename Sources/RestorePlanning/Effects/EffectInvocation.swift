package import RemoteHost

/// Who runs a plan, as the locks on the hosts name them.
package struct Operator: Sendable, Hashable, Codable {
    package var user: String
    package var coordinator: String
    /// What tells this process from any other that drives the same run; nil for a person, and in old journals.
    package var session: CoordinatorSession?

    package init(user: String, coordinator: String, session: CoordinatorSession? = nil) {
        self.user = user
        self.coordinator = coordinator
        self.session = session
    }
}

extension PlannedEffect {
    /// The exit status of an effect whose host is locked by another run, or by nobody.
    package static let lockLostStatus: Int32 = 75
    /// The exit status of an effect that found an earlier command of this run still at work.
    package static let busyStatus: Int32 = 76

    /// All commands of the effect as one remote command.
    ///
    /// It stops at the first that fails and names it on standard error. Nothing runs unless the
    /// host's lock is this run's, asked on the host right before the first command; nor while a
    /// command whose connection was lost is still at work, which holds the open file until it ends.
    ///
    /// Nor does a command that a frozen sshd held back, and that begins when a later one was here:
    /// each has a turn, higher than that of any before it, and leaves it on the host. 0 is for a person.
    ///
    /// An effect that reads the snapshot is given it from the offset on, in a form. What the commands print goes
    /// to standard error; standard output is a look at the host once all have succeeded.
    package func invocation(
        on target: MemberTarget,
        operator: Operator,
        offset: UInt64 = 0,
        form: WireForm = .plain,
        turn: Int = 0
    ) -> RemoteCommand {
        let paths = target.paths
        let lines = commands.map { words in
            let line = words.map(ShellQuoting.quoted).joined(separator: " ")
            return "\(line) || failed $? \(ShellQuoting.quoted(Self.shown(words)))"
        }
        // the shell keeps its output apart where no command inherits it: one that lives on would hold the channel open
        let script = """
            umask 077
            export LC_ALL=C REKINDLE_OPERATOR=\(ShellQuoting.quoted(Self.onOneLine(`operator`.user))) \
            REKINDLE_COORDINATOR=\(ShellQuoting.quoted(Self.onOneLine(`operator`.coordinator))) \
            REKINDLE_OFFSET=\(offset) REKINDLE_PACKED=\(form.rawValue)\(purpose(on: target))\
            \(session(`operator`))
            failed() { echo "rekindle: exit $1 of: $2" >&2; exit "$1"; }
            \(WorkDirectory.functions)
            {
            \(kind == .takeLock ? "" : Self.guardLines(paths, `operator`))\(lines.joined(separator: "\n"))
            } >&2
            exec 9>&-
            \(ObservationScript(target: target).fragment)
            """
        return .script(
            script,
            ["\(Self.turnMark)\(turn)"],
            endsWithConnection: !readsSnapshot,
            secret: target.login.flatMap { EtcdPassword.isNeeded(by: script) ? $0.secret : nil }
        )
    }

    /// The lock tells others that it is a drill's: they need not take it for a restore that broke off.
    private func purpose(on target: MemberTarget) -> String {
        target.scratch == nil ? "" : " REKINDLE_PURPOSE=\(HostLock.drill)"
    }

    /// Before the turn, in the command's one argument.
    package static let turnMark = "turn="

    private func session(_ operator: Operator) -> String {
        `operator`.session.map { " REKINDLE_SESSION=\(ShellQuoting.quoted($0.lines))" } ?? ""
    }

    /// The turn is overwritten in place, which works on a full disk as well.
    ///
    /// The script has the functions of `WorkDirectory` before it.
    /// A command that never ends, since its connection was cut and its host has not noticed, is ended by the next
    /// one of the same coordinator, which would not be there if that one was still waited for; where a command
    /// `repeats` at the same turn, by its own next try.
    static func guardLines(
        _ paths: MemberPaths,
        _ operator: Operator,
        repeats: Bool = false
    ) -> String {
        let run = ShellQuoting.quoted(paths.run)
        return """
            \(lockQuestion(paths, `operator`))
            \(LockScripts.functions)
            exec 9>>busy
            turn=${1#\(turnMark)}; run=; last=
            read -r run last <busy || :
            flock -w 15 9 || {
              [ \(`operator`.session == nil ? 0 : 1) = 1 ] && [ "$run" = \(run) ] && \
            [ "${last:-0}" -\(repeats ? "le" : "lt") "$turn" ] && end_holders
            } || { named >&2; exit \(busyStatus); }
            # whoever was waited for may have let the lock go, or another run have taken it over
            locked
            read -r run last <busy || :
            if [ "$turn" != 0 ]; then
              if [ "$run" = \(run) ] && [ "${last:-0}" -\(repeats ? "gt" : "ge") "$turn" ]; then
                echo "a later command of this run was here already" >&2; exit \(busyStatus)
              fi
              printf '%s %012d\\n' \(run) "$turn" 1<>busy || :
            fi

            """
    }

    /// Goes into the run's directory and ends the script unless its lock is the run's and this coordinator's, as
    /// `locked` does again.
    static func lockQuestion(_ paths: MemberPaths, _ operator: Operator) -> String {
        let lock = ShellQuoting.quoted(paths.lock)
        return """
            lost() { echo "the lock" \(lock) "is not this run's" >&2; exit \(lockLostStatus); }
            locked() { \(isLocked(paths, `operator`)) || lost; }
            is_there \(ShellQuoting.quoted(paths.dataDir)) \(MemberPaths.rootName) || lost
            \(WorkDirectory.entering(paths))
            locked
            """
    }

    /// Tests, in the run's directory, that its lock is the run's and this coordinator's.
    static func isLocked(_ paths: MemberPaths, _ operator: Operator) -> String {
        let lines =
            ["run=\(paths.run)"] + (`operator`.session.map { [$0.line] } ?? [])
        return lines.map { "grep -qxsF -- \(ShellQuoting.quoted($0)) lock" }
            .joined(separator: " && ")
    }

    private static func onOneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 > 0x7E }) else { return text }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// A command as an error message repeats it: on one line, and no more than can be read.
    ///
    /// Of a script only its arguments are told: they are what differs from host to host.
    private static func shown(_ words: [String]) -> String {
        let isScript = words.count > 3 && words[0] == "sh" && words[1] == "-c"
        let told = isScript ? ["sh", "-c", "…"] + words.dropFirst(4) : words
        let flat = onOneLine(told.map(ShellQuoting.quoted).joined(separator: " "))
        return flat.utf8.count <= 400 ? flat : flat.prefix(400) + " …"
    }
}

extension PlannedEffect {
    /// Does nothing, and ends what is left of an earlier command of this coordinator.
    package static func clearing(
        _ target: MemberTarget,
        operator: Operator,
        turn: Int
    ) -> RemoteCommand {
        .script(
            "export LC_ALL=C\n\(WorkDirectory.entry)\n\(guardLines(target.paths, `operator`, repeats: true))",
            ["\(turnMark)\(turn)"],
            endsWithConnection: true
        )
    }
}

extension HookRun {
    /// The command on a host of the run: behind its lock, as every effect, and nothing else works there then.
    ///
    /// What the command leaves running does not keep the lock.
    package func invocation(on target: MemberTarget, operator: Operator, turn: Int) -> RemoteCommand
    {
        let guarded = PlannedEffect.guardLines(target.paths, `operator`, repeats: true)
        return .script(
            // `command`: a program may be called as one of our functions
            "\(WorkDirectory.entry)\n\(guarded)shift; cd /; command \"$@\" 9>&-",
            ["\(PlannedEffect.turnMark)\(turn)"] + hook.command,
            endsWithConnection: true
        )
    }
}

extension CopyComparison.Copy {
    /// The command, on a host that is locked by this run and in its directory; nothing else works there then.
    package func invocation(
        on target: MemberTarget,
        operator: Operator,
        turn: Int = 0
    ) -> RemoteCommand {
        .script(
            """
            export LC_ALL=C
            \(WorkDirectory.functions)
            \(PlannedEffect.guardLines(target.paths, `operator`, repeats: true))\
            \(command.map(ShellQuoting.quoted).joined(separator: " "))
            """,
            ["\(PlannedEffect.turnMark)\(turn)"],
            endsWithConnection: true
        )
    }
}
