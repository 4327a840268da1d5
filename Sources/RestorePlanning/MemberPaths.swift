/// Where a run works on one host: all of it inside or beside the data directory.
///
/// Staging, set-aside data and the snapshot's copy lie on the data's own file system, so that
/// putting a directory in place is one rename, and works where the data directory is a mount point.
package struct MemberPaths: Sendable, Hashable, Codable {
    package var dataDir: String
    /// nil: the WAL is in `dataDir/member/wal`.
    package var walDir: String?
    package var run: String

    package init(dataDir: String, walDir: String?, run: RunID) {
        self.dataDir = dataDir
        self.walDir = walDir
        self.run = run.rawValue
    }

    /// The directory that etcd owns; what is renamed is this, never the data directory itself.
    package var member: String { "\(dataDir)/member" }
    /// Ours, 0700; stays as long as a run's set-aside data does.
    package var root: String { "\(dataDir)/.rekindle" }
    package var lock: String { "\(root)/lock" }
    /// What `lock` is before it is linked there as a whole.
    package var lockDraft: String { "\(lock).\(run)" }
    /// Held open, and locked, by every command at work.
    package var busy: String { "\(root)/busy" }
    package var runDirectory: String { "\(root)/\(run)" }
    /// Who took the run's lock, for a run that comes later: the lock itself is gone by then.
    package var by: String { "\(runDirectory)/by" }
    package var snapshot: String { "\(runDirectory)/snapshot.db" }
    /// The copy as long as it is not whole and proven.
    package var partialSnapshot: String { "\(snapshot).part" }
    /// What the old cluster held right before it was stopped; kept until `clean`.
    package var safetySnapshot: String { "\(runDirectory)/safety.db" }
    /// `--data-dir` of the restore.
    package var staging: String { "\(runDirectory)/staging" }
    package var stagedMember: String { "\(staging)/member" }
    /// Made last, once a restore into `staging` is whole and on disk.
    package var restoredMarker: String { "\(runDirectory)/restored" }
    package var setAsideMember: String { "\(runDirectory)/aside/member" }
    /// Where `rollback` puts the restored data.
    package var discardedMember: String { "\(runDirectory)/discarded/member" }

    /// Beside the WAL directory, on its file system; nil where the WAL is in the data directory.
    package var walRunDirectory: String? {
        walDir.map { "\(MemberPaths.parent(of: $0))/.rekindle-\(run)" }
    }
    /// `--wal-dir` of the restore.
    package var stagedWAL: String? { walRunDirectory.map { "\($0)/staging" } }
    package var setAsideWAL: String? { walRunDirectory.map { "\($0)/aside" } }
    package var discardedWAL: String? { walRunDirectory.map { "\($0)/discarded" } }

    /// Where the WAL is that etcd will open.
    package var effectiveWAL: String { walDir ?? "\(member)/wal" }
    /// Where the WAL is that the restore makes.
    package var effectiveStagedWAL: String { stagedWAL ?? "\(stagedMember)/wal" }

    /// The path without its last component; `/` for a direct child of the root.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
