package import ClusterInventory
import EtcdModel

/// Makes the plan that takes one member out of a cluster that serves, and in again.
///
/// Remove before add, and as a learner: two members that are not there are one too many for a cluster
/// of three, and etcd refuses to add while one does not answer. Never by a copy of another's directory: its
/// log says whose it is, and copied from a running member it may be torn (docs/MEMBERS.md).
package struct MemberChangePlanner: Sendable {
    private let inventory: Inventory
    private let situation: MemberSituation
    private let findings: [String: MemberFindings]
    private let run: RunID
    private let createdAt: String

    package init(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        _ situation: MemberSituation,
        run: RunID,
        createdAt: String
    ) {
        self.inventory = inventory
        self.situation = situation
        self.findings = findings
        self.run = run
        self.createdAt = createdAt
    }

    private var name: String { situation.request.name }

    /// The checks must have passed; nil where there is nobody to ask, which they tell.
    package func plan(_ checks: [Check]) -> Plan? {
        let facts = findings.compactMapValues(\.facts)
        guard let agent = situation.agent, let membership = situation.membership,
            let clusterID = facts[agent]?.live?.clusterID
        else { return nil }
        let targets = targets(facts, membership, agent: agent)
        guard let changed = targets.first(where: { $0.name == name }),
            let teller = targets.first(where: { $0.name == agent }),
            case .agent(let change)? = teller.role,
            case .changed(let settings)? = changed.role
        else { return nil }
        var plan = Plan(
            kind: .member,
            run: run,
            cluster: inventory.clusterName,
            playbook: "member-\(situation.request.purpose.rawValue)",
            createdAt: createdAt,
            snapshot: nil,
            topology: ClusterTopology(members: targets.map(\.member), token: ""),
            targets: targets,
            safetySnapshot: SafetySnapshot(member: agent, path: teller.paths.safetySnapshot),
            steps: [],
            outlook: outlook(facts, checks, agent: agent)
        )
        plan.clusterID = clusterID
        plan.movedFrom = situation.request.movedFrom
        let builders = MemberSteps(
            targets: targets,
            changed: EffectBuilder(changed),
            agent: EffectBuilder(teller),
            change: change,
            settings: settings,
            clusterID: clusterID
        )
        plan.steps = builders.steps(
            withoutDataDir: facts[name]?.dataDir?.exists == false,
            disarms: !membership.alarms.isEmpty
        )
        return plan
    }

    private func targets(
        _ facts: [String: HostFacts],
        _ membership: Membership,
        agent: String
    ) -> [MemberTarget] {
        let builder = TargetBuilder(run: run)
        return inventory.members.map { given in
            let mine = facts[given.member.name]
            let old = situation.oldMember(given.member.peerURLs)
            let isChanged = given.member.name == name
            let id = isChanged ? old?.id : mine?.live?.memberID
            var target = builder.target(
                given,
                builder.decided(given, mine),
                id: id ?? MemberID(rawValue: 0),
                facts: mine
            )
            if isChanged {
                target.role = .changed(
                    JoinSettings(
                        execStart: mine?.unit.execStarts.first ?? "",
                        initialCluster: situation.initialCluster(inventory, findings),
                        configFile: mine?.configuration.file
                    )
                )
            } else if given.member.name == agent {
                target.role = .agent(
                    MembershipChange(
                        name: name,
                        oldID: oldID(),
                        peerURLs: inventory.members.first { $0.member.name == name }?.member
                            .peerURLs ?? []
                    )
                )
            } else {
                target.role = .kept
            }
            return target
        }
    }

    private func oldID() -> MemberID? {
        inventory.members.first { $0.member.name == name }
            .flatMap { situation.oldMember($0.member.peerURLs)?.id }
    }

    private func outlook(
        _ facts: [String: HostFacts],
        _ checks: [Check],
        agent: String
    ) -> Outlook {
        let size = UInt64(max(0, facts[agent]?.live?.databaseBytes ?? 0))
        return Outlook(
            askedHosts: true,
            liveRevision: facts.values.compactMap { $0.live?.revision }.max(),
            leader: facts.first { $0.value.live?.isLeader == true }?.key,
            members: inventory.members.map { member in
                let mine = facts[member.member.name]
                return MemberOutlook(
                    name: member.member.name,
                    state: mine.map(MemberOutlook.state) ?? "not asked",
                    oldDatabaseBytes: mine?.dataDir?.databaseBytes,
                    freeBytes: mine?.dataDir?.freeBytes,
                    neededBytes: member.member.name == name || member.member.name == agent
                        ? size : 0
                )
            },
            warnings: checks.filter { $0.verdict == .warns }.map { check in
                check.member.map { "\($0): \(check.saw)" } ?? check.saw
            }
        )
    }
}
