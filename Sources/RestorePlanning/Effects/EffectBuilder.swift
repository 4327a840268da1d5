import ClusterInventory
package import EtcdModel
import RemoteHost

/// Makes the effects on one member, with every command spelled out.
package struct EffectBuilder: Sendable {
    package let target: MemberTarget
    /// Whether etcd serves on the host meanwhile, and goes first.
    private let yields: Bool
    private var paths: MemberPaths { target.paths }

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
                ["mkdir", "-p", "-m", "0700", "--", paths.dataDir],
                ["chown", "--", "\(target.user):\(target.group)", paths.dataDir],
            ]
        }
        commands += [
            ["mkdir", "-p", "-m", "0700", "--", paths.root],
            ["sh", "-c", Self.lockScript, "rekindle", paths.lock, paths.run]
                + (target.takesOver.map { [$0, paths.busy] } ?? []),
            ["mkdir", "-p", "-m", "0700", "--", paths.runDirectory],
            ["cp", "-f", "--", paths.lock, paths.by],
        ]
        let summary = target.takesOver.map { "take the lock \(paths.lock) over from run \($0)" }
        return effect(.takeLock, summary ?? "take the lock \(paths.lock)", commands)
    }

    /// A link either makes the lock with its whole content, or fails because there is one.
    ///
    /// The file that is linked has the run's name, so that one which a killed command left is
    /// written anew by the next try, and taken away with the lock. $1 lock, $2 run; where one is taken
    /// over, $3 its run and $4 the file that every command of it keeps locked. It must have been silent
    /// for long, and two that take over do so in turn.
    private static let lockScript = """
        t="$1.$2"
        printf '%s\\n' "run=$2" "operator=${REKINDLE_OPERATOR:-$(id -un)}" \
        "coordinator=${REKINDLE_COORDINATOR:-by hand}" "since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
        ${REKINDLE_PURPOSE:+"purpose=$REKINDLE_PURPOSE"} >"$t"
        sync -- "$t"
        ln -T -- "$t" "$1" 2>/dev/null
        if [ $# -gt 2 ] && exec 9>>"$4" && flock -w 15 9 && grep -qxsF -- "run=$3" "$1" \
        && [ $(($(date +%s) - $(stat -c %Y -- "$1"))) -ge \(HostLock.staleSeconds) ]; then
          mv -T -- "$t" "$1"
        fi
        rm -f -- "$t"
        grep -qxsF -- "run=$2" "$1" || { cat -- "$1" >&2; exit 75; }
        sync -- "$1"
        """

    /// nil for a member without a client URL: it cannot be asked.
    package func saveSnapshot() -> PlannedEffect? {
        guard let client = EtcdClient(target: target) else { return nil }
        let new = "\(paths.safetySnapshot).new"
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
                client.saveSnapshot(new),
                ["sh", "-c", check, "rekindle", new],
                ["mv", "-T", "--", new, paths.safetySnapshot],
                ["sync", "--", paths.runDirectory],
            ]
        )
    }

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
        let part = paths.partialSnapshot
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
                ["mv", "-T", "--", part, paths.snapshot],
                ["sync", "--", paths.runDirectory],
            ]
        )
        copy.copiesFile = target.snapshotFile
        return copy
    }

    /// Writes standard input to a file, in whatever `WireForm` it comes.
    ///
    /// What an earlier try left there is kept up to `REKINDLE_OFFSET`, which only a coordinator sets
    /// that has proven it. A stream that is cut short is found by the size and digest that are asked
    /// for next.
    private func receive(_ file: String) -> [String] {
        let script = """
            truncate -s "${REKINDLE_OFFSET:-0}" -- "$1" && \(WireForm.unpacking) >>"$1"
            """
        return ["sh", "-c", script, "rekindle", file]
    }

    package func setAsideData() -> PlannedEffect {
        rename(.setAsideData, paths.member, to: paths.setAsideMember)
    }

    /// nil where the WAL is in the data directory.
    package func setAsideWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let aside = paths.setAsideWAL else { return nil }
        return rename(.setAsideWAL, walDir, to: aside)
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
        let arguments = RestoreArguments(
            tool: target.tools.restore,
            snapshot: paths.snapshot,
            member: target.member,
            topology: topology,
            dataDir: paths.staging,
            walDir: paths.stagedWAL,
            revisionBump: revisionBump
        )
        // the marker goes first: it must never stand for a restore that has yet to end
        var commands = [
            ["rm", "-rf", "--", paths.restoredMarker, paths.staging]
                + (paths.stagedWAL.map { [$0] } ?? [])
        ]
        if let walRun = paths.walRunDirectory {
            commands += [
                Self.makeReachable(MemberPaths.parent(of: walRun)),
                ["mkdir", "-p", "-m", "0700", "--", walRun],
            ]
        }
        commands += [
            heavy(
                [
                    "sh", "-c", Self.restoreScript(target.tools.digest), "rekindle",
                    paths.snapshot, snapshot.sha256,
                ] + arguments.words
            ),
            ["sync", "-f", "--", paths.staging],
        ]
        if let stagedWAL = paths.stagedWAL {
            commands.append(["sync", "-f", "--", stagedWAL])
        }
        commands += [
            ["touch", "--", paths.restoredMarker],
            ["sync", "--", paths.restoredMarker, paths.runDirectory],
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
                        "\(paths.stagedMember)/snap/db", "-w", "json",
                    ]
            )
        )
    }

    package func setOwnership() -> PlannedEffect {
        let staged = [paths.staging] + (paths.stagedWAL.map { [$0] } ?? [])
        return effect(
            .setOwnership,
            "give \(staged.joined(separator: " and ")) to \(target.user):\(target.group)",
            [["chown", "-R", "--", "\(target.user):\(target.group)"] + staged]
                + staged.map { ["sync", "-f", "--", $0] }
        )
    }

    package func installWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let staged = paths.stagedWAL else { return nil }
        return rename(.installWAL, staged, to: walDir)
    }

    package func installData() -> PlannedEffect {
        rename(.installData, paths.stagedMember, to: paths.member)
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
                ["rm", "-rf", "--", paths.snapshot, paths.partialSnapshot, paths.staging]
                    + (paths.stagedWAL.map { [$0] } ?? [])
            ] + words(target.serviceManager.tidy())
        )
    }

    package func releaseLock() -> PlannedEffect {
        effect(
            .releaseLock,
            "release the lock",
            [
                ["rm", "-f", "--", paths.lock, paths.lockDraft, paths.busy],
                // a lock that a power cut brought back would outlive its run
                ["sync", "--", paths.root],
                ["rmdir", "--ignore-fail-on-non-empty", "--", paths.root],
                ["sync", "--", paths.dataDir],
            ]
        )
    }

    // MARK: a rollback

    package func discardData() -> PlannedEffect {
        rename(.discardData, paths.member, to: paths.discardedMember)
    }

    package func discardWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let discarded = paths.discardedWAL else { return nil }
        return rename(.discardWAL, walDir, to: discarded)
    }

    package func putBackData() -> PlannedEffect {
        rename(.putBackData, paths.setAsideMember, to: paths.member)
    }

    package func putBackWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let aside = paths.setAsideWAL else { return nil }
        return rename(.putBackWAL, aside, to: walDir)
    }

    package func startOldService() -> PlannedEffect {
        effect(
            .startOldService,
            "lift the hold and start \(target.service.title), as it was",
            words(target.serviceManager.releaseAndStart())
        )
    }

    package func leaveOldServiceStopped() -> PlannedEffect {
        effect(
            .leaveOldServiceStopped,
            "lift the hold of \(target.service.title) and leave it stopped, as it was",
            words(target.serviceManager.release())
        )
    }

    // MARK: a clean

    package func deleteRunDirectory() -> PlannedEffect {
        // in this order: as long as the run directory is there, there is something to delete
        let ours = (paths.walRunDirectory.map { [$0] } ?? []) + [paths.runDirectory]
        return effect(
            .deleteRunDirectory,
            "delete \(ours.joined(separator: " and ")) and what was set aside in it",
            // a scratch member had to pass it; what earlier runs set aside there stays hidden
            (target.scratch == nil ? [] : [["chmod", "0700", "--", paths.root]])
                + [["rm", "-rf", "--"] + ours]
        )
    }

    /// A directory above etcd's own, which its user must be able to pass.
    ///
    /// `mkdir -p` gives the directories on its way our umask, and then only root could.
    private static func makeReachable(_ directory: String) -> [String] {
        ["sh", "-c", "umask 022; mkdir -p -- \"$1\"", "rekindle", directory]
    }

    /// One rename on one file system, never over anything, and on disk before it counts.
    private func rename(_ kind: EffectKind, _ from: String, to: String) -> PlannedEffect {
        effect(
            kind,
            "rename \(from) to \(to)",
            [
                ["mkdir", "-p", "-m", "0700", "--", MemberPaths.parent(of: to)],
                ["test", "!", "-e", to],
                ["mv", "-T", "-n", "--", from, to],
                ["test", "!", "-e", from],
                ["sync", "--", MemberPaths.parent(of: from), MemberPaths.parent(of: to)],
            ]
        )
    }
}
