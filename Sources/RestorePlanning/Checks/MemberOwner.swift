import ClusterInventory

/// Who etcd runs as on a host.
struct MemberOwner: CustomStringConvertible {
    var user: String
    var group: String

    /// The inventory, else the unit, else the owner of the data directory.
    ///
    /// A unit without `User=` runs etcd as root. The account of a unit with `DynamicUser=` is gone as soon
    /// as it is stopped: the numbers stay, and systemd gives them out again for the same directory.
    static func decide(member: InventoryMember, facts: HostFacts) -> MemberOwner? {
        if facts.unit.isDynamicUser, member.etcd.user == nil {
            guard let data = facts.dataDir, data.exists else { return nil }
            return data.ids.map { MemberOwner(user: $0.user, group: $0.group) }
        }
        let unitUser = facts.unit.user.isEmpty ? nil : facts.unit.user
        let unitGroup = facts.unit.group.isEmpty ? nil : facts.unit.group
        let old = facts.dataDir.flatMap { $0.exists ? $0 : nil }
        let user = member.etcd.user ?? unitUser ?? old?.user ?? (facts.unit.isLoaded ? "root" : nil)
        guard let user else { return nil }
        let group =
            member.etcd.group ?? unitGroup ?? (old?.user == user ? old?.group : nil)
            ?? facts.account.ownGroup ?? user
        return MemberOwner(user: user, group: group)
    }

    var description: String { "\(user):\(group)" }
}
