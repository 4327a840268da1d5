package import ClusterInventory
package import EtcdModel
import RemoteHost

/// Every check, over what was gathered; pure, so that all problems are told at once.
package enum Preflight {
    /// Without a snapshot, space is not judged.
    package static func checks(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        snapshot: SnapshotProof?,
        exceptions: PlanExceptions = PlanExceptions(),
        savesSafetySnapshot: Bool = true,
        relays: Bool = false,
        seen: [SeenRevision] = []
    ) -> [Check] {
        let restored = restored(inventory, exceptions)
        let acting = restored.map(\.member.name)
        let source =
            savesSafetySnapshot
            ? SafetySource.member(of: acting, findings.compactMapValues(\.facts)) : nil
        var checks = inventory.members.flatMap { member in
            let name = member.member.name
            if let reason = exceptions.reason(toFence: name) {
                return FenceChecks.of(member, reason: reason, findings: findings[name])
            }
            return MemberChecks(
                inventory: inventory,
                member: member,
                findings: findings[name],
                snapshot: snapshot,
                takesOver: exceptions.takesOver,
                savesSnapshot: name == source
            ).all()
        }
        checks += restored.compactMap { member in
            findings[member.member.name]?.facts.flatMap {
                AuthenticationChecks.serving(member, $0, isNeeded: savesSafetySnapshot)
            }
        }
        if relays {
            checks += acting.compactMap { name in
                findings[name]?.facts.map { RelayChecks.host(name, $0) }
            }
        }
        checks += RevisionBump.checks(
            raisingBy: exceptions.revisionBump,
            acting.compactMap { name in findings[name]?.facts.map { (name, $0) } },
            snapshot: snapshot,
            seen: seen
        )
        checks += FenceChecks.cluster(inventory, exceptions)
        checks +=
            ClusterChecks(
                inventory: inventory,
                members: restored,
                findings: findings,
                snapshot: snapshot
            ).all()
        return checks
    }

    /// The members that are not left out.
    private static func restored(
        _ inventory: Inventory,
        _ exceptions: PlanExceptions
    ) -> [InventoryMember] {
        inventory.members.filter { exceptions.reason(toFence: $0.member.name) == nil }
    }

    /// The checks that need no host: all that can forbid a plan which is made offline.
    package static func checksWithoutHosts(
        _ inventory: Inventory,
        snapshot: SnapshotProof,
        exceptions: PlanExceptions,
        seen: [SeenRevision] = []
    ) -> [Check] {
        RevisionBump.checks(
            raisingBy: exceptions.revisionBump,
            [],
            snapshot: snapshot,
            seen: seen
        )
            + FenceChecks.cluster(inventory, exceptions)
            + ClusterChecks(
                inventory: inventory,
                members: restored(inventory, exceptions),
                findings: [:],
                snapshot: snapshot
            ).all()
    }

    /// What a drill needs: all that a restore needs of the host, and nothing of the service on it.
    package static func checks(
        ofDrill drill: DrillSettings,
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        snapshot: SnapshotProof
    ) -> [Check] {
        let all = checks(inventory, findings, snapshot: snapshot, savesSafetySnapshot: false)
            .filter { !DrillChecks.ofNoConcern.contains($0.name) }
        let own = inventory.members.enumerated().flatMap { index, member -> [Check] in
            guard let facts = findings[member.member.name]?.facts else { return [] }
            return DrillChecks(
                member: member,
                facts: facts,
                drill: drill,
                snapshot: snapshot,
                rank: inventory.rank(of: index)
            ).all()
        }
        return all + own + DrillChecks.cluster(snapshot, inventory)
    }

    /// What a drill on this machine needs of it.
    package static func checks(
        ofDrillHere inventory: Inventory,
        _ findings: [String: MemberFindings],
        snapshot: SnapshotProof,
        directory: String
    ) -> [Check] {
        // all members are this machine: what is said of one is true of all
        let first = inventory.members.prefix(1).map(\.member.name)
        let all = checks(inventory, findings, snapshot: nil, savesSafetySnapshot: false)
            .filter { LocalDrillChecks.ofConcern.contains($0.name) }
            .filter { check in check.member.map(first.contains) ?? true }
        let facts = first.first.flatMap { findings[$0]?.facts }
        return all
            + (facts.map {
                LocalDrillChecks(facts: $0, members: inventory.members.count, directory: directory)
                    .all(snapshot)
            } ?? []) + DrillChecks.cluster(snapshot, inventory)
    }
}
