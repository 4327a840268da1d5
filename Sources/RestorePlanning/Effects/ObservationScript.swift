import EtcdModel
package import RemoteHost

/// The look at a host: one read-only script, and the reader of what it prints.
package struct ObservationScript: Sendable {
    private let paths: MemberPaths
    private let user: String
    private let group: String
    private let manager: any ServiceObserver
    /// What else is looked at for a change of the membership.
    private let besides: String
    private let secret: SecretVariable?

    package init(
        paths: MemberPaths,
        user: String,
        group: String,
        manager: any ServiceObserver,
        besides: String = "",
        secret: SecretVariable? = nil
    ) {
        self.paths = paths
        self.user = user
        self.group = group
        self.manager = manager
        self.besides = besides
        self.secret = secret
    }

    package init(target: MemberTarget) {
        self.init(
            paths: target.paths,
            user: target.user,
            group: target.group,
            manager: target.observer,
            besides: target.memberLook + target.dependentsLook,
            secret: EtcdPassword.isNeeded(by: target.memberLook) ? target.login?.secret : nil
        )
    }

    package var command: RemoteCommand {
        .script(WorkDirectory.functions + "\n" + look, arguments, secret: secret)
    }

    /// The same look as the end of another script, which has the functions of `WorkDirectory`.
    var fragment: String {
        "set -- \(arguments.map(ShellQuoting.quoted).joined(separator: " "))\n" + look + "\n"
    }

    /// The service before its database: who ends between the two looks must not seem to be stopped, with the
    /// database still open.
    private var look: String {
        Self.text + besides + manager.observation + "\n" + Self.database + "end"
    }

    private var arguments: [String] {
        [
            paths.dataDir, paths.walDir ?? "", paths.run, paths.walTwin?.parent ?? "", user, group,
        ]
    }

    /// nil when the script did not run to its end: half an answer must not look like an empty host.
    package func read(_ output: String) -> MemberObservation? {
        let lines = KeyedLines(output)
        guard lines.isYes("end") else { return nil }
        return MemberObservation(
            lock: Self.lock(lines),
            service: manager.state(from: lines.values),
            dataDirExists: lines.isYes("data.dir"),
            data: Self.data("data", lines),
            staged: Self.data("staged", lines),
            setAside: Self.data("aside", lines),
            discarded: Self.data("discarded", lines),
            isRestoreMarked: lines.isYes("restored"),
            hasForeignOwner: lines.isYes("staged.foreign"),
            snapshotBytes: lines["snapshot.bytes"].flatMap(UInt64.init),
            partialBytes: lines["partial.bytes"].flatMap(UInt64.init),
            hasSafetySnapshot: lines.isYes("safety"),
            runDirectoryExists: lines.isYes("run.dir"),
            isDatabaseOpen: lines["data.open"].map { $0 == "yes" },
            membership: Membership(lines),
            hasJoinSettings: lines.isYes("service.join"),
            isDependentDown: lines.isYes("dependents.down"),
            laterRuns: laterRuns(lines),
            foreign: lines["foreign"]
        )
    }

    /// A run's ID sorts by its time.
    private func laterRuns(_ lines: KeyedLines) -> [LaterRun] {
        lines.values.keys.filter { $0.hasPrefix("others.") }
            .map { String($0.dropFirst("others.".count)) }
            .filter { RunID(rawValue: $0) != nil && $0 > paths.run }.sorted()
            .map { run in
                LaterRun(
                    run: run,
                    operator: lines["by.\(run).operator"],
                    coordinator: lines["by.\(run).coordinator"],
                    since: lines["by.\(run).since"],
                    hasSetAside: lines["others.\(run)"] == "aside"
                )
            }
    }

    /// nil without a lock; one whose file is damaged still is a lock.
    static func lock(_ lines: KeyedLines) -> HostLock? {
        guard lines.isYes("lock") else { return nil }
        return HostLock(
            run: lines["lock.run"] ?? "unknown",
            operator: lines["lock.operator"] ?? "unknown",
            coordinator: lines["lock.coordinator"] ?? "unknown",
            since: lines["lock.since"] ?? "unknown",
            silentSeconds: lines["lock.silent"].flatMap(Int.init),
            purpose: lines["lock.purpose"],
            session: lines["lock.session"],
            process: lines["lock.process"].flatMap(CoordinatorProcess.init)
        )
    }

    private static func data(_ name: String, _ lines: KeyedLines) -> DataState {
        DataState(
            hasMember: lines.isYes("\(name).member"),
            hasSeparateWAL: lines.isYes("\(name).wal"),
            identity: lines["\(name).walhead"].flatMap(Hex.bytes).flatMap(WALIdentity.init(head:))
        )
    }

    /// $1 data directory, $2 WAL directory or "", $3 run, $4 the WAL directory's parent or "", $5 user, $6 group.
    ///
    /// A command of this run whose connection was lost may still be at work: what is seen before it
    /// ends is out of date by the time an effect is judged by it. So the look waits for it.
    ///
    /// It enters our directories as an effect does. One that is not ours is told, and nothing in it is looked at.
    private static let text = """
        export LC_ALL=C
        say() { printf '%s=%s\\n' "$1" "$2"; }
        end() { say end yes; }
        there() { if [ -e "$2" ] || [ -h "$2" ]; then say "$1" yes; fi; }
        foreign() {
          say foreign "$1/$2 is $(stat -c '%F, owner %U, mode %a' -- "$1/$2" 2>&1 | head -n 1)"
        }
        \(LockScripts.functions)
        cd /
        in=/dev/null
        if is_there "$1" \(MemberPaths.rootName); then
          if is_ours "$1" \(MemberPaths.rootName); then in=.; else cd /; foreign "$1" \(MemberPaths.rootName); fi
        fi
        if [ -f $in/busy ] && grep -qxsF -- "run=$3" lock && command -v flock >/dev/null 2>&1; then
          flock -s -w 15 busy true || { named >&2; exit \(PlannedEffect.busyStatus); }
        fi
        head_of() {
          last=
          for f in "$2"/*.wal; do if [ -f "$f" ]; then last=$f; fi; done
          if [ -n "$last" ]; then
            say "$1" "$(od -An -v -tx1 -N 1024 -- "$last" | tr -d ' \\n')"
          fi
        }
        place() {
          there "$1.member" "$2"
          if [ -n "$3" ]; then there "$1.wal" "$3"; head_of "$1.walhead" "$3"
          else head_of "$1.walhead" "$2/wal"; fi
        }
        strange() {
          if [ -e "$1" ] && [ -n "$(find "$1" \\( ! -user "$2" -o ! -group "$3" \\) -print 2>&1 \
        | head -n 1)" ]; then say staged.foreign yes; fi
        }
        there data.dir "$1"
        place data "$1/member" "$2"
        r=$in/$3
        w=${4:+/dev/null}
        if [ -n "$4" ] && is_there "$4" "\(MemberPaths.rootName)-$3"; then
          exec 6<.
          if is_ours "$4" "\(MemberPaths.rootName)-$3"; then exec 7<.; w=\(WorkDirectory.besides)
          else foreign "$4" "\(MemberPaths.rootName)-$3"; fi
          cd -P /proc/self/fd/6
        fi
        place staged "$r/staging/member" "${w:+$w/staging}"
        place aside "$r/aside/member" "${w:+$w/aside}"
        place discarded "$r/discarded/member" "${w:+$w/discarded}"
        there run.dir "$r"
        there restored "$r/restored"
        there safety "$r/safety.db"
        if [ -f "$r/snapshot.db" ]; then say snapshot.bytes "$(stat -c %s -- "$r/snapshot.db")"; fi
        if [ -f "$r/snapshot.db.part" ]; then
          say partial.bytes "$(stat -c %s -- "$r/snapshot.db.part")"
        fi
        for d in "$r/staging" ${w:+"$w/staging"}; do strange "$d" "$5" "$6"; done
        for o in $in/[0-9]*-*; do
          n=${o##*/}
          if [ ! -d "$o" ] || [ "$n" = "$3" ]; then continue; fi
          if [ -e "$o/aside/member" ]; then say "others.$n" aside; else say "others.$n" yes; fi
          if [ -f "$o/by" ]; then sed "s/^/by.$n./" "$o/by"; echo; fi
        done
        there lock $in/lock
        if [ -f $in/lock ]; then
          sed 's/^/lock./' lock; echo
          say lock.silent "$(silence)"
        fi
        database="$1/member/snap/db"

        """

    /// A process that ends has no command line any more while the kernel still takes down its memory and closes
    /// its files, which takes a large database a while: it is waited for, a few seconds at most.
    private static let database = """
        is_open() { [ -f "$database" ] && ! flock -n -s "$database" true; }
        is_ending() {
          for p in $(sed -n "s/^[0-9]*: FLOCK .* \\([0-9][0-9]*\\) [^ ]*:$(stat -c %i -- "$database") .*/\\1/p" \
        /proc/locks); do
            if [ -e "/proc/$p" ] && [ -z "$(tr -d '\\0' <"/proc/$p/cmdline" 2>/dev/null)" ]; then return 0; fi
          done
          return 1
        }
        if command -v flock >/dev/null 2>&1; then
          n=0
          while is_open && is_ending && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
          if is_open; then say data.open yes; else say data.open no; fi
        fi

        """
}

extension MemberTarget {
    fileprivate var memberLook: String {
        switch role {
        case .agent: EtcdClient(target: self).map(MembershipScript.fragment) ?? ""
        case .changed: systemd.joinObservation + "\n"
        case .kept, nil: ""
        }
    }
}
