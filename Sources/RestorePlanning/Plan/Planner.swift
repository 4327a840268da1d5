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
    package var exceptions: PlanExceptions
    /// nil for a restore.
    package var drill: DrillSettings?

    package init(
        inventory: Inventory,
        playbook: Playbook,
        snapshot: SnapshotReference,
        run: RunID,
        token: String,
        createdAt: String,
        exceptions: PlanExceptions = PlanExceptions(),
        drill: DrillSettings? = nil
    ) {
        self.inventory = inventory
        self.playbook = playbook
        self.snapshot = snapshot
        self.run = run
        // an old member must not find a drill's cluster to be its own
        self.token = drill == nil ? inventory.token ?? token : token
        self.createdAt = createdAt
        self.exceptions = exceptions
        self.drill = drill
    }

    /// The plan for hosts that were asked; the checks must have passed.
    ///
    /// A plan that is compared with a given one stops last whom that one does, nobody where it names
    /// nobody, and saves whom it saves: that a leader was elected meanwhile is no difference worth a
    /// refusal.
    package func plan(
        findings: [String: MemberFindings],
        checks: [Check],
        like given: Plan? = nil
    ) -> Plan {
        let facts = findings.compactMapValues(\.facts)
        let leader = acting.first { facts[$0.member.name]?.live?.isLeader == true }
        let source = safetySource(facts, again: given?.safetySnapshot?.member)
        return plan(
            facts: facts,
            leader: given.map(\.outlook.leader) ?? leader?.member.name,
            source: source,
            given: given,
            outlook: Outlook(
                askedHosts: true,
                liveRevision: facts.values.compactMap { $0.live?.revision }.max(),
                leader: leader?.member.name,
                members: acting.map { outlook($0, facts[$0.member.name], saving: source) },
                warnings: warnings(checks)
            )
        )
    }

    /// What of the checks the plan does not tell in a place of its own.
    private func warnings(_ checks: [Check]) -> [String] {
        checks.filter { $0.verdict == .warns }
            .filter { $0.name != "newer data" && $0.name != FenceChecks.name }.map(sentence)
    }

    /// The plan from the inventory alone, for `--offline`; the checks that need no host must have passed.
    package func offlinePlan(checks: [Check] = []) -> Plan {
        plan(
            facts: [:],
            leader: nil,
            source: nil,
            given: nil,
            outlook: Outlook(
                askedHosts: false,
                liveRevision: nil,
                leader: nil,
                members: acting.map { outlook($0, nil) },
                warnings: warnings(checks)
            )
        )
    }

    private func plan(
        facts: [String: HostFacts],
        leader: String?,
        source: String?,
        given: Plan?,
        outlook: Outlook
    ) -> Plan {
        let members = inventory.members.enumerated().map { index, member in
            decidedMember(member, at: index, facts[member.member.name])
        }
        let topology = ClusterTopology(members: members, token: token)
        let targets = zip(inventory.members, members)
            .filter { exceptions.reason(toFence: $0.1.name) == nil }
            .enumerated()
            .map { index, pair in
                let facts = facts[pair.1.name]
                var target = builder.target(
                    pair.0,
                    pair.1,
                    id: topology.memberID(of: pair.1),
                    facts: facts
                )
                // a unit that was started or ended meanwhile is no difference worth a refusal either
                if let given { target.dependents = given.target(named: pair.1.name)?.dependents }
                target.scratch = scratchCluster?
                    .start(target, at: index, topology: topology, facts: facts)
                return target
            }
        var cluster = PlannedCluster(
            topology: topology,
            targets: targets,
            snapshot: snapshot.proof,
            leader: leader,
            withoutDataDir: Set(
                facts.filter { $0.value.dataDir?.exists == false }.map(\.key)
            ),
            safetySource: source,
            revisionBump: exceptions.revisionBump
        )
        cluster.relay = playbook.relay
        cluster.checks = playbook.checks
        for hook in playbook.hooks {
            cluster.groups[hook.group] = inventory.hosts(ofGroup: hook.group, except: exceptions)
        }
        if case .here = drill?.place { cluster.isLocal = true }
        cluster.relaying = Set(
            // who was not asked is believed to be able to
            targets.map(\.name).filter { facts[$0].map(\.tools.canRelay) ?? true }
        )
        let safety = Framing.safety(cluster)
        var plan = Plan(
            kind: drill == nil ? .restore : .drill,
            run: run,
            cluster: inventory.clusterName,
            playbook: playbook.name,
            createdAt: createdAt,
            snapshot: snapshot,
            topology: topology,
            targets: targets,
            fenced: exceptions.fenced,
            safetySnapshot: safety == nil
                ? nil
                : targets.first { $0.name == source }
                    .map { SafetySnapshot(member: $0.name, path: $0.paths.safetySnapshot) },
            revisionBump: exceptions.revisionBump,
            steps: [Framing.takeLocks(cluster)] + steps(cluster, safety)
                + [Framing.dependents(cluster.builders)].compactMap { $0 }
                + [drill == nil ? Framing.finish(cluster.builders) : Framing.release(cluster)],
            outlook: outlook
        )
        let objectives = inventory.objectives
        if drill != nil, objectives.rto != nil || objectives.rpo != nil {
            plan.objectives = PlannedObjectives(
                rto: objectives.rto.map { Double($0.components.seconds) },
                rpo: objectives.rpo.map { Double($0.components.seconds) }
            )
        }
        return plan
    }

    private var builder: TargetBuilder {
        TargetBuilder(
            run: run,
            takesOver: exceptions.takesOver,
            holder: snapshot.holder,
            isDrill: drill != nil
        )
    }

    private var scratchCluster: ScratchCluster? {
        drill.map {
            ScratchCluster(
                settings: $0,
                run: run,
                snapshot: snapshot.proof,
                ranks: inventory.members.indices.map(inventory.rank)
            )
        }
    }

    /// The playbook's steps, and right before the stop what is saved of the old cluster: in a staged
    /// restore hours may lie between.
    private func steps(_ cluster: PlannedCluster, _ safety: PlannedStep?) -> [PlannedStep] {
        var cluster = cluster
        cluster.isServing = true
        return playbook.lines.flatMap { line in
            let stops = line.step.establishes.contains(.membersStopped)
            if stops { cluster.isServing = false }
            let step = PlannedStep(
                name: line.step.name,
                summary: line.step.summary,
                limits: line.limits,
                stages: line.step.stages(cluster)
            )
            return (stops ? [safety].compactMap { $0 } : []) + [step]
        }
        // on a machine without production there is nothing to observe
        .filter { !$0.stages.isEmpty }
    }

    private func safetySource(_ facts: [String: HostFacts], again chosen: String?) -> String? {
        playbook.savesSafetySnapshot && drill == nil
            ? SafetySource.member(of: acting.map(\.member.name), facts, again: chosen) : nil
    }

    private var acting: [InventoryMember] {
        inventory.members.filter { exceptions.reason(toFence: $0.member.name) == nil }
    }

    /// The member as the inventory and its host have it; in a drill, the scratch member in its place.
    private func decidedMember(
        _ given: InventoryMember,
        at index: Int,
        _ facts: HostFacts?
    ) -> Member {
        if let scratchCluster {
            return
                scratchCluster
                .member(given.member, at: index, paths: builder.paths(given, facts))
        }
        return builder.decided(given, facts)
    }

    private func outlook(
        _ member: InventoryMember,
        _ facts: HostFacts?,
        saving source: String? = nil
    ) -> MemberOutlook {
        let hasWAL = facts?.walDir != nil || member.etcd.walDir != nil
        let isSaved = member.member.name == source
        return MemberOutlook(
            name: member.member.name,
            state: facts.map(MemberOutlook.state) ?? "not asked",
            oldDatabaseBytes: facts?.dataDir?.databaseBytes,
            freeBytes: facts?.dataDir?.freeBytes,
            neededBytes: SpaceNeeds.data(
                snapshot.proof,
                hasOwnWAL: hasWAL,
                saving: isSaved ? facts?.dataDir?.databaseBytes ?? 0 : 0
            )
        )
    }

    private func sentence(_ check: Check) -> String {
        check.member.map { "\($0): \(check.saw)" } ?? check.saw
    }
}
