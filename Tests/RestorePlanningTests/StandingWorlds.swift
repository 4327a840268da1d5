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

    static func silent(_ seconds: Int) -> HostLock {
        var lock = theirs
        lock.silentSeconds = seconds
        return lock
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
}
