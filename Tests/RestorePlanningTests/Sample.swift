import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning

/// A cluster of three, its hosts as a healthy one answers, and plans for it.
enum Sample {
    static let run = runID("20261122T164512Z-3fa9c1")
    static let otherRun = runID("20261121T080000Z-00beef")
    static let operator1 = Operator(user: "ops", coordinator: "laptop")

    static func runID(_ text: String) -> RunID { RunID(rawValue: text) ?? .nobody }

    static let proof = SnapshotProof(
        sha256: String(repeating: "ab", count: 32),
        bytes: 20_512,
        revision: 40,
        compactRevision: -1,
        keys: 7,
        totalKeys: 50,
        hashKV: 123_456,
        members: (1...3).map {
            SnapshotMember(id: MemberID(rawValue: UInt64($0)), name: "etcd-\($0)", peerURLs: [])
        },
        clusterVersion: "3.5.0"
    )
    static let old = WALIdentity(
        memberID: MemberID(rawValue: 0x0AD),
        clusterID: ClusterID(rawValue: 0xC0FFEE)
    )

    static func inventory(
        members: Int = 3,
        token: String? = nil,
        etcd: EtcdSettings = EtcdSettings(dataDir: "/var/lib/etcd", user: "etcd", group: "etcd")
    ) -> Inventory {
        Inventory(
            clusterName: "prod",
            token: token,
            members: (1...members).map { number in
                InventoryMember(
                    member: Member(
                        name: "etcd-\(number)",
                        peerURLs: ["http://10.0.0.\(number):2380"],
                        clientURLs: ["http://10.0.0.\(number):2379"]
                    ),
                    endpoint: HostEndpoint(host: "10.0.0.\(number)", user: "ops", become: .sudo),
                    etcd: etcd
                )
            },
            otherHosts: HostEndpoint(host: "", user: "ops")
        )
    }

    /// What a healthy host answers; a test changes what it is about.
    static func facts(_ number: Int = 1, walDir: String? = nil) -> HostFacts {
        let version = EtcdVersion(major: 3, minor: 5, patch: 16)
        func tool(_ name: String) -> ToolFacts.Found {
            ToolFacts.Found(path: "/usr/bin/\(name)", version: version)
        }
        func directory(_ path: String) -> DirectoryFacts {
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
        let running = ServiceState(activity: .active, detail: "active (running)")
        var configuration = [
            "name": "etcd-\(number)", "data-dir": "/var/lib/etcd",
            "initial-advertise-peer-urls": "http://10.0.0.\(number):2380",
            "advertise-client-urls": "http://10.0.0.\(number):2379",
        ]
        configuration["wal-dir"] = walDir
        return HostFacts(
            hostname: "etcd-\(number)",
            isRoot: true,
            clockOffset: .zero,
            tools: ToolFacts(
                etcd: tool("etcd"),
                etcdctl: tool("etcdctl"),
                etcdutl: tool("etcdutl"),
                missing: [],
                digest: .openssl
            ),
            unit: UnitFacts(
                isLoaded: true,
                loadState: "loaded",
                activity: running,
                restart: "always",
                type: "notify",
                user: "etcd",
                group: "etcd"
            ),
            configuration: EtcdConfiguration(values: configuration),
            dataDir: directory("/var/lib/etcd"),
            walDir: walDir.map(directory),
            observation: MemberObservation(
                service: running,
                data: DataState(
                    hasMember: true,
                    hasSeparateWAL: walDir != nil,
                    identity: WALIdentity(
                        memberID: MemberID(rawValue: old.memberID.rawValue + UInt64(number)),
                        clusterID: old.clusterID
                    )
                ),
                isDatabaseOpen: true
            ),
            missingTLSFile: nil,
            live: LiveMember(
                clusterID: old.clusterID,
                memberID: MemberID(rawValue: UInt64(number)),
                revision: 40,
                leader: MemberID(rawValue: 1),
                version: "3.5.16",
                databaseBytes: 1 << 20,
                isLearner: false
            )
        )
    }

    static func planner(
        _ inventory: Inventory = inventory(),
        playbook: Playbook = .restoreCluster
    ) -> Planner {
        Planner(
            inventory: inventory,
            playbook: playbook,
            snapshot: SnapshotReference(path: "/backup/s.db", proof: proof),
            run: run,
            token: "fresh-token",
            createdAt: "2026-11-22T16:45:12Z"
        )
    }

    /// The plan for healthy hosts, after a change to what they answered.
    static func plan(
        members: Int = 3,
        walDir: String? = nil,
        playbook: Playbook = .restoreCluster,
        change: (inout HostFacts, Int) -> Void = { _, _ in }
    ) -> Plan {
        var findings: [String: MemberFindings] = [:]
        for number in 1...members {
            var facts = facts(number, walDir: walDir)
            change(&facts, number)
            findings["etcd-\(number)"] = .facts(facts)
        }
        return planner(inventory(members: members), playbook: playbook)
            .plan(findings: findings, checks: [])
    }

    /// A drill beside healthy hosts.
    static func drill(
        walDir: String? = nil,
        playbook: Playbook = .drill,
        settings: DrillSettings = DrillSettings(place: .members),
        change: (inout HostFacts, Int) -> Void = { _, _ in }
    ) -> Plan {
        var planner = planner(playbook: playbook)
        planner.drill = settings
        var findings: [String: MemberFindings] = [:]
        for number in 1...3 {
            var facts = facts(number, walDir: walDir)
            change(&facts, number)
            findings["etcd-\(number)"] = .facts(facts)
        }
        return planner.plan(findings: findings, checks: [])
    }
}
