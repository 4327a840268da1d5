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
        relays: Bool = false
    ) -> [Check] {
        let acting = inventory.members.map(\.member.name)
            .filter { exceptions.reason(toFence: $0) == nil }
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
        if relays {
            checks += acting.compactMap { name in
                findings[name]?.facts.map { RelayChecks.host(name, $0) }
            }
        }
        checks += RevisionBump.checks(
            raisingBy: exceptions.revisionBump,
            acting.compactMap { name in findings[name]?.facts.map { (name, $0) } },
            snapshot: snapshot
        )
        checks += FenceChecks.cluster(inventory, exceptions)
        checks +=
            ClusterChecks(
                inventory: inventory,
                findings: findings.filter { acting.contains($0.key) },
                snapshot: snapshot
            ).all()
        return checks
    }
}
