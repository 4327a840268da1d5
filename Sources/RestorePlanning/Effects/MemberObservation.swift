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
    package var runDirectoryExists: Bool
    /// Whether a process has etcd's database open; nil where `flock` is missing.
    package var isDatabaseOpen: Bool?

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
        runDirectoryExists: Bool = false,
        isDatabaseOpen: Bool? = false
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
        self.runDirectoryExists = runDirectoryExists
        self.isDatabaseOpen = isDatabaseOpen
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

    package init(run: String, operator: String, coordinator: String, since: String) {
        self.run = run
        self.operator = `operator`
        self.coordinator = coordinator
        self.since = since
    }
}

extension HostLock: CustomStringConvertible {
    package var description: String {
        "run \(run), by \(`operator`) on \(coordinator), since \(since)"
    }
}
