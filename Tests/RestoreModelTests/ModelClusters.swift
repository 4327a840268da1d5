import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun

/// The clusters that are searched, and the plans of a run on each.
struct ModelClusters: Sendable {
    /// What a member is like before the run.
    struct Kind: Sendable, Hashable {
        var hasOwnWAL = false
        var hasLostData = false

        static let usual = Kind()
    }

    let name: String
    let kinds: [Kind]

    /// Three alike, one of them the leader: the two followers can be told apart by nothing.
    static let alike = ModelClusters(name: "three alike", kinds: [.usual, .usual, .usual])
    /// A leader, one with its WAL in a directory of its own, and one that has lost its data.
    static let unlike = ModelClusters(
        name: "three unlike",
        kinds: [.usual, Kind(hasOwnWAL: true), Kind(hasLostData: true)]
    )

    /// Whether the second and the third can be told apart by nothing but their names.
    var areAlike: Bool { kinds[1] == kinds[2] }

    static let run = RunID(rawValue: "20261122T164512Z-3fa9c1") ?? .nobody
    static let otherRun = "20261121T080000Z-00beef"

    private static let proof = SnapshotProof(
        sha256: String(repeating: "ab", count: 32),
        bytes: 5000,
        revision: 40,
        compactRevision: -1,
        keys: 7,
        totalKeys: 50,
        hashKV: 123_456
    )
    private static let oldCluster = ClusterID(rawValue: 0xC0FF_EE00_0000_0001)

    private static func oldMember(_ number: Int) -> MemberID {
        MemberID(rawValue: 0x0AD0_0000_0000_0000 + UInt64(number))
    }

    private static func inventoryMember(_ number: Int) -> InventoryMember {
        InventoryMember(
            member: Member(
                name: "etcd-\(number)",
                peerURLs: ["http://10.0.0.\(number):2380"],
                clientURLs: ["http://10.0.0.\(number):2379"]
            ),
            endpoint: HostEndpoint(host: "10.0.0.\(number)", user: "ops", become: .sudo),
            etcd: EtcdSettings(dataDir: "/var/lib/etcd", user: "etcd", group: "etcd")
        )
    }

    /// The restore of a playbook as the shipped planner makes it.
    func restore(_ playbook: Playbook = .restoreCluster) -> Plan {
        let numbers = Array(1...kinds.count)
        let planner = Planner(
            inventory: Inventory(
                clusterName: "prod",
                members: numbers.map(Self.inventoryMember),
                otherHosts: HostEndpoint(host: "", user: "ops")
            ),
            playbook: playbook,
            snapshot: SnapshotReference(path: "/backup/s.db", proof: Self.proof),
            run: Self.run,
            token: "fresh-token",
            createdAt: "2026-11-22T16:45:12Z"
        )
        return planner.plan(
            findings: Dictionary(
                uniqueKeysWithValues: zip(numbers, kinds).map {
                    ("etcd-\($0)", .facts(Self.facts($0, $1)))
                }
            ),
            checks: []
        )
    }

    private static func facts(_ number: Int, _ kind: Kind) -> HostFacts {
        let tool = ToolFacts.Found(
            path: "/usr/bin/etcdctl",
            version: EtcdVersion(major: 3, minor: 5, patch: 16)
        )
        let isAlive = !kind.hasLostData
        let service = ServiceState(
            activity: isAlive ? .active : .stopped,
            detail: isAlive ? "active (running)" : "failed (failed)"
        )
        let identity = WALIdentity(memberID: oldMember(number), clusterID: oldCluster)
        return HostFacts(
            hostname: "etcd-\(number)",
            isRoot: true,
            clockOffset: .zero,
            tools: ToolFacts(
                etcd: tool,
                etcdctl: tool,
                etcdutl: tool,
                missing: [],
                digest: .openssl
            ),
            unit: UnitFacts(
                isLoaded: true,
                loadState: "loaded",
                activity: service,
                restart: "always",
                type: "notify",
                user: "etcd",
                group: "etcd"
            ),
            configuration: EtcdConfiguration(values: [:]),
            dataDir: directory("/var/lib/etcd"),
            walDir: kind.hasOwnWAL ? directory("/wal/etcd") : nil,
            observation: MemberObservation(
                service: service,
                data: isAlive
                    ? DataState(
                        hasMember: true,
                        hasSeparateWAL: kind.hasOwnWAL,
                        identity: identity
                    ) : DataState(),
                isDatabaseOpen: isAlive
            ),
            missingTLSFile: nil,
            live: isAlive
                ? LiveMember(
                    clusterID: oldCluster,
                    memberID: oldMember(number),
                    revision: 45,
                    leader: oldMember(1),
                    version: "3.5.16",
                    databaseBytes: 1 << 20,
                    isLearner: false
                ) : nil
        )
    }

    private static func directory(_ path: String) -> DirectoryFacts {
        DirectoryFacts(
            path: path,
            realPath: path,
            exists: true,
            isMountPoint: false,
            user: "etcd",
            group: "etcd",
            mode: "700",
            fileSystem: "ext2/ext3",
            freeBytes: 50 << 30,
            isReadOnly: false,
            isMemberMountPoint: false,
            databaseBytes: 1 << 20
        )
    }
}
