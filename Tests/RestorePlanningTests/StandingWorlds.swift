import EtcdModel
import RemoteHost
import RestorePlanning

/// A state that a host can be in, and what is to be said of every effect there.
struct StandingWorld: Sendable {
    var name: String
    var observation: MemberObservation
    var done: Set<EffectKind>
    var ready: Set<EffectKind>

    /// Every other effect is refused.
    init(
        _ name: String,
        done: Set<EffectKind>,
        ready: Set<EffectKind>,
        _ observation: MemberObservation
    ) {
        self.name = name
        self.observation = observation
        self.done = done
        self.ready = ready
    }
}

enum Worlds {
    static let target = Sample.plan(members: 1).targets[0]
    static let walTarget = Sample.plan(members: 1, walDir: "/wal/etcd").targets[0]
    static let restored = WALIdentity(
        memberID: target.memberID,
        clusterID: Sample.plan(members: 1).clusterID
    )
    static let old = target.oldIdentity
    static let foreign = WALIdentity(
        memberID: MemberID(rawValue: 77),
        clusterID: ClusterID(rawValue: 78)
    )

    static let ours = lock(Sample.run)
    static let theirs = lock(Sample.otherRun)

    static func lock(_ run: RunID) -> HostLock {
        HostLock(run: run.rawValue, operator: "ops", coordinator: "laptop", since: "now")
    }

    static let running = ServiceState(activity: .active, detail: "active (running)")
    static let stopped = ServiceState(activity: .stopped, detail: "inactive (dead)")

    static func held(
        _ activity: ServiceState.Activity = .stopped,
        by run: RunID = Sample.run,
        isLoaded: Bool = true
    ) -> ServiceState {
        ServiceState(
            activity: activity,
            detail: "inactive (dead)",
            heldBy: run.rawValue,
            isHoldLoaded: isLoaded
        )
    }

    static func data(
        _ identity: WALIdentity?,
        wal: Bool = false
    ) -> DataState {
        DataState(hasMember: true, hasSeparateWAL: wal, identity: identity)
    }

    /// A look at a host that this run has locked and holds, once it is asked for with changes.
    static func look(
        lock: HostLock? = ours,
        _ service: ServiceState = held(),
        data: DataState = DataState(),
        staged: DataState = DataState(),
        aside: DataState = DataState(),
        discarded: DataState = DataState(),
        marked: Bool = false,
        foreignOwner: Bool = false,
        snapshot: UInt64? = Sample.proof.bytes,
        runDirectory: Bool = true,
        open: Bool? = false
    ) -> MemberObservation {
        MemberObservation(
            lock: lock,
            service: service,
            data: data,
            staged: staged,
            setAside: aside,
            discarded: discarded,
            isRestoreMarked: marked,
            hasForeignOwner: foreignOwner,
            snapshotBytes: snapshot,
            runDirectoryExists: runDirectory,
            isDatabaseOpen: open
        )
    }

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
                .holdService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock,
                .deleteRunDirectory,
            ],
            look(running, data: data(old), snapshot: nil, open: true)
        ),
        StandingWorld(
            "locked, and the run's directory is still to be made",
            done: [.startOldService, .leaveOldServiceStopped, .deleteRunDirectory],
            ready: [
                .takeLock, .holdService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock,
            ],
            look(running, data: data(old), snapshot: nil, runDirectory: false, open: true)
        ),
        StandingWorld(
            "the hold is written, and systemd has not read it",
            done: [.takeLock],
            ready: [
                .holdService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock, .startOldService,
                .leaveOldServiceStopped, .deleteRunDirectory,
            ],
            look(held(.active, isLoaded: false), data: data(old), snapshot: nil, open: true)
        ),
        StandingWorld(
            "held, etcd running",
            done: [.takeLock, .holdService],
            ready: [
                .stopService, .uploadSnapshot, .removeSnapshotCopy, .releaseLock, .startOldService,
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
            ready: [.holdService, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(running, data: data(old), staged: data(restored), marked: true, open: true)
        ),
        StandingWorld(
            "installed",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
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
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
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
                .takeLock, .uploadSnapshot, .restoreSnapshot, .setOwnership, .startService,
            ],
            ready: [.holdService, .removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(running, data: data(restored), aside: data(old), marked: true, open: true)
        ),
        StandingWorld(
            "started, and crashed since",
            done: [.takeLock, .uploadSnapshot, .restoreSnapshot, .setOwnership],
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
                .uploadSnapshot, .restoreSnapshot, .setOwnership, .startService,
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
                .stopService, .restoreSnapshot, .removeSnapshotCopy, .releaseLock,
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
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
                .restoreSnapshot, .setOwnership, .discardData, .discardWAL, .putBackWAL,
            ],
            ready: [.removeSnapshotCopy, .releaseLock, .deleteRunDirectory],
            look(data: data(foreign), staged: data(restored), aside: data(old), marked: true)
        ),
        StandingWorld(
            "installed, and replaced by somebody",
            done: [
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideWAL,
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
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
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
                .takeLock, .holdService, .stopService, .uploadSnapshot, .setAsideData,
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
