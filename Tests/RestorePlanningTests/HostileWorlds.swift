import EtcdModel
import RemoteHost
import RestorePlanning

extension Worlds {
    // MARK: hostile ones

    static let hostile: [StandingWorld] = [
        StandingWorld(
            "another run's lock",
            done: [.releaseLock],
            ready: [],
            look(lock: theirs, data: data(old))
        ),
        StandingWorld(
            "another run's lock after the end of ours",
            done: [.removeSnapshotCopy, .releaseLock],
            ready: [],
            look(lock: theirs, running, data: data(restored), snapshot: nil, open: true)
        ),
        StandingWorld(
            "the lock is gone in the middle",
            done: [.releaseLock],
            ready: [.takeLock],
            look(lock: nil, staged: data(restored), aside: data(old), marked: true)
        ),
        StandingWorld(
            "another run's hold",
            done: [.takeLock, .uploadSnapshot],
            ready: [.restoreSnapshot, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(held(by: Sample.otherRun), data: data(old))
        ),
        StandingWorld(
            "the hold is gone, with the data set aside",
            done: [.takeLock, .uploadSnapshot],
            ready: [.holdService, .restoreSnapshot, .removeSnapshotCopy, .releaseLock],
            look(stopped, aside: data(old))
        ),
        StandingWorld(
            "the unit started again in spite of the hold",
            done: [.takeLock, .holdService, .uploadSnapshot],
            ready: [
                .saveSnapshot, .stopService, .restoreSnapshot, .removeSnapshotCopy, .releaseLock,
                .startOldService, .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(held(.active), data: data(old), open: true)
        ),
        StandingWorld(
            "the manager does not answer",
            done: [.takeLock, .holdService, .uploadSnapshot],
            ready: [
                .restoreSnapshot, .removeSnapshotCopy, .releaseLock, .startOldService,
                .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(held(.unknown), data: data(old))
        ),
        StandingWorld(
            "a stray process has the database open",
            done: [.takeLock, .holdService, .uploadSnapshot],
            ready: [
                .restoreSnapshot, .removeSnapshotCopy, .releaseLock, .leaveOldServiceStopped,
                .deleteRunDirectory,
            ],
            look(data: data(old), open: true)
        ),
        StandingWorld(
            "a member directory appeared again",
            done: [
                .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
                .restoreSnapshot, .setOwnership, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(data: data(foreign), staged: data(restored), aside: data(old), marked: true)
        ),
        StandingWorld(
            "installed, and replaced by somebody",
            done: [
                .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
                .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.restoreSnapshot, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(data: data(foreign), aside: data(old), marked: true)
        ),
        StandingWorld(
            "the set-aside data was taken away, and nothing is in place",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .discardData, .discardWAL, .putBackWAL, .putBackData,
            ],
            ready: [.restoreSnapshot, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look()
        ),
        StandingWorld(
            "something stands where the rollback puts the restored data",
            done: [
                .saveSnapshot, .takeLock, .holdService, .stopService, .uploadSnapshot,
                .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .installData, .discardWAL,
                .putBackWAL,
            ],
            ready: [.startService, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(data: data(restored), aside: data(old), discarded: data(foreign), marked: true)
        ),
    ]

    // MARK: a WAL directory of its own

    static let withWALDir: [StandingWorld] = [
        StandingWorld(
            "stopped",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .discardData,
                .discardWAL, .putBackWAL, .putBackData,
            ],
            ready: [
                .setAsideData, .setAsideWAL, .restoreSnapshot, .removeSnapshotCopy, .releaseLock,
                .startOldService, .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(data: data(old, wal: true))
        ),
        StandingWorld(
            "the data set aside, the WAL not yet",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [
                .setAsideWAL, .restoreSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock,
            ],
            look(data: DataState(hasSeparateWAL: true, identity: old), aside: data(nil))
        ),
        StandingWorld(
            "restored and owned",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .discardData, .discardWAL,
            ],
            ready: [
                .installWAL, .putBackWAL, .putBackData, .removeSnapshotCopy, .releaseLock,
            ],
            look(staged: data(restored, wal: true), aside: data(old, wal: true), marked: true)
        ),
        StandingWorld(
            "the WAL installed, the data not yet",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .installWAL, .discardData,
            ],
            ready: [
                .installData, .discardWAL, .putBackData, .removeSnapshotCopy, .releaseLock,
            ],
            look(
                data: DataState(hasSeparateWAL: true, identity: restored),
                staged: data(nil),
                aside: data(old, wal: true),
                marked: true
            )
        ),
        StandingWorld(
            "the WAL installed, and a member directory made by somebody",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
                .restoreSnapshot, .setOwnership, .installWAL, .discardData,
            ],
            ready: [.discardWAL, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(
                data: data(restored, wal: true),
                staged: data(nil),
                aside: data(old, wal: true),
                marked: true
            )
        ),
        StandingWorld(
            "the old data still there, the WAL set aside: half a member",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
                .restoreSnapshot, .setOwnership, .discardData, .discardWAL, .putBackData,
            ],
            ready: [
                .setAsideData, .putBackWAL, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(
                data: data(nil),
                staged: data(restored, wal: true),
                aside: DataState(hasSeparateWAL: true, identity: old),
                marked: true
            )
        ),
        StandingWorld(
            "installed",
            done: [
                .saveSnapshot, .takeLock, .holdService, .stopService, .uploadSnapshot,
                .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .installWAL, .installData,
            ],
            ready: [
                .startService, .discardData, .discardWAL, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(data: data(restored, wal: true), aside: data(old, wal: true), marked: true)
        ),
        StandingWorld(
            "the data discarded, the WAL not yet",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .installWAL, .discardData,
            ],
            ready: [
                .restoreSnapshot, .discardWAL, .putBackData, .removeSnapshotCopy, .releaseLock,
            ],
            look(
                data: DataState(hasSeparateWAL: true, identity: restored),
                aside: data(old, wal: true),
                discarded: data(nil),
                marked: true
            )
        ),
        StandingWorld(
            "the WAL put back, the data not yet",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [
                .setAsideWAL, .restoreSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock,
            ],
            look(
                data: DataState(hasSeparateWAL: true, identity: old),
                aside: data(nil),
                discarded: data(restored, wal: true),
                marked: true
            )
        ),
    ]
}
