import ClusterInventory
import RemoteHost

/// What undoes a run, what deletes it, and the renames that it has in common with a restore.
extension EffectBuilder {
    // MARK: a rollback

    package func discardData() -> PlannedEffect {
        renameData(.discardData, paths.member, to: paths.discardedMember)
    }

    package func discardWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let discarded = paths.discardedWAL else { return nil }
        return renameWAL(.discardWAL, walDir, to: discarded)
    }

    package func putBackData() -> PlannedEffect {
        renameData(.putBackData, paths.setAsideMember, to: paths.member)
    }

    package func putBackWAL() -> PlannedEffect? {
        guard let walDir = paths.walDir, let aside = paths.setAsideWAL else { return nil }
        return renameWAL(.putBackWAL, aside, to: walDir)
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
            (target.scratch == nil ? [] : [["chmod", "0700", "--", "."]])
                + (paths.walTwin.map { [$0.words("remove_dir")] } ?? [])
                + [["delete", run]]
        )
    }

    /// One rename on one file system, never over anything, and on disk before it counts.
    func renameData(_ kind: EffectKind, _ from: String, to: String) -> PlannedEffect {
        let folder = paths.named(MemberPaths.parent(of: to))
        return effect(
            kind,
            "rename \(from) to \(to)",
            (folder == ".." ? [] : [makeOurs(folder), ["sync", "--", run]])
                + Self.rename(paths.named(from), to: paths.named(to))
        )
    }

    /// The same of the write-ahead log, from within its twin, which is made if it is not there yet.
    func renameWAL(_ kind: EffectKind, _ from: String, to: String) -> PlannedEffect? {
        guard let twin = paths.walTwin else { return nil }
        func named(_ path: String) -> String {
            path == paths.walDir
                ? twin.walFromWithin
                : String(path.dropFirst(MemberPaths.parent(of: path).count + 1))
        }
        return effect(
            kind,
            "rename \(from) to \(to)",
            [Self.makeReachable(twin.parent), twin.words("claim")]
                + Self.rename(named(from), to: named(to)).map { twin.words("within", $0) }
        )
    }

    private static func rename(_ from: String, to: String) -> [[String]] {
        func folder(_ path: String) -> String {
            path.contains("/") ? MemberPaths.parent(of: path) : "."
        }
        return [
            ["test", "!", "-e", to],
            ["move", from, to],
            ["test", "!", "-e", from],
            ["sync", "--", folder(from), folder(to)],
        ]
    }
}
