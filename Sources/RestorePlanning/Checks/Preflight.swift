package import ClusterInventory
package import EtcdModel
import RemoteHost

/// Every check, over what was gathered; pure, so that all problems are told at once.
package enum Preflight {
    /// Without a snapshot, space is not judged.
    package static func checks(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        snapshot: SnapshotProof?
    ) -> [Check] {
        var checks = inventory.members.flatMap { member in
            MemberChecks(
                inventory: inventory,
                member: member,
                findings: findings[member.member.name],
                snapshot: snapshot
            ).all()
        }
        checks += ClusterChecks(inventory: inventory, findings: findings, snapshot: snapshot).all()
        return checks
    }
}
