import ClusterInventory
package import EtcdModel
import RemoteHost

/// Makes the effects on one member, with every command spelled out.
package struct EffectBuilder: Sendable {
    package let target: MemberTarget
    /// Whether etcd serves on the host meanwhile, and goes first.
    private let yields: Bool
    var paths: MemberPaths { target.paths }
    /// The run's directory, as it is named from within `.rekindle`, where all commands run.
    var run: String { paths.run }

    package init(_ target: MemberTarget, yielding: Bool = false) {
        self.target = target
        yields = yielding
    }

    /// What moves many bytes, where etcd serves: on processor and disk time that nobody else wants.
    ///
    /// A scheduler that knows no priorities takes no notice, and the command runs all the same.
    private func heavy(_ words: [String]) -> [String] {
        yields ? ["nice", "-n", "19", "ionice", "-t", "-c", "3"] + words : words
    }

    func effect(
        _ kind: EffectKind,
        _ summary: String,
        _ commands: [[String]]
    ) -> PlannedEffect {
        PlannedEffect(kind: kind, member: target.name, summary: summary, commands: commands)
    }

    func words(_ commands: [RemoteCommand]) -> [[String]] {
        commands.map { command in
            command.words.map { word in
                switch word {
                case .text(let text): text
                case .secret: preconditionFailure("a plan holds no secrets")
                }
            }
        }
    }

    // MARK: a restore

    package func takeLock(createDataDir: Bool) -> PlannedEffect {
        var commands: [[String]] = []
        if createDataDir {
            commands += [
                Self.makeReachable(MemberPaths.parent(of: paths.dataDir)),
                ["sh", "-c", Self.directoryScript, "rekindle", paths.dataDir, "0700"],
                ["chown", "-h", "--", "\(target.user):\(target.group)", paths.dataDir],
            ]
        }
        commands += [
            ["claim", paths.dataDir, MemberPaths.rootName],
            ["enter", paths.dataDir, MemberPaths.rootName],
            ["sh", "-c", Self.lockScript, "rekindle", paths.named(paths.lock), run]
                + (target.takesOver.map { [$0, paths.named(paths.busy)] } ?? []),
            makeOurs(run),
            ["cp", "-f", "--", paths.named(paths.lock), paths.named(paths.by)],
            // a power cut must not take what later renames put in there
            ["sync", "--", ".", ".."],
        ]
        let summary = target.takesOver.map { "take the lock \(paths.lock) over from run \($0)" }
        return effect(.takeLock, summary ?? "take the lock \(paths.lock)", commands)
    }

    /// Makes a directory that is ours, unless it is there: `mkdir -p` would follow a link on its way.
    func makeOurs(_ name: String) -> [String] {
        ["sh", "-c", Self.directoryScript, "rekindle", name, "0700"]
    }

    /// $1 directory, $2 mode.
    private static let directoryScript = "[ -d \"$1\" ] || mkdir -m \"$2\" -- \"$1\""

    /// A link either makes the lock with its whole content, or fails because there is one; on a full disk there is
    /// no content, and no lock.
    ///
    /// The file that is linked has the run's name, so that one which a killed command left is
    /// written anew by the next try, and taken away with the lock. $1 lock, $2 run; where one is taken
    /// over, $3 its run and $4 the file that every command of it keeps locked. It must have been silent
    /// for long, and two that take over do so in turn.
    private static let lockScript = """
        t="$1.$2"
        { printf '%s\\n' "run=$2" "operator=${REKINDLE_OPERATOR:-$(id -un)}" \
        "coordinator=${REKINDLE_COORDINATOR:-by hand}" "since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
        ${REKINDLE_PURPOSE:+"purpose=$REKINDLE_PURPOSE"} ${REKINDLE_SESSION:+"$REKINDLE_SESSION"} >"$t" \
        && sync -- "$t"; } || { rm -f -- "$t"; exit 74; }
        ln -T -- "$t" "$1" 2>/dev/null
        if [ $# -gt 2 ] && exec 9>>"$4" && flock -w 15 9 && grep -qxsF -- "run=$3" "$1" \
        && { s=$(($(date +%s) - $(stat -c %Y -- "$1"))); [ "${s#-}" -ge \(HostLock.staleSeconds) ]; }; then
          mv -T -- "$t" "$1"
        fi
        rm -f -- "$t"
        s=${REKINDLE_SESSION:-run=$2}
        grep -qxsF -- "run=$2" "$1" && grep -qxsF -- "${s%%
        *}" "$1" || { cat -- "$1" >&2; exit 75; }
        sync -- "$1"
        """

    /// nil for a member without a client URL: it cannot be asked.
    package func saveSnapshot() -> PlannedEffect? {
        guard let client = EtcdClient(target: target) else { return nil }
        let saved = paths.named(paths.safetySnapshot)
        let new = "\(saved).new"
        // etcd's own check: the last 32 bytes are the SHA-256 of all before them
        let check = """
            d=$(head -c -32 -- "$1" | \(target.tools.digest.ofInput) | cut -c1-64)
            t=$(tail -c 32 -- "$1" | od -An -v -tx1 | tr -d ' \\n')
            [ -n "$t" ] && [ "$d" = "$t" ] || { echo "its SHA-256 is not the one at its end" >&2; exit 65; }
            sync -- "$1"
            """
        return effect(
            .saveSnapshot,
            "save a snapshot of what still runs as \(paths.safetySnapshot)",
            [
                ["rm", "-f", "--", new, "\(new).part"],
                ["sh", "-c", Self.askScript, "rekindle"] + client.statusWords(timeoutSeconds: 15),
                client.saveSnapshot(new),
                ["sh", "-c", check, "rekindle", new],
                ["mv", "-T", "--", new, saved],
                ["sync", "--", run],
            ]
        )
    }

    /// A member that waits for a quorum since its start takes connections and answers nothing, for ever.
    private static let askScript = """
        "$@" >/dev/null || { echo "etcd does not answer within 15 s: it waits for a quorum, or hangs" >&2; exit 69; }
        """

    package func holdService() -> PlannedEffect {
        effect(
            .holdService,
            "forbid every start of \(target.service.title), also by a reboot",
            words(target.serviceManager.hold(run: paths.run))
        )
    }

    package func stopService() -> PlannedEffect {
        effect(
            .stopService,
            "stop \(target.service.title)",
            words(target.serviceManager.stop())
        )
    }

    package func uploadSnapshot(_ proof: SnapshotProof) -> PlannedEffect {
        let part = paths.named(paths.partialSnapshot)
        // the disk writes while the processor hashes
        let check = """
            sync -- "$1" & w=$!
            s=$(stat -c %s -- "$1"); d=$(\(target.tools.digest.ofInput) <"$1" | cut -c1-64)
            wait $w || exit 74
            [ "$s $d" = "$2 $3" ] || { \
            echo "got $s bytes with SHA-256 $d, want $2 bytes with $3" >&2; exit 65; }
            """
        let what = target.snapshotFile.map { "\($0) of this host" } ?? "the snapshot"
        var copy = effect(
            .uploadSnapshot,
            "copy \(what) to \(paths.snapshot), prove its SHA-256 there",
            [
                heavy(
                    target.snapshotFile.map { ["cp", "--reflink=auto", "-T", "--", $0, part] }
                        ?? receive(part)
                ),
                heavy(["sh", "-c", check, "rekindle", part, String(proof.bytes), proof.sha256]),
                ["mv", "-T", "--", part, paths.named(paths.snapshot)],
                ["sync", "--", run],
            ]
        )
        copy.copiesFile = target.snapshotFile
        return copy
    }

    /// Writes standard input to a file, in whatever `WireForm` it comes.
    ///
    /// What an earlier try left there is kept up to `REKINDLE_OFFSET`, which only a coordinator sets
    /// that has proven it. A coordinator whose machine lost its power ends no stream: one that brings no byte is
    /// ended once the lock was not touched for long, so that the run can be taken up. A stream that is cut short is found by the size and digest that are asked
    /// for next.
    private func receive(_ file: String) -> [String] {
        // the sleep holds none of the channel's streams, which would keep it open
        let script = """
            truncate -s "${REKINDLE_OFFSET:-0}" -- "$1" || exit
            exec 4<&0
            { \(WireForm.unpacking); } <&4 4<&- >>"$1" & p=$!
            exec 4<&-
            if [ -z "${REKINDLE_SESSION:-}" ]; then wait $p; exit; fi
            {
              n= q=0
              while sleep 5; do
                s=$(stat -c %s -- "$1"); a=$(($(date +%s) - $(stat -c %Y -- lock || echo 0)))
                if [ "$s" = "$n" ]; then q=$((q + 5)); else n=$s q=0; fi
                if [ $q -ge \(HostLock.quietSeconds) ] && [ $a -ge \(HostLock.staleSeconds) ]; then kill $p; exit; fi
              done
            } </dev/null >/dev/null 2>&1 9>&- & w=$!
            wait $p; s=$?; kill $w 2>/dev/null
            [ $s != 143 ] || echo "no byte came for \(HostLock.quietSeconds) s, and no sign of life of the coordinator" >&2
            exit $s
            """
        return ["sh", "-c", script, "rekindle", file]
    }

    package func setAsideData() -> PlannedEffect {
        renameData(.setAsideData, paths.member, to: paths.setAsideMember)
    }

    /// nil where the WAL is in the data directory.
    package func setAsideWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let aside = paths.setAsideWAL else { return nil }
        return renameWAL(.setAsideWAL, walDir, to: aside)
    }

    /// A copy that the disk has changed since it was proven is taken away, so that a resume sends it
    /// again; where it is whole, the tool has its own reason to fail.
    private static func restoreScript(_ digest: DigestTool) -> String {
        """
        c=$1; w=$2; shift 2; "$@" && exit; s=$?
        if [ -f "$c" ] && [ "$(\(digest.ofInput) <"$c" | cut -c1-64)" != "$w" ]; then
          rm -f -- "$c"
          echo "the copy is not the snapshot any more, and was removed: a resume sends it again" >&2
        fi
        exit $s
        """
    }

    package func restoreSnapshot(
        _ topology: ClusterTopology,
        _ snapshot: SnapshotProof,
        revisionBump: Int64? = nil
    ) -> PlannedEffect {
        let (twin, staging) = (paths.walTwin, paths.named(paths.staging))
        let marker = paths.named(paths.restoredMarker)
        let arguments = RestoreArguments(
            tool: target.tools.restore,
            snapshot: paths.named(paths.snapshot),
            member: target.member,
            topology: topology,
            dataDir: staging,
            walDir: twin.map { _ in "\(WorkDirectory.besides)/\(WALTwin.staging)" },
            revisionBump: revisionBump
        )
        // the marker goes first: it must never stand for a restore that has yet to end
        var commands = [["delete", marker, staging]]
        if let twin {
            commands += [
                Self.makeReachable(twin.parent),
                twin.words("claim"),
                twin.words("within", ["delete", WALTwin.staging]),
            ]
        }
        commands += [
            (twin.map { $0.words("beside") } ?? [])
                + heavy(
                    [
                        "sh", "-c", Self.restoreScript(target.tools.digest), "rekindle",
                        paths.named(paths.snapshot), snapshot.sha256,
                    ] + arguments.words
                ),
            ["sync", "-f", "--", staging],
        ]
        if let twin {
            commands.append(twin.words("within", ["sync", "-f", "--", WALTwin.staging]))
        }
        commands += [
            ["touch", "--", marker],
            ["sync", "--", marker, run],
        ]
        return effect(.restoreSnapshot, "restore the snapshot into \(paths.staging)", commands)
    }

    /// What the hosts' databases are compared by; reads a whole file, and changes nothing.
    package func restoredCopy() -> CopyComparison.Copy {
        let told =
            #"s/.*"hash":\([0-9]*\),"revision":\([0-9]*\),"totalKey":\([0-9]*\).*"#
            + #"/hash \1, revision \2, \3 keys in all/p"#
        return CopyComparison.Copy(
            member: target.name,
            tool: target.tools.restoreVersion.map { "\($0.major).\($0.minor)" } ?? "",
            command: heavy(
                ["sh", "-c", "\"$@\" | sed -n '\(told)'", "rekindle"]
                    + RestoreArguments.cleanEnvironment
                    + [
                        target.tools.restore, "snapshot", "status",
                        "\(paths.named(paths.stagedMember))/snap/db", "-w", "json",
                    ]
            )
        )
    }

    package func setOwnership() -> PlannedEffect {
        let staged = [paths.staging] + (paths.stagedWAL.map { [$0] } ?? [])
        // never what a link in there points to
        func give(_ name: String) -> [[String]] {
            [
                ["chown", "-R", "-P", "-h", "--", "\(target.user):\(target.group)", name],
                ["sync", "-f", "--", name],
            ]
        }
        return effect(
            .setOwnership,
            "give \(staged.joined(separator: " and ")) to \(target.user):\(target.group)",
            give(paths.named(paths.staging))
                + (paths.walTwin.map { twin in
                    give(WALTwin.staging).map { twin.words("within", $0) }
                } ?? [])
        )
    }

    package func installWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let staged = paths.stagedWAL else { return nil }
        return renameWAL(.installWAL, staged, to: walDir)
    }

    package func installData() -> PlannedEffect {
        renameData(.installData, paths.stagedMember, to: paths.member)
    }

    /// The pause, in seconds, comes before the start.
    package func startService(after pause: Double = 0) -> PlannedEffect {
        let length = ByteText.fixed(pause, digits: 1)
        return effect(
            .startService,
            "lift the hold and start \(target.service.title), without waiting for it"
                + (pause > 0 ? ", after \(length) s" : ""),
            (pause > 0 ? [["sleep", length]] : []) + words(target.serviceManager.releaseAndStart())
        )
    }

    package func removeSnapshotCopy() -> PlannedEffect {
        effect(
            .removeSnapshotCopy,
            "remove the snapshot's copy, which holds every secret of the cluster",
            [
                ["delete"]
                    + [paths.snapshot, paths.partialSnapshot, paths.staging].map(paths.named)
            ] + (paths.walTwin.map { [$0.words("remove_in", [WALTwin.staging])] } ?? [])
                + words(target.serviceManager.tidy())
        )
    }

    package func releaseLock() -> PlannedEffect {
        effect(
            .releaseLock,
            "release the lock",
            [
                ["rm", "-f", "--"] + [paths.lock, paths.lockDraft, paths.busy].map(paths.named),
                // a lock that a power cut brought back would outlive its run
                ["sync", "--", "."],
                ["cd", ".."],
                ["rmdir", "--ignore-fail-on-non-empty", "--", MemberPaths.rootName],
                ["sync", "--", "."],
            ]
        )
    }

    /// A directory above etcd's own, which its user must be able to pass.
    ///
    /// `mkdir -p` gives the directories on its way our umask, and then only root could.
    static func makeReachable(_ directory: String) -> [String] {
        ["sh", "-c", "umask 022; mkdir -p -- \"$1\"", "rekindle", directory]
    }
}
