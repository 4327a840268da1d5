import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning

extension PreflightTests {
    static let variations: [Variation] = host + unit + directories + cluster + ofTheWild

    private static let v36 = EtcdVersion(major: 3, minor: 6, patch: 1)

    private static let host: [Variation] = [
        Variation(title: "not root", wanted: ["root: fails"], says: "ops, who is not root") {
            $0.isRoot = false
        },
        Variation(title: "a program is missing", wanted: ["programs: fails"], says: "flock, sync") {
            $0.tools.missing = ["flock", "sync"]
        },
        Variation(title: "no digest tool", wanted: ["programs: fails"], says: "sha256sum") {
            $0.tools.digest = nil
        },
        Variation(title: "no etcdctl", wanted: ["etcd tools: fails"], says: "no etcdctl") {
            $0.tools.etcdctl = nil
        },
        Variation(
            title: "etcdctl 3.6 without etcdutl",
            wanted: ["etcd tools: fails", "versions: warns"],
            says: "no tool can restore: etcd 3.5.16, etcdctl 3.6.1"
        ) {
            $0.tools.etcdutl = nil
            $0.tools.etcdctl?.version = v36
        },
        Variation(
            title: "a server newer than the tool",
            wanted: ["versions: warns"],
            says: "the restore tool is 3.5.16, the server 3.6.1"
        ) { $0.tools.etcd?.version = v36 },
        Variation(
            title: "a server that corrupts data",
            wanted: ["versions: warns"],
            says: "etcd#13766"
        ) { $0.tools.etcd?.version = EtcdVersion(major: 3, minor: 5, patch: 1) },
        Variation(
            title: "a server of unknown version",
            wanted: ["versions: warns", "snapshot version: warns"],
            says: "not all known"
        ) {
            $0.tools.etcd = nil
            $0.live?.version = "not known"
        },
        Variation(
            title: "a server whose program is in an image, and which tells its version",
            wanted: ["versions: warns"],
            says: "the restore tool is 3.5.16, the server 3.6.14"
        ) {
            $0.tools.etcd = nil
            $0.live?.version = "3.6.14"
        },
        Variation(title: "a clock ahead", wanted: ["clock: warns"], says: "90 s ahead of") {
            $0.clockOffset = .seconds(90)
        },
        Variation(title: "a clock behind", wanted: ["clock: warns"], says: "6 s behind") {
            $0.clockOffset = .seconds(-6)
        },
        Variation(
            title: "a TLS file that is not there",
            wanted: ["client TLS: fails"],
            says: "/pki/client.key"
        ) { $0.missingTLSFile = "/pki/client.key" },
        Variation(
            title: "https without a CA",
            wanted: ["client TLS: warns"],
            says: "without a cacert",
            inventory: { $0.members[0].member.clientURLs = ["https://10.0.0.1:2379"] }
        ),
        Variation(
            title: "locked by a run",
            wanted: ["lock: fails"],
            says: "run \(Sample.otherRun), by ops on laptop"
        ) { $0.observation?.lock = Worlds.theirs },
        Variation(
            title: "held by a run whose lock is gone",
            wanted: ["hold: fails"],
            says: "etcd.service is held by run \(Sample.otherRun)"
        ) { $0.observation?.service.heldBy = Sample.otherRun.rawValue },
        Variation(
            title: "locked by a run that has been silent for long",
            wanted: ["lock: fails"],
            says: "last sign of life 3 min ago: its coordinator is gone"
        ) { $0.observation?.lock = Worlds.silent(180) },
        Variation(
            title: "taken over from a run that has been silent for long",
            wanted: ["lock: warns"],
            says: "will be taken over from run \(Sample.otherRun)",
            exceptions: PlanExceptions(takesOver: Sample.otherRun.rawValue)
        ) {
            $0.observation?.lock = Worlds.silent(180)
            $0.observation?.service.heldBy = Sample.otherRun.rawValue
        },
        Variation(
            title: "taken over from a run that is alive",
            wanted: ["lock: fails"],
            says: "last sign of life 119 s ago",
            exceptions: PlanExceptions(takesOver: Sample.otherRun.rawValue)
        ) { $0.observation?.lock = Worlds.silent(119) },
        Variation(
            title: "fenced, and its etcd runs",
            wanted: ["fenced: fails"],
            says: "is to be left out (off), but its etcd.service is active",
            exceptions: .fence("etcd-1")
        ),
        Variation(
            title: "fenced, and its etcd is stopped",
            wanted: ["fenced: warns"],
            says: "is left out: off",
            exceptions: .fence("etcd-1")
        ) { $0.unit.activity.activity = .stopped },
        Variation(
            title: "fenced with a token that is fixed",
            wanted: ["fenced: warns", "token: fails"],
            says: "initial-cluster-token is fixed",
            exceptions: .fence("etcd-1"),
            inventory: { $0.token = "always-the-same" },
            facts: { $0.unit.activity.activity = .stopped }
        ),
        Variation(
            title: "fenced beyond the quorum",
            wanted: ["fenced: warns", "fenced: fails", "quorum: fails"],
            says: "1 of 3 members would be restored, and a quorum is 2",
            exceptions: .fence("etcd-1", "etcd-2")
        ) { $0.unit.activity.activity = .stopped },
        Variation(
            title: "a member without client URLs",
            wanted: ["advertise-client-urls: fails"],
            says: "neither the inventory nor the unit says it",
            inventory: { $0.members[0].member.clientURLs = [] },
            facts: { $0.configuration = unit("advertise-client-urls", "") }
        ),
        Variation(title: "etcd does not answer", wanted: ["etcd: warns"], says: "does not answer") {
            $0.live = nil
        },
    ]

    private static let unit: [Variation] = [
        Variation(
            title: "the unit is not there",
            wanted: ["unit: fails"],
            says: "etcd.service is not-found"
        ) {
            $0.unit.isLoaded = false
            $0.unit.loadState = "not-found"
        },
        Variation(title: "the unit is masked", wanted: ["unit: fails"], says: "is masked") {
            $0.unit.isLoaded = false
            $0.unit.loadState = "masked"
        },
        Variation(title: "another name", wanted: ["name: fails"], says: "says etcd-1, the unit") {
            $0.configuration = unit("name", "etcd-x")
        },
        Variation(
            title: "another data directory",
            wanted: ["data-dir: fails"],
            says: "says /var/lib/etcd, the unit on the host /srv"
        ) { $0.configuration = unit("data-dir", "/srv") },
        Variation(
            title: "other peer URLs",
            wanted: ["initial-advertise-peer-urls: fails"],
            says: "says http://10.0.0.1:2380, the unit on the host http://10.9.9.9:2380"
        ) { $0.configuration = unit("initial-advertise-peer-urls", "http://10.9.9.9:2380") },
        Variation(
            title: "a WAL directory of the inventory that the unit does not have",
            wanted: ["wal-dir: fails", "wal-dir: fails", "wal-dir: fails"],
            says: "says /w, the unit on the host nothing",
            inventory: { inventory in
                for index in inventory.members.indices {
                    inventory.members[index].etcd.walDir = "/w"
                }
            }
        ),
        Variation(
            title: "a variable that nobody has set",
            wanted: ["wal-dir: fails"],
            says: "the unit says ${WAL}"
        ) { $0.configuration = unit("wal-dir", "${WAL}") },
        Variation(
            title: "a configuration file that cannot be read",
            wanted: ["configuration: fails"],
            says: "/etc/etcd.yaml"
        ) {
            $0.configuration = EtcdConfiguration(values: [:], unreadableFile: "/etc/etcd.yaml")
        },
    ]

    private static func unit(_ flag: String, _ value: String) -> EtcdConfiguration {
        var values = Sample.facts().configuration.values
        values[flag] = value
        return EtcdConfiguration(values: values)
    }

    private static let directories: [Variation] = [
        Variation(
            title: "a read-only file system",
            wanted: ["data directory: fails"],
            says: "read-only file system (ext2/ext3)"
        ) { $0.dataDir?.isReadOnly = true },
        Variation(
            title: "member is a mount point",
            wanted: ["data directory: fails"],
            says: "/var/lib/etcd/member is a mount point"
        ) { $0.dataDir?.isMemberMountPoint = true },
        Variation(
            title: "no data directory",
            wanted: ["data directory: warns"],
            says: "/var/lib/etcd is missing"
        ) { $0.dataDir?.exists = false },
        Variation(title: "another owner", wanted: ["owner: warns"], says: "belongs to root:etcd") {
            $0.dataDir?.user = "root"
        },
        Variation(
            title: "the WAL directory is a mount point",
            wanted: ["WAL directory: fails"],
            says: "/wal/etcd is a mount point",
            walDir: "/wal/etcd"
        ) { $0.walDir?.isMountPoint = true },
        Variation(
            title: "the WAL directory is read-only",
            wanted: ["WAL directory: fails"],
            says: "/wal/etcd is on a read-only file system",
            walDir: "/wal/etcd"
        ) { $0.walDir?.isReadOnly = true },
        Variation(
            title: "the WAL directory is the one in member",
            wanted: ["WAL directory: fails"],
            says: "is in /var/lib/etcd/member",
            walDir: "/wal/etcd"
        ) { $0.walDir?.realPath = "/var/lib/etcd/member/wal" },
        Variation(title: "too little room", wanted: ["space: fails"], says: "1.00 MiB free") {
            $0.dataDir?.freeBytes = 1 << 20
        },
        Variation(
            title: "too little room for the WAL",
            wanted: ["WAL space: fails"],
            says: "1.00 MiB free at /wal/etcd, 122 MiB needed",
            walDir: "/wal/etcd"
        ) { $0.walDir?.freeBytes = 1 << 20 },
    ]

    private static let cluster: [Variation] = [
        Variation(
            title: "tools of different versions",
            wanted: ["same tools: warns"],
            says: "3.5.16, 3.5.30"
        ) { $0.tools.etcdutl?.version = EtcdVersion(major: 3, minor: 5, patch: 30) },
        Variation(
            title: "a running cluster with newer data",
            wanted: ["newer data: warns"],
            says: "2 revisions newer than the snapshot (42 against 40)"
        ) { $0.live?.revision = 42 },
        Variation(
            title: "hosts of two clusters, one of them newer",
            wanted: ["one cluster: warns", "newer data: warns"],
            says: "are of 2 clusters: c0ffee, dead"
        ) {
            $0.live?.clusterID = ClusterID(rawValue: 0xDEAD)
            $0.live?.revision = 41
        },
        Variation(
            title: "authentication",
            wanted: ["snapshot auth: fails"],
            says: "authentication is on in the snapshot, and the inventory names no user",
            proof: { $0.authEnabled = true }
        ),
        Variation(
            title: "alarms",
            wanted: ["snapshot alarms: warns"],
            says: "CORRUPT, NOSPACE",
            proof: { $0.alarms = ["CORRUPT", "NOSPACE"] }
        ),
        Variation(
            title: "the snapshot of another cluster",
            wanted: ["snapshot members: warns"],
            says: "the snapshot is of x, the inventory has etcd-1, etcd-2, etcd-3",
            proof: {
                $0.members = [SnapshotMember(id: MemberID(rawValue: 1), name: "x", peerURLs: [])]
            }
        ),
        Variation(
            title: "a snapshot larger than etcd's default quota",
            wanted: ["quota: warns", "quota: warns", "quota: warns"],
            says: "3.00 GiB, etcd's quota is 2.00 GiB",
            proof: { $0.bytes = 3 << 30 }
        ),
        Variation(
            title: "a snapshot larger than one host's quota",
            wanted: ["quota: warns"],
            says: "20.0 KiB, etcd's quota is 1.00 KiB"
        ) { $0.configuration = unit("quota-backend-bytes", "1024") },
        Variation(
            title: "a token that gives the old data's own IDs",
            wanted: ["token: fails"],
            says: "which the inventory's initial-cluster-token would make again",
            inventory: { $0.token = "used-before" },
            facts: { facts in
                let members = Sample.inventory().members.map(\.member)
                facts.observation?.data.identity?.clusterID =
                    ClusterTopology(members: members, token: "used-before").clusterID
            }
        ),
    ]
}

extension PreflightTests.Variation {
    /// The usual case: something of the first member's facts.
    init(
        title: String,
        wanted: [String],
        says: String,
        walDir: String? = nil,
        exceptions: PlanExceptions = PlanExceptions(),
        facts: @escaping @Sendable (inout HostFacts) -> Void
    ) {
        self.init(title: title, wanted: wanted, says: says)
        self.walDir = walDir
        self.exceptions = exceptions
        self.facts = facts
    }
}

extension PlanExceptions {
    static func fence(_ members: String...) -> PlanExceptions {
        PlanExceptions(
            fenced: members.map { FencedMember(name: $0, host: "10.0.0.9", reason: "off") }
        )
    }
}
