package import EtcdModel
package import RemoteHost

/// What is true of one member's host, gathered read-only.
package struct HostFacts: Sendable, Hashable {
    package var hostname: String
    /// Whether privileged commands run as root.
    package var isRoot: Bool
    /// The host's clock minus the coordinator's; nil if the host's cannot be read.
    package var clockOffset: Duration?
    package var tools: ToolFacts
    package var unit: UnitFacts
    /// What etcd will be told when the unit starts it, in etcd's flag names without dashes.
    package var configuration: EtcdConfiguration
    /// Where data-dir was decided, with symbolic links resolved.
    package var dataDir: DirectoryFacts?
    package var walDir: DirectoryFacts?
    package var observation: MemberObservation?
    /// A client TLS file of the inventory that is not on the host.
    package var missingTLSFile: String?
    /// nil where no etcd answered.
    package var live: LiveMember?
    /// nil where no etcd was asked, or none answered.
    package var access: EtcdAccess?
    /// The common name of the client certificate; nil where it is not known, or there is none.
    package var certificateName: String?
    /// Whether a member that serves answers what the proof will ask.
    package var proofLook = ProofLook.notAsked
    /// What there is for a scratch member beside the member.
    package var spare: SpareFacts
    /// Whether etcd's user and group exist.
    package var account: AccountFacts
    /// What sudo records of the commands that it runs.
    package var sudo: SudoFacts
    /// The member's own process; nil if none runs, or none can be told to be the member's.
    package var process: RunningEtcd?

    package init(
        hostname: String,
        isRoot: Bool,
        clockOffset: Duration?,
        tools: ToolFacts,
        unit: UnitFacts,
        configuration: EtcdConfiguration,
        dataDir: DirectoryFacts?,
        walDir: DirectoryFacts?,
        observation: MemberObservation?,
        missingTLSFile: String?,
        live: LiveMember?,
        access: EtcdAccess? = nil,
        certificateName: String? = nil,
        spare: SpareFacts = SpareFacts(),
        account: AccountFacts = AccountFacts(),
        sudo: SudoFacts = SudoFacts(),
        process: RunningEtcd? = nil
    ) {
        self.hostname = hostname
        self.isRoot = isRoot
        self.clockOffset = clockOffset
        self.tools = tools
        self.unit = unit
        self.configuration = configuration
        self.dataDir = dataDir
        self.walDir = walDir
        self.observation = observation
        self.missingTLSFile = missingTLSFile
        self.live = live
        self.access = access
        self.certificateName = certificateName
        self.spare = spare
        self.account = account
        self.sudo = sudo
        self.process = process
    }
}

/// What came of asking a member beforehand what the proof of a restore asks at its end.
package enum ProofLook: Sendable, Hashable {
    /// It does not serve, or is without a leader.
    case notAsked
    case answers
    /// It would refuse at the end as well.
    case refuses(RefusedQuestion)
}

/// What a host has to spare.
package struct SpareFacts: Sendable, Hashable {
    /// The TCP ports that something listens on, on any address.
    package var listeningPorts: Set<Int>
    /// What new programs can have without swapping (MemAvailable); nil where the kernel does not tell.
    package var memoryBytes: UInt64?
    package var hasSystemdRun: Bool

    package init(
        listeningPorts: Set<Int> = [],
        memoryBytes: UInt64? = nil,
        hasSystemdRun: Bool = false
    ) {
        self.listeningPorts = listeningPorts
        self.memoryBytes = memoryBytes
        self.hasSystemdRun = hasSystemdRun
    }
}

/// The programs found on a host.
package struct ToolFacts: Sendable, Hashable {
    package struct Found: Sendable, Hashable {
        package var path: String
        package var version: EtcdVersion?

        package init(path: String, version: EtcdVersion?) {
            self.path = path
            self.version = version
        }
    }
    package var etcd: Found?
    package var etcdctl: Found?
    package var etcdutl: Found?
    /// What a restore needs besides: name to whether it is there.
    package var missing: [String]
    /// What programs that are there cannot do and a restore needs, as `df --output=target`.
    package var unable: [String]
    package var digest: DigestTool?
    package var hasZstd: Bool
    package var hasGzip: Bool
    /// Whether it has what a relay needs: ssh, ssh-keygen, sshd and a `tee` that outlives an output.
    package var canRelay: Bool

    package init(
        etcd: Found?,
        etcdctl: Found?,
        etcdutl: Found?,
        missing: [String],
        unable: [String] = [],
        digest: DigestTool?,
        hasZstd: Bool = false,
        hasGzip: Bool = false,
        canRelay: Bool = false
    ) {
        self.etcd = etcd
        self.etcdctl = etcdctl
        self.etcdutl = etcdutl
        self.missing = missing
        self.unable = unable
        self.digest = digest
        self.hasZstd = hasZstd
        self.hasGzip = hasGzip
        self.canRelay = canRelay
    }
}

/// What systemd says of the unit.
package struct UnitFacts: Sendable, Hashable {
    package var isLoaded: Bool
    /// As systemd says it: `loaded`, `not-found` or `masked`.
    package var loadState: String
    package var activity: ServiceState
    package var restart: String
    package var type: String
    package var user: String
    package var group: String
    /// Each ExecStart that counts, as the unit's files have it, on one line.
    package var execStarts: [String]
    /// Whether systemd makes an account for the time that the service runs (`DynamicUser=`).
    package var isDynamicUser: Bool
    /// Lines of the unit's files, and of the files that they name, that mention `force-new-cluster`;
    /// each begins with its file and line number.
    package var forcingLines: [String]
    /// Why what the service gives to etcd cannot be told; nil if it can.
    package var obstacle: String?
    /// The units that systemd stops whenever it stops this one, the nearest first.
    package var dependents: [DependentUnit]
    /// The directory in which a hold would have to be made, if nothing can be written there; else nil.
    package var unwritable: String?

    package init(
        isLoaded: Bool,
        loadState: String,
        activity: ServiceState,
        restart: String,
        type: String,
        user: String,
        group: String,
        execStarts: [String] = [],
        isDynamicUser: Bool = false,
        forcingLines: [String] = [],
        dependents: [DependentUnit] = [],
        unwritable: String? = nil
    ) {
        self.isLoaded = isLoaded
        self.loadState = loadState
        self.activity = activity
        self.restart = restart
        self.type = type
        self.user = user
        self.group = group
        self.execStarts = execStarts
        self.isDynamicUser = isDynamicUser
        self.forcingLines = forcingLines
        self.dependents = dependents
        self.unwritable = unwritable
    }
}

/// A directory and the file system it is on, or would be made on.
package struct DirectoryFacts: Sendable, Hashable {
    package var path: String
    /// With symbolic links resolved.
    package var realPath: String
    package var exists: Bool
    package var isMountPoint: Bool
    package var user: String
    package var group: String
    /// Octal, `700`.
    package var mode: String
    package var fileSystem: String
    package var freeBytes: UInt64
    package var isReadOnly: Bool
    /// Whether `member` in it is a mount point: it could not be renamed.
    package var isMemberMountPoint: Bool
    /// The size of `member/snap/db`; nil without it.
    package var databaseBytes: UInt64?
    /// The owner by number; nil if the host was not asked for it.
    package var ids: OwnerIDs?
    /// What one rename would not move along.
    package var hazards: [Hazard]
    /// Device and inode of `member/snap/db`, `2049:131`; nil without it.
    package var databaseInode: String?

    package init(
        path: String,
        realPath: String,
        exists: Bool,
        isMountPoint: Bool,
        user: String,
        group: String,
        mode: String,
        fileSystem: String,
        freeBytes: UInt64,
        isReadOnly: Bool,
        isMemberMountPoint: Bool,
        databaseBytes: UInt64?,
        ids: OwnerIDs? = nil,
        hazards: [Hazard] = [],
        databaseInode: String? = nil
    ) {
        self.path = path
        self.realPath = realPath
        self.exists = exists
        self.isMountPoint = isMountPoint
        self.user = user
        self.group = group
        self.mode = mode
        self.fileSystem = fileSystem
        self.freeBytes = freeBytes
        self.isReadOnly = isReadOnly
        self.isMemberMountPoint = isMemberMountPoint
        self.databaseBytes = databaseBytes
        self.ids = ids
        self.hazards = hazards
        self.databaseInode = databaseInode
    }
}

/// A member that answers.
package struct LiveMember: Sendable, Hashable {
    package var clusterID: ClusterID
    package var memberID: MemberID
    package var revision: Int64
    package var leader: MemberID?
    package var version: String
    package var databaseBytes: Int64
    package var isLearner: Bool

    package init(
        clusterID: ClusterID,
        memberID: MemberID,
        revision: Int64,
        leader: MemberID?,
        version: String,
        databaseBytes: Int64,
        isLearner: Bool
    ) {
        self.clusterID = clusterID
        self.memberID = memberID
        self.revision = revision
        self.leader = leader
        self.version = version
        self.databaseBytes = databaseBytes
        self.isLearner = isLearner
    }

    package init(_ status: EndpointStatus) {
        self.init(
            clusterID: status.clusterID,
            memberID: status.memberID,
            revision: status.revision,
            leader: status.leader,
            version: status.version,
            databaseBytes: status.databaseBytes,
            isLearner: status.isLearner
        )
    }

    package var isLeader: Bool { leader == memberID }
}

extension ToolFacts {
    /// etcdutl where there is one of 3.5 or newer, else etcdctl up to 3.5, which still can restore.
    package var restoreTool: Found? {
        if let etcdutl, let version = etcdutl.version, version.minor >= 5 { return etcdutl }
        if let etcdctl, let version = etcdctl.version, version.minor <= 5 { return etcdctl }
        return nil
    }

    /// `etcdctl 3.4.23, etcdutl 3.5.16`.
    package var describe: String {
        let named = [("etcd", etcd), ("etcdctl", etcdctl), ("etcdutl", etcdutl)]
        let found = named.compactMap { name, tool in
            tool.map { "\(name) \($0.version?.description ?? "of unknown version")" }
        }
        return found.isEmpty ? "no etcd tools" : found.joined(separator: ", ")
    }
}
