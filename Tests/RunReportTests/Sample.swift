import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// One cluster, one snapshot, one run: what every golden file here shows.
///
/// IDs are given and not computed: the goldens test how things look, and nothing else.
struct Sample {
    var names = ["etcd-1", "etcd-2", "etcd-3"]
    var clusterName = "prod"
    var dataDirs: [String: String] = [:]
    var walDir: String?
    var leader: String? = "etcd-1"
    var liveRevision: Int64? = 4_815_300
    var askedHosts = true
    var withoutOldData: Set<String> = []
    var warnings: [String] = []
    var snapshotPath = "/backup/prod/2026-11-22T1600.db"
    var restoreTool = "/usr/bin/etcdutl"
    var etcdctl = "/usr/bin/etcdctl"
    var owner = "etcd"
    var unit = "etcd.service"
    var proof = Sample.snapshot
    var login: EtcdLogin?

    static let ids: [UInt64] = [
        0xbd9c_ac16_9c9b_e39f, 0xc6a6_5f25_93e5_4e76, 0xb34e_bdf9_4c55_90e1,
    ]
    static let clusterID = ClusterID(rawValue: 0x0cd8_c169_18a4_27f8)
    static let oldClusterID = ClusterID(rawValue: 0xd368_b698_fee2_860e)
    static let createdAt = "2026-11-22T16:45:12Z"

    var run: RunID {
        guard let run = RunID(rawValue: "20261122T164512Z-3fa9c1") else {
            preconditionFailure("the sample's run ID has the form of one")
        }
        return run
    }

    static let snapshot = SnapshotProof(
        sha256: "9f2c5e0d7ab1463de8c1a0f3b72d94865c3e1f0a9b8d7c6e5f40312233445566",
        bytes: 1_406_599_200,
        revision: 4_815_162,
        compactRevision: 4_810_000,
        keys: 20_345,
        totalKeys: 61_022,
        hashKV: 1_047_458_361,
        members: [
            SnapshotMember(id: MemberID(rawValue: 1), name: "etcd-1", peerURLs: []),
            SnapshotMember(id: MemberID(rawValue: 2), name: "etcd-2", peerURLs: []),
            SnapshotMember(id: MemberID(rawValue: 3), name: "etcd-3", peerURLs: []),
        ],
        leases: 12,
        clusterVersion: "3.5.0"
    )

    var members: [Member] {
        names.enumerated().map { index, name in
            Member(
                name: name,
                peerURLs: ["https://10.0.0.\(index + 1):2380"],
                clientURLs: ["https://10.0.0.\(index + 1):2379"]
            )
        }
    }

    var topology: ClusterTopology {
        ClusterTopology(members: members, token: "rekindle-\(run)")
    }

    var targets: [MemberTarget] {
        zip(members.indices, members).map { index, member in
            MemberTarget(
                member: member,
                memberID: MemberID(rawValue: Sample.ids[index % 3] &+ UInt64(index / 3)),
                endpoint: HostEndpoint(host: "10.0.0.\(index + 1)", user: "ops", become: .sudo),
                paths: MemberPaths(
                    dataDir: dataDirs[member.name] ?? "/var/lib/etcd",
                    walDir: walDir,
                    run: run
                ),
                user: owner,
                group: owner,
                service: ServiceSettings(unit: unit),
                tools: MemberTools(
                    restore: restoreTool,
                    etcdctl: etcdctl,
                    digest: .sha256sum
                ),
                clientTLS: ClientTLS(
                    cacert: "/etc/etcd/pki/ca.crt",
                    cert: "/etc/etcd/pki/client.crt",
                    key: "/etc/etcd/pki/client.key"
                ),
                login: login,
                hasOldData: askedHosts && !withoutOldData.contains(member.name),
                oldIdentity: WALIdentity(
                    memberID: MemberID(rawValue: UInt64(0x1a2b_3c00 + index)),
                    clusterID: Sample.oldClusterID
                ),
                wasActive: askedHosts && !withoutOldData.contains(member.name)
            )
        }
    }

    var outlook: Outlook {
        Outlook(
            askedHosts: askedHosts,
            liveRevision: liveRevision,
            leader: leader,
            members: names.map { name in
                let isEmpty = withoutOldData.contains(name)
                return MemberOutlook(
                    name: name,
                    state: !askedHosts
                        ? "not asked"
                        : isEmpty
                            ? "inactive (dead)"
                            : liveRevision.map {
                                "\(name == leader ? "leader" : "follower") at revision \($0)"
                            } ?? "failed (failed)",
                    oldDatabaseBytes: askedHosts && !isEmpty ? 1_389_232_128 : nil,
                    freeBytes: askedHosts ? 41_024_475_136 : nil,
                    neededBytes: SpaceNeeds.data(proof, hasOwnWAL: walDir != nil)
                )
            },
            warnings: warnings
        )
    }

    /// As the planner makes it for `restore-cluster`.
    var plan: Plan {
        let cluster = PlannedCluster(
            topology: topology,
            targets: targets,
            snapshot: proof,
            leader: leader,
            withoutDataDir: []
        )
        let playbook: [any Step] = [
            StopMembers(), DistributeSnapshot(), ArchiveData(), RestoreSnapshot(), SetOwnership(),
            StartMembers(), VerifyCluster(),
        ]
        var plan = Plan(
            kind: .restore,
            run: run,
            cluster: clusterName,
            playbook: "restore-cluster",
            createdAt: Sample.createdAt,
            snapshot: SnapshotReference(path: snapshotPath, proof: proof),
            topology: topology,
            targets: targets,
            steps: [takeLocks(cluster)]
                + playbook.map { step in
                    PlannedStep(
                        name: step.name,
                        summary: step.summary,
                        limits: step.defaults,
                        stages: step.stages(cluster)
                    )
                } + [finish(cluster)],
            outlook: outlook
        )
        plan.clusterID = Sample.clusterID
        return withGivenIDs(plan)
    }

    var rollback: Plan {
        RollbackPlanner.plan(for: plan, leader: nil, createdAt: "2026-11-22T17:03:00Z")
    }

    var clean: Plan {
        CleanPlanner.plan(for: plan, createdAt: "2026-11-29T09:00:00Z")
    }

    private func takeLocks(_ cluster: PlannedCluster) -> PlannedStep {
        PlannedStep(
            name: "take-locks",
            summary: "lock every host, so that no other run touches it",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [
                Stage("lock", effects: cluster.builders.map { $0.takeLock(createDataDir: false) })
            ]
        )
    }

    private func finish(_ cluster: PlannedCluster) -> PlannedStep {
        PlannedStep(
            name: "finish",
            summary: "remove the snapshot's copies and release the locks",
            limits: StepLimits(retries: 3, timeoutSeconds: 60),
            stages: [
                Stage(
                    "tidy up",
                    effects: cluster.builders.flatMap {
                        [$0.removeSnapshotCopy(), $0.releaseLock()]
                    }
                )
            ]
        )
    }

    /// Puts the sample's IDs and the restore's command where the planner computes them.
    private func withGivenIDs(_ plan: Plan) -> Plan {
        var plan = plan
        for step in plan.steps.indices {
            for stage in plan.steps[step].stages.indices {
                if plan.steps[step].stages[stage].proof?.data != nil {
                    plan.steps[step].stages[stage].proof?.clusterID = Sample.clusterID
                }
                for effect in plan.steps[step].stages[stage].effects.indices {
                    let planned = plan.steps[step].stages[stage].effects[effect]
                    guard planned.kind == .restoreSnapshot,
                        let target = plan.target(named: planned.member)
                    else { continue }
                    plan.steps[step].stages[stage].effects[effect].commands =
                        restoreCommands(planned.commands, target)
                }
            }
        }
        return plan
    }

    private func restoreCommands(_ commands: [[String]], _ target: MemberTarget) -> [[String]] {
        let restore =
            [
                target.tools.restore, "snapshot", "restore", target.paths.snapshot,
                "--name", target.name, "--initial-cluster", topology.initialCluster,
                "--initial-cluster-token", topology.token,
                "--initial-advertise-peer-urls", target.member.peerURLs.joined(separator: ","),
                "--data-dir", target.paths.staging,
            ] + (target.paths.stagedWAL.map { ["--wal-dir", $0] } ?? [])
        let known = Set(["rm", "delete", "mkdir", "sync", "touch"])
        return commands.map { words in
            known.contains(words.first ?? "") ? words : restore
        }
    }
}

extension Sample: CustomTestStringConvertible {
    /// Short, for the names of test cases.
    var testDescription: String {
        "\(names.count) members, \(askedHosts ? "asked" : "not asked"), WAL \(walDir ?? "inside")"
    }
}
