import ClusterInventory
import EtcdModel
import RemoteHost

/// What fencing a member asks for: that it is off, that the others are enough, and that it can
/// never be taken for one of them.
enum FenceChecks {
    static let name = "fenced"

    /// It is asked all the same: a member that still runs is not off, whatever its reason says.
    static func of(
        _ member: InventoryMember,
        reason: String,
        findings: MemberFindings?
    ) -> [Check] {
        let name = member.member.name
        let isActive = findings?.facts?.unit.activity.activity == .active
        guard !isActive else {
            let detail = findings?.facts?.unit.activity.detail ?? "active"
            return [
                Check(
                    Self.name,
                    member: name,
                    .fails,
                    "is to be left out (\(reason)), but its \(member.service.title) is \(detail)",
                    hint: "it can be reached: restore it with the others, or stop and disable "
                        + "\(member.service.title) there first"
                )
            ]
        }
        let seen =
            switch findings {
            case .facts(let facts):
                facts.unit.activity.activity == .stopped
                    ? "its host answers, etcd is stopped there"
                    : "its host answers, and whether etcd runs there is not known: "
                        + facts.unit.activity.detail
            case .unreachable(let failure): failure.message
            case .unreadable(let why): why
            case nil: "not asked"
            }
        return [
            Check(
                Self.name,
                member: name,
                .warns,
                "is left out: \(reason) (\(seen))",
                hint: "keep it off until `rekindle resume` restores it from the same snapshot"
            )
        ]
    }

    static func cluster(_ inventory: Inventory, _ exceptions: PlanExceptions) -> [Check] {
        guard !exceptions.fenced.isEmpty else { return [] }
        let total = inventory.members.count
        let left = total - exceptions.fenced.count
        let quorum = total / 2 + 1
        var checks: [Check] = []
        checks.append(
            left >= quorum
                ? Check(
                    "quorum",
                    member: nil,
                    .holds,
                    "\(left) of \(total) members are restored, a quorum is \(quorum)"
                )
                : Check(
                    "quorum",
                    member: nil,
                    .fails,
                    "\(left) of \(total) members would be restored, and a quorum is \(quorum): the "
                        + "cluster could not serve",
                    hint: (total > quorum
                        ? "fence no more than \(total - quorum); or take"
                        : "a cluster of \(total) has no member to spare: take")
                        + " the lost members out of the inventory, so that a smaller cluster is formed"
                )
        )
        if inventory.token != nil {
            checks.append(
                Check(
                    "token",
                    member: nil,
                    .fails,
                    "a member is fenced, and initial-cluster-token is fixed in the inventory",
                    hint: "set `initial-cluster-token: auto`: only a fresh token keeps a fenced "
                        + "member that comes back out of the restored cluster"
                )
            )
        }
        return checks
    }
}
