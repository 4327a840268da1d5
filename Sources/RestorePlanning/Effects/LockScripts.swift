package import RemoteHost

/// What is asked of a host about its lock, besides what every effect asks.
package enum LockScripts {
    /// A shell function that prints for how many seconds the lock's coordinator gave no sign of life.
    ///
    /// A sign that is ahead of the clock was given before somebody set the clock back: as far as it is ahead, at
    /// least, it is old.
    static let silence = """
        silence() {
          s=$(($(date +%s) - $(stat -c %Y -- lock 2>/dev/null || echo 0)))
          echo "${s#-}"
        }
        """

    /// Shell functions, in a script that stands in the run's directory.
    ///
    /// `holders` prints, for each process that holds `busy` open as every command at work does, its number, for how
    /// many seconds it has run, and its program; `named` says the same in words; `end_holders` ends them, and has
    /// the lock then.
    static let functions = """
        \(silence)
        holders() {
          u=$(cut -d . -f 1 /proc/uptime)
          for p in /proc/[0-9]*; do
            n=${p#/proc/}
            if [ "$n" != $$ ] && [ "$p/fd/9" -ef busy ]; then
              s=$(cat "$p/stat") && set -- ${s##*) } && echo "$n $((u - ${20} / 100)) $(cat "$p/comm")"
            fi
          done 2>/dev/null
        }
        named() {
          echo "an earlier command of this run is still at work:" \\
            "$(exec 9>&-; holders | while read -r n t c; do printf 'PID %s (%s) for %s s; ' "$n" "$c" "$t"; done)" \\
            "its coordinator was last heard $(silence) s ago"
        }
        end_holders() {
          for s in TERM KILL; do
            h=$(exec 9>&-; holders | cut -d ' ' -f 1)
            [ -z "$h" ] || kill -"$s" $h 2>/dev/null
            if flock -w 5 9; then return 0; fi
          done
          return 1
        }
        """

    /// Tells whose the lock is, for how long it is silent and who is at work; waits for nothing.
    package static func question(_ target: MemberTarget) -> RemoteCommand {
        .script(
            """
            export LC_ALL=C
            \(WorkDirectory.entry)
            \(silence)
            say() { printf '%s=%s\\n' "$1" "$2"; }
            if is_ours "$1" \(MemberPaths.rootName) && [ -f lock ]; then
              say lock yes
              sed 's/^/lock./' lock; echo
              say lock.silent "$(silence)"
            fi
            say end yes
            """,
            [target.paths.dataDir]
        )
    }

    /// nil unless the answer is whole and there is a lock.
    package static func lock(in answer: String) -> HostLock? {
        let lines = KeyedLines(answer)
        return lines.isYes("end") ? ObservationScript.lock(lines) : nil
    }

    /// Succeeds if the host is locked by this run and this coordinator.
    package static func holds(_ target: MemberTarget, _ operator: Operator) -> RemoteCommand {
        .script(
            """
            \(WorkDirectory.entry)
            \(PlannedEffect.lockQuestion(target.paths, `operator`))
            """
        )
    }

    /// Puts this coordinator into a lock of the same run, if it is still the other's.
    ///
    /// Unless that one is known to be over, it must have been silent for long. Its last command is waited for, and ended if it does not end.
    package static func adopt(
        _ lock: HostLock,
        on target: MemberTarget,
        by operator: Operator,
        isOver: Bool
    ) -> RemoteCommand {
        let lines =
            ["operator=\(`operator`.user)", "coordinator=\(`operator`.coordinator)"]
            .map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }
            + (`operator`.session.map { [$0.lines] } ?? [])
        return .script(
            """
            export LC_ALL=C
            umask 077
            \(WorkDirectory.entry)
            \(functions)
            enter "$1" \(MemberPaths.rootName)
            still() {
              grep -qxsF -- "run=$2" lock && { [ "$4" = 0 ] || [ "$(silence)" -ge "$4" ]; } &&
              if [ -n "$3" ]; then grep -qxsF -- "session=$3" lock; else ! grep -q '^session=' lock; fi
            }
            still "$@" || exit \(PlannedEffect.lockLostStatus)
            exec 9>>busy
            flock -w 15 9 || end_holders || { named >&2; exit \(PlannedEffect.busyStatus); }
            still "$@" || exit \(PlannedEffect.lockLostStatus)
            # the other one's turns: a copied journal may be behind them
            printf '%s %012d\\n' "$2" 0 1<>busy || :
            own() {
              grep -v -e '^session=' -e '^process=' -e '^operator=' -e '^coordinator=' lock; printf '%s\\n' "$5"
            }
            t="lock.$2"
            if { own "$@" >"$t" && sync -- "$t"; } 2>/dev/null; then mv -T -- "$t" lock && sync -- .; exit; fi
            # on a full disk it is overwritten where it lies, at once: its block is there; empty lines are no lines
            rm -f -- "$t"
            l=$(stat -c %s -- lock) o=$(own "$@")
            { printf '%s\\n' "$o"; head -c "$l" /dev/zero | tr '\\0' '\\n'; } |
              dd of=lock bs=4096 iflag=fullblock conv=notrunc status=none && sync -- lock
            """,
            [
                target.paths.dataDir, target.paths.run, lock.session ?? "",
                isOver ? "0" : "\(HostLock.staleSeconds)", lines.joined(separator: "\n"),
            ],
            endsWithConnection: true
        )
    }
}

/// Whose a lock of this run is, as far as one look tells.
package enum LockTenure: Sendable, Hashable {
    /// There is none of this run: the effects judge that.
    case notOurs
    case ours
    /// Another coordinator's, which is over for certain.
    case over
    /// Another coordinator's, which was silent for so long that it is taken for gone.
    case silent
    /// Another coordinator's, which may be alive.
    case open
    /// Another coordinator's, which is alive.
    case alive

    /// - Parameters:
    ///   - lock: the host's; nil if there is none.
    ///   - run: the run that is driven.
    ///   - operator: this process.
    ///   - isOver: whether a process is over; nil for one that cannot be seen from here.
    package init(
        _ lock: HostLock?,
        run: String,
        for operator: Operator,
        isOver: (CoordinatorProcess) -> Bool?
    ) {
        guard let lock, lock.run == run else {
            self = .notOurs
            return
        }
        if lock.session == `operator`.session?.word {
            self = .ours
            return
        }
        // a process drives one session of a run after the other
        let isOwn = lock.process != nil && lock.process == `operator`.session?.process
        switch isOwn ? true : lock.process.flatMap(isOver) {
        case true?: self = .over
        case false?: self = .alive
        case nil: self = lock.isStale ? .silent : .open
        }
    }

    /// Whether this coordinator may take the lock's place now.
    package var mayAdopt: Bool { self == .over || self == .silent }
}
