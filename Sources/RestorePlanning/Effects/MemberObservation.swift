package import EtcdModel
package import RemoteHost

/// What one look at a host shows of a run's work: every effect is judged by it, never by memory.
package struct MemberObservation: Sendable, Hashable {
    package var lock: HostLock?
    package var service: ServiceState
    package var dataDirExists: Bool
    /// What etcd would open.
    package var data: DataState
    package var staged: DataState
    package var setAside: DataState
    package var discarded: DataState
    /// Whether a restore into staging ended well and is on disk.
    package var isRestoreMarked: Bool
    /// Whether something in staging belongs to another user or group than etcd's.
    package var hasForeignOwner: Bool
    /// The size of the proven copy; nil where there is none under its final name.
    package var snapshotBytes: UInt64?
    /// The size of what an upload that broke off left; nil where there is nothing.
    package var partialBytes: UInt64?
    /// Whether the snapshot that was taken before the stop is there, whole and proven.
    package var hasSafetySnapshot: Bool
    package var runDirectoryExists: Bool
    /// Whether a process has etcd's database open; nil where `flock` is missing.
    package var isDatabaseOpen: Bool?
    /// Who belongs to the cluster; nil where it was not asked, or did not tell.
    package var membership: Membership?
    /// Whether the unit still has what one start was given.
    package var hasJoinSettings: Bool
    /// Whether a unit is down that systemd stopped with etcd, and that was up before.
    package var isDependentDown: Bool
    /// The runs that began after this one and still have something on the host, the newest last.
    package var laterRuns: [LaterRun]
    /// What lies in the place of a directory of ours and is not ours, in words; nil if nothing does.
    package var foreign: String?

    package init(
        lock: HostLock? = nil,
        service: ServiceState,
        dataDirExists: Bool = true,
        data: DataState = DataState(),
        staged: DataState = DataState(),
        setAside: DataState = DataState(),
        discarded: DataState = DataState(),
        isRestoreMarked: Bool = false,
        hasForeignOwner: Bool = false,
        snapshotBytes: UInt64? = nil,
        partialBytes: UInt64? = nil,
        hasSafetySnapshot: Bool = false,
        runDirectoryExists: Bool = false,
        isDatabaseOpen: Bool? = false,
        membership: Membership? = nil,
        hasJoinSettings: Bool = false,
        isDependentDown: Bool = false,
        laterRuns: [LaterRun] = [],
        foreign: String? = nil
    ) {
        self.lock = lock
        self.service = service
        self.dataDirExists = dataDirExists
        self.data = data
        self.staged = staged
        self.setAside = setAside
        self.discarded = discarded
        self.isRestoreMarked = isRestoreMarked
        self.hasForeignOwner = hasForeignOwner
        self.snapshotBytes = snapshotBytes
        self.partialBytes = partialBytes
        self.hasSafetySnapshot = hasSafetySnapshot
        self.runDirectoryExists = runDirectoryExists
        self.isDatabaseOpen = isDatabaseOpen
        self.membership = membership
        self.hasJoinSettings = hasJoinSettings
        self.isDependentDown = isDependentDown
        self.laterRuns = laterRuns
        self.foreign = foreign
    }
}

/// A run that began after the one that looks, by what it left on the host.
package struct LaterRun: Sendable, Hashable {
    package var run: String
    /// Who took its lock, where and when; nil for a run of a version that did not note it.
    package var `operator`: String?
    package var coordinator: String?
    package var since: String?
    /// Whether it has data set aside, and so has replaced what was in place before it.
    package var hasSetAside: Bool

    package init(
        run: String,
        operator: String? = nil,
        coordinator: String? = nil,
        since: String? = nil,
        hasSetAside: Bool = true
    ) {
        self.run = run
        self.operator = `operator`
        self.coordinator = coordinator
        self.since = since
        self.hasSetAside = hasSetAside
    }
}

extension LaterRun: CustomStringConvertible {
    package var description: String {
        let who = [`operator`.map { "by \($0)" }, coordinator.map { "on \($0)" }].compactMap { $0 }
        return "run \(run)" + (who.isEmpty ? "" : ", \(who.joined(separator: " "))")
            + (since.map { ", since \($0)" } ?? "")
    }
}

/// One place where a member's data may be: its `member` directory and its WAL.
package struct DataState: Sendable, Hashable {
    package var hasMember: Bool
    /// Whether a separate WAL directory is there; false where the WAL is inside `member`.
    package var hasSeparateWAL: Bool
    /// Whose WAL it is, from the metadata at the head of its newest segment.
    package var identity: WALIdentity?

    package init(
        hasMember: Bool = false,
        hasSeparateWAL: Bool = false,
        identity: WALIdentity? = nil
    ) {
        self.hasMember = hasMember
        self.hasSeparateWAL = hasSeparateWAL
        self.identity = identity
    }
}

/// The lock of a run on one host.
package struct HostLock: Sendable, Hashable, Codable {
    package var run: String
    package var `operator`: String
    package var coordinator: String
    package var since: String
    /// Since the coordinator last told that it is alive, by the host's clock; nil where not asked.
    package var silentSeconds: Int?
    /// What its run is for; nil for a restore and what follows on it.
    package var purpose: String?
    /// The word of the process that drives the run; nil in a lock of a person, or of an older version.
    package var session: String?
    package var process: CoordinatorProcess?

    package init(
        run: String,
        operator: String,
        coordinator: String,
        since: String,
        silentSeconds: Int? = nil,
        purpose: String? = nil,
        session: String? = nil,
        process: CoordinatorProcess? = nil
    ) {
        self.run = run
        self.operator = `operator`
        self.coordinator = coordinator
        self.since = since
        self.silentSeconds = silentSeconds
        self.purpose = purpose
        self.session = session
        self.process = process
    }

    /// How often a coordinator tells that it is alive.
    package static let beatSeconds = 15
    /// From then on its coordinator is taken for gone: eight beats in a row are missing.
    package static let staleSeconds = 120

    /// An input that brings no byte for so long is ended, once the coordinator is taken for gone.
    package static let quietSeconds = 30

    package static let drill = "drill"
    package var isDrill: Bool { purpose == Self.drill }

    /// How its run comes to its end.
    package var wayOut: String {
        isDrill
            ? "it is a drill, which ends by itself within minutes: Ctrl-C on \(coordinator) ends it at "
                + "once, `rekindle clean \(run)` there removes what is left of one that died"
            : "finish that run: `rekindle resume \(run)` or `rekindle rollback \(run)`, on \(coordinator)"
    }

    package var isStale: Bool { (silentSeconds ?? 0) >= Self.staleSeconds }
}

extension HostLock: CustomStringConvertible {
    package var description: String {
        "\(isDrill ? "drill" : "run") \(run), by \(`operator`) on \(coordinator), since \(since)"
            + (silentSeconds.map { ", last sign of life \(Self.ago($0))" } ?? "")
    }

    private static func ago(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(max(0, seconds)) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86_400) days ago"
        }
    }
}
