package import ClusterInventory
package import EtcdModel
package import RemoteHost

/// One member with every setting decided: the inventory's where it has one, else the host's.
package struct MemberTarget: Sendable, Hashable, Codable {
    package var member: Member
    package var memberID: MemberID
    package var endpoint: HostEndpoint
    package var paths: MemberPaths
    package var user: String
    package var group: String
    package var service: ServiceSettings
    package var tools: MemberTools
    /// Client TLS, as paths on the member.
    package var clientTLS: ClientTLS?
    /// Whom etcd is asked as, where authentication may be on; nil for nobody by name.
    package var login: EtcdLogin?
    /// Whether there was old data when the plan was made: what is to be set aside.
    package var hasOldData: Bool
    /// Whose the old data is, where its WAL tells; what `rollback` must find again.
    package var oldIdentity: WALIdentity?
    /// Whether etcd ran when the plan was made; `rollback` starts it again where it did.
    package var wasActive: Bool
    /// The run whose lock and hold this run may replace, once its coordinator is gone.
    package var takesOver: String?
    /// Whether etcd compares its data with its peers' before it serves them, and waits seven seconds
    /// for each that listens and does not serve yet (`initial-corrupt-check`); nil for not.
    package var checksAtStart: Bool?
    /// The snapshot as a file of this very host, which is then copied there; nil for an upload.
    package var snapshotFile: String?
    /// The units that systemd stops with etcd, and that were up when the plan was made; nil for none.
    package var dependents: [String]?
    /// What a drill starts in place of the service, which it leaves alone; nil in every other plan.
    package var scratch: ScratchMember?
    /// What it is to a change of the membership; nil in every other plan.
    package var role: MemberRole?

    package init(
        member: Member,
        memberID: MemberID,
        endpoint: HostEndpoint,
        paths: MemberPaths,
        user: String,
        group: String,
        service: ServiceSettings,
        tools: MemberTools,
        clientTLS: ClientTLS?,
        login: EtcdLogin? = nil,
        hasOldData: Bool,
        oldIdentity: WALIdentity?,
        wasActive: Bool,
        takesOver: String? = nil,
        checksAtStart: Bool? = nil,
        snapshotFile: String? = nil,
        dependents: [String]? = nil,
        scratch: ScratchMember? = nil
    ) {
        self.member = member
        self.memberID = memberID
        self.endpoint = endpoint
        self.paths = paths
        self.user = user
        self.group = group
        self.service = service
        self.tools = tools
        self.clientTLS = clientTLS
        self.login = login
        self.hasOldData = hasOldData
        self.oldIdentity = oldIdentity
        self.wasActive = wasActive
        self.takesOver = takesOver
        self.checksAtStart = checksAtStart
        self.snapshotFile = snapshotFile
        self.dependents = dependents
        self.scratch = scratch
    }

    package var name: String { member.name }

    package var serviceManager: any ServiceManager { service.manager(of: name) }

    /// Tells what the run starts and stops on the host.
    package var observer: any ServiceObserver {
        scratch?.manager(user: user, group: group) ?? serviceManager
    }

    /// How a person asks for the log of what the run starts.
    package var logHint: String { scratch?.logHint ?? service.logHint }
}

/// What a member is to a change of who belongs to the cluster.
package enum MemberRole: Sendable, Hashable, Codable {
    /// It serves on, and nothing of it is touched.
    case kept
    /// It serves on, and is told what to change.
    case agent(MembershipChange)
    /// It leaves, and comes again with nothing but what the others give it.
    case changed(JoinSettings)
}

extension MemberTarget {
    /// Whether it is the one that leaves and comes again.
    package var isChanged: Bool {
        if case .changed? = role { true } else { false }
    }
}

/// The programs of one host that the plan names.
package struct MemberTools: Sendable, Hashable, Codable {
    /// etcdutl, or etcdctl 3.4.
    package var restore: String
    /// Of the tool that restores; nil in a plan that asked no host, or is older than this.
    package var restoreVersion: EtcdVersion?
    package var etcdctl: String
    package var digest: DigestTool
    /// Whether the host has `zstd`, so that the snapshot can cross the wire packed.
    package var zstd: Bool
    /// The same of `gzip`; nil in a plan that is older than this.
    package var gzip: Bool?

    package init(
        restore: String,
        restoreVersion: EtcdVersion? = nil,
        etcdctl: String,
        digest: DigestTool,
        zstd: Bool = false,
        gzip: Bool = false
    ) {
        self.restore = restore
        self.restoreVersion = restoreVersion
        self.etcdctl = etcdctl
        self.digest = digest
        self.zstd = zstd
        self.gzip = gzip
    }
}

extension MemberTools {
    /// The forms in which the host takes the snapshot, beside the plain one.
    package var unpackers: Set<WireForm> {
        var forms: Set<WireForm> = []
        if zstd { forms.insert(.zstd) }
        if gzip == true { forms.insert(.gzip) }
        return forms
    }
}

/// What computes a file's SHA-256 on the host.
package enum DigestTool: String, Sendable, Hashable, Codable, CaseIterable {
    /// Uses the CPU's SHA instructions: four times as fast as coreutils 9.1.
    case openssl
    case sha256sum

    /// A command whose output begins with the SHA-256 of its input, lower-case hex.
    package var ofInput: String {
        switch self {
        case .openssl: "openssl dgst -sha256 -r"
        case .sha256sum: "sha256sum"
        }
    }
}

package struct ClientTLS: Sendable, Hashable, Codable {
    package var cacert: String?
    package var cert: String?
    package var key: String?

    package init(cacert: String?, cert: String?, key: String?) {
        self.cacert = cacert
        self.cert = cert
        self.key = key
    }
}
