import EtcdModel
import RemoteHost
import RestorePlanning

extension Worlds {
    // MARK: the WAL in the data directory

    static let withoutWALDir: [StandingWorld] = [
        StandingWorld(
            "before anything, etcd running",
            done: [.removeSnapshotCopy, .releaseLock],
            ready: [.takeLock],
            look(
                lock: nil,
                running,
                data: data(old),
                snapshot: nil,
                runDirectory: false,
                open: true
            )
        ),
        StandingWorld(
            "locked, etcd running",
            done: [.takeLock, .startOldService, .leaveOldServiceStopped],
            ready: [
                .saveSnapshot, .holdService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(running, data: data(old), snapshot: nil, open: true)
        ),
        StandingWorld(
            "locked, and the run's directory is still to be made",
            done: [.startOldService, .leaveOldServiceStopped, .deleteRunDirectory],
            ready: [
                .saveSnapshot, .takeLock, .holdService, .uploadSnapshot, .removeSnapshotCopy,
                .releaseLock,
            ],
            look(running, data: data(old), snapshot: nil, runDirectory: false, open: true)
        ),
        StandingWorld(
            "the hold is written, and systemd has not read it",
            done: [.takeLock],
            ready: [
                .saveSnapshot, .holdService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock,
                .startOldService,
                .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(held(.active, isLoaded: false), data: data(old), snapshot: nil, open: true)
        ),
        StandingWorld(
            "held, etcd running",
            done: [.takeLock, .holdService],
            ready: [
                .saveSnapshot, .stopService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock,
                .startOldService,
                .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(held(.active), data: data(old), snapshot: nil, open: true)
        ),
        StandingWorld(
            "stopped",
            done: [
                .takeLock, .holdService, .stopService, .setAsideWAL, .discardData, .discardWAL,
                .putBackWAL, .putBackData,
            ],
            ready: [
                .uploadSnapshot, .setAsideData, .removeSnapshotCopy, .releaseLock,
                .startOldService, .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(data: data(old), snapshot: nil)
        ),
        StandingWorld(
            "uploaded",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
                .discardData, .discardWAL, .putBackWAL, .putBackData,
            ],
            ready: [
                .setAsideData, .restoreSnapshot, .removeSnapshotCopy, .releaseLock,
                .startOldService, .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(data: data(old))
        ),
        StandingWorld(
            "the copy has another size than the snapshot",
            done: [
                .takeLock, .holdService, .stopService, .setAsideWAL, .discardData, .discardWAL,
                .putBackWAL, .putBackData,
            ],
            ready: [
                .uploadSnapshot, .setAsideData, .removeSnapshotCopy, .releaseLock,
                .startOldService, .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(data: data(old), snapshot: 3)
        ),
        StandingWorld(
            "set aside",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.restoreSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock],
            look(aside: data(old))
        ),
        StandingWorld(
            "the restore is half done",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.restoreSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock],
            look(staged: data(nil), aside: data(old), foreignOwner: true)
        ),
        StandingWorld(
            "the restore is half done, although its WAL is there",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.restoreSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock],
            look(staged: data(restored), aside: data(old), foreignOwner: true)
        ),
        StandingWorld(
            "a whole restore, of another cluster",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.restoreSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock],
            look(staged: data(foreign), aside: data(old), marked: true)
        ),
        StandingWorld(
            "restored by root",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .restoreSnapshot, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [
                .setOwnership, .installWAL, .installData, .putBackData, .removeSnapshotCopy,
                .releaseLock,
            ],
            look(staged: data(restored), aside: data(old), marked: true, foreignOwner: true)
        ),
        StandingWorld(
            "restored and owned",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .discardData, .discardWAL,
                .putBackWAL,
            ],
            ready: [
                .installWAL, .installData, .putBackData, .removeSnapshotCopy, .releaseLock,
            ],
            look(staged: data(restored), aside: data(old), marked: true)
        ),
        StandingWorld(
            "restored beside the running cluster",
            done: [
                .takeLock, .uploadSnapshot, .restoreSnapshot, .setOwnership, .startOldService,
                .leaveOldServiceStopped,
            ],
            ready: [
                .saveSnapshot, .holdService, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory,
            ],
            look(running, data: data(old), staged: data(restored), marked: true, open: true)
        ),
        StandingWorld(
            "installed",
            done: [
                .saveSnapshot, .takeLock, .holdService, .stopService, .uploadSnapshot,
                .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .installData, .discardWAL,
                .putBackWAL,
            ],
            ready: [
                .startService, .discardData, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(data: data(restored), aside: data(old), marked: true)
        ),
        StandingWorld(
            "installed where nothing was before",
            done: [
                .saveSnapshot, .takeLock, .holdService, .stopService, .uploadSnapshot,
                .setAsideData,
                .setAsideWAL, .restoreSnapshot, .setOwnership, .installData, .discardWAL,
                .putBackWAL, .putBackData,
            ],
            ready: [
                .startService, .discardData, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(data: data(restored), marked: true)
        ),
        StandingWorld(
            "started",
            done: [
                .saveSnapshot, .takeLock, .uploadSnapshot, .restoreSnapshot, .setOwnership,
                .startService,
            ],
            ready: [.holdService, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(running, data: data(restored), aside: data(old), marked: true, open: true)
        ),
        StandingWorld(
            "started, and crashed since",
            done: [.saveSnapshot, .takeLock, .uploadSnapshot, .restoreSnapshot, .setOwnership],
            ready: [
                .holdService, .startService, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(stopped, data: data(restored), aside: data(old), marked: true)
        ),
        StandingWorld(
            "finished: the lock is given back",
            done: [.removeSnapshotCopy, .releaseLock],
            ready: [.takeLock],
            look(
                lock: nil,
                running,
                data: data(restored),
                aside: data(old),
                marked: true,
                snapshot: nil,
                open: true
            )
        ),
        StandingWorld(
            "discarded by a rollback, on its way back",
            done: [
                .takeLock, .holdService, .stopService, .setAsideData, .setAsideWAL,
                .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.uploadSnapshot, .putBackData, .removeSnapshotCopy, .releaseLock],
            look(aside: data(old), discarded: data(restored), marked: true, snapshot: nil)
        ),
        StandingWorld(
            "rolled back, not started yet",
            done: [
                .takeLock, .holdService, .stopService, .setAsideWAL, .discardData, .discardWAL,
                .putBackWAL, .putBackData,
            ],
            ready: [
                .uploadSnapshot, .setAsideData, .startOldService, .leaveOldServiceStopped,
                .removeSnapshotCopy, .releaseLock, .deleteRunDirectory,
            ],
            look(data: data(old), discarded: data(restored), marked: true, snapshot: nil)
        ),
        StandingWorld(
            "cleaned, the lock still there",
            done: [
                .saveSnapshot, .uploadSnapshot, .restoreSnapshot, .setOwnership, .startService,
                .deleteRunDirectory,
            ],
            ready: [.takeLock, .holdService, .removeSnapshotCopy, .releaseLock],
            look(
                running,
                data: data(restored),
                snapshot: nil,
                runDirectory: false,
                open: true
            )
        ),
    ]
}
