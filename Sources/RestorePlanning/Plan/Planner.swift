package import ClusterInventory
import EtcdModel
import RemoteHost

/// Makes plans: a pure function of what was given and what was seen.
package struct Planner: Sendable {
    package var inventory: Inventory
    package var playbook: Playbook
    package var snapshot: SnapshotReference
    package var run: RunID
    /// `--initial-cluster-token`; a fresh one unless the inventory fixes it.
    package var token: String
    /// RFC 3339, UTC.
    package var createdAt: String

    package init(
        inventory: Inventory,
        playbook: Playbook,
        snapshot: SnapshotReference,
        run: RunID,
        token: String,
        createdAt: String
    ) {
        self.inventory = inventory
        self.playbook = playbook
        self.snapshot = snapshot
        self.run = run
        self.token = inventory.token ?? token
        self.createdAt = createdAt
    }

    /// The plan for hosts that were asked; the checks must have passed.
    ///
    /// A plan that is compared with an earlier one names whom that one stops last: that the leader
    /// moved on meanwhile is no difference worth a refusal.
    package func plan(
        findings: [String: MemberFindings],
        checks: [Check],
        stopLast: String? = nil
    ) -> Plan {
        let facts = findings.compactMapValues(\.facts)
        let leader = inventory.members.first { facts[$0.member.name]?.live?.isLeader == true }
        return plan(
            facts: facts,
            leader: stopLast ?? leader?.member.name,
            outlook: Outlook(
                askedHosts: true,
                liveRevision: facts.values.compactMap { $0.live?.revision }.max(),
                leader: leader?.member.name,
                members: inventory.members.map { outlook($0, facts[$0.member.name]) },
                warnings: checks.filter { $0.verdict == .warns }.map(sentence)
            )
        )
    }

    /// The plan from the inventory alone, for `--offline`.
    package func offlinePlan() -> Plan {
        plan(
            facts: [:],
            leader: nil,
            outlook: Outlook(
                askedHosts: false,
                liveRevision: nil,
                leader: nil,
                members: inventory.members.map { outlook($0, nil) },
                warnings: []
            )
        )
    }

    private func plan(facts: [String: HostFacts], leader: String?, outlook: Outlook) -> Plan {
        let members = inventory.members.map { member in
            decidedMember(member, facts[member.member.name])
        }
        let topology = ClusterTopology(members: members, token: token)
        let targets = zip(inventory.members, members).map { given, member in
            target(given, member, topology: topology, facts: facts[member.name])
        }
        let cluster = PlannedCluster(
            topology: topology,
            targets: targets,
            snapshot: snapshot.proof,
            leader: leader,
            withoutDataDir: Set(
                facts.filter { $0.value.dataDir?.exists == false }.map(\.key)
            )
        )
        return Plan(
            kind: .restore,
            run: run,
            cluster: inventory.clusterName,
            playbook: playbook.name,
            createdAt: createdAt,
            snapshot: snapshot,
            topology: topology,
            targets: targets,
            steps: [Framing.takeLocks(cluster)]
                + playbook.lines.map { line in
                    PlannedStep(
                        name: line.step.name,
                        summary: line.step.summary,
                        limits: line.limits,
                        stages: line.step.stages(cluster)
                    )
                } + [Framing.finish(cluster)],
            outlook: outlook
        )
    }

    /// The member with the client URLs of its unit where the inventory has none.
    private func decidedMember(_ given: InventoryMember, _ facts: HostFacts?) -> Member {
        var member = given.member
        if member.clientURLs.isEmpty, let urls = facts?.configuration["advertise-client-urls"] {
            member.clientURLs = urls.split(separator: ",").map(String.init)
        }
        return member
    }

    private func target(
        _ given: InventoryMember,
        _ member: Member,
        topology: ClusterTopology,
        facts: HostFacts?
    ) -> MemberTarget {
        let dataDir =
            facts?.dataDir?.realPath ?? given.etcd.dataDir ?? "/var/lib/etcd"
        let owner = facts.flatMap { MemberOwner.decide(member: given, facts: $0) }
        let observation = facts?.observation
        return MemberTarget(
            member: member,
            memberID: topology.memberID(of: member),
            endpoint: given.endpoint,
            paths: MemberPaths(
                dataDir: dataDir,
                walDir: facts?.walDir?.realPath ?? given.etcd.walDir,
                run: run
            ),
            user: owner?.user ?? given.etcd.user ?? "etcd",
            group: owner?.group ?? given.etcd.group ?? given.etcd.user ?? "etcd",
            service: given.service,
            tools: MemberTools(
                restore: facts?.tools.restoreTool?.path ?? tool("etcdutl", given),
                etcdctl: facts?.tools.etcdctl?.path ?? tool("etcdctl", given),
                digest: facts?.tools.digest ?? .sha256sum,
                zstd: facts?.tools.hasZstd ?? false
            ),
            clientTLS: given.etcd.cacert == nil && given.etcd.cert == nil
                ? nil
                : ClientTLS(
                    cacert: given.etcd.cacert,
                    cert: given.etcd.cert,
                    key: given.etcd.key
                ),
            hasOldData: observation?.data.hasMember ?? false,
            oldIdentity: observation?.data.identity,
            wasActive: facts?.unit.activity.activity == .active
        )
    }

    private func tool(_ name: String, _ member: InventoryMember) -> String {
        member.etcd.binDir.map { "\($0)/\(name)" } ?? name
    }

    private func outlook(_ member: InventoryMember, _ facts: HostFacts?) -> MemberOutlook {
        let hasWAL = facts?.walDir != nil || member.etcd.walDir != nil
        return MemberOutlook(
            name: member.member.name,
            state: state(facts),
            oldDatabaseBytes: facts?.dataDir?.databaseBytes,
            freeBytes: facts?.dataDir?.freeBytes,
            neededBytes: SpaceNeeds.data(snapshot.proof, hasOwnWAL: hasWAL)
        )
    }

    private func state(_ facts: HostFacts?) -> String {
        guard let facts else { return "not asked" }
        if let live = facts.live {
            return "\(live.isLeader ? "leader" : "follower") at revision \(live.revision)"
        }
        switch facts.unit.activity.activity {
        case .active: return "\(facts.unit.activity.detail), does not answer"
        case .stopped, .unknown: return facts.unit.activity.detail
        }
    }

    private func sentence(_ check: Check) -> String {
        check.member.map { "\($0): \(check.saw)" } ?? check.saw
    }
}
