import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import TestSupport

@testable import RestoreEngine

/// A cluster of three unlike members, and the plans of a run on it.
///
/// `etcd-1` leads; `etcd-2` has its WAL in a directory of its own; `etcd-3` has lost its data and
/// is stopped.
enum Sample {
    static let run = RunID(rawValue: "20261122T164512Z-3fa9c1") ?? .nobody
    static let otherRun = "20261121T080000Z-00beef"
    static let operator1 = Operator(user: "ops", coordinator: "laptop")
    static let coordinator = CoordinatorRecord(
        operator: operator1,
        process: 4711,
        version: "test"
    )
    static let members = ["etcd-1", "etcd-2", "etcd-3"]

    /// Read in several pieces.
    static let snapshotBytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 7) }

    static let proof = SnapshotProof(
        sha256: String(repeating: "ab", count: 32),
        bytes: UInt64(snapshotBytes.count),
        revision: 40,
        compactRevision: -1,
        keys: 7,
        totalKeys: 50,
        hashKV: 123_456
    )
    static let oldCluster = ClusterID(rawValue: 0xC0FF_EE00_0000_0001)

    static func oldMember(_ number: Int) -> MemberID {
        MemberID(rawValue: 0x0AD0_0000_0000_0000 + UInt64(number))
    }

    static func inventoryMember(_ number: Int) -> InventoryMember {
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

    static let inventory = Inventory(
        clusterName: "prod",
        members: (1...3).map(inventoryMember),
        otherHosts: HostEndpoint(host: "", user: "ops")
    )

    static func planner(_ playbook: Playbook) -> Planner {
        Planner(
            inventory: inventory,
            playbook: playbook,
            snapshot: SnapshotReference(path: "/backup/s.db", proof: proof),
            run: run,
            token: "fresh-token",
            createdAt: "2026-11-22T16:45:12Z"
        )
    }

    static let findings: [String: MemberFindings] = Dictionary(
        uniqueKeysWithValues: (1...3).map { ("etcd-\($0)", .facts(facts($0))) }
    )
    static let restore = planner(.restoreCluster).plan(findings: findings, checks: [])
    static let rollback = RollbackPlanner.plan(for: restore, leader: "etcd-1", createdAt: "later")
    static let clean = CleanPlanner.plan(for: restore, createdAt: "later")

    static let vocabulary = ModelVocabulary(
        [restore, rollback, clean],
        operator: operator1,
        offsets: [snapshotBytes.count / 2],
        giveBack: Dictionary(
            uniqueKeysWithValues: restore.targets.map { ($0.name, Engine.giveBack($0)) }
        )
    )

    static func facts(_ number: Int, isAlive: Bool? = nil) -> HostFacts {
        let tool = ToolFacts.Found(
            path: "/usr/bin/etcdctl",
            version: EtcdVersion(major: 3, minor: 5, patch: 16)
        )
        let isAlive = isAlive ?? (number != 3)
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
                group: "etcd",
                execStarts: ["/usr/bin/etcd"]
            ),
            configuration: EtcdConfiguration(values: [:]),
            dataDir: directory("/var/lib/etcd"),
            walDir: number == 2 ? directory("/wal/etcd") : nil,
            observation: MemberObservation(
                service: service,
                data: isAlive
                    ? DataState(hasMember: true, hasSeparateWAL: number == 2, identity: identity)
                    : DataState(),
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

extension Plan {
    var effects: [PlannedEffect] { steps.flatMap(\.stages).flatMap(\.effects) }

    /// Where an effect stands in the plan; nil where the member has none of the kind.
    func stage(of kind: EffectKind, on member: String) -> StageID? {
        for (step, planned) in steps.enumerated() {
            for (stage, one) in planned.stages.enumerated()
            where one.effects.contains(where: { $0.kind == kind && $0.member == member }) {
                return StageID(step: step, stage: stage)
            }
        }
        return nil
    }
}
