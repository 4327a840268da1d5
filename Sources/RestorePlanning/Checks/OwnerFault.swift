import ClusterInventory

/// Why the restored data could not be given to etcd's user.
struct OwnerFault {
    var saw: String
    var hint: String

    /// nil if they exist, are numbers, or the host was not asked.
    static func of(_ member: InventoryMember, _ facts: HostFacts) -> OwnerFault? {
        let asked = AccountQuestion(member, facts.unit)
        let isDynamic = facts.unit.isDynamicUser
        if isDynamic, member.etcd.user == nil {
            guard facts.dataDir?.exists != true || facts.dataDir?.ids == nil else { return nil }
            return OwnerFault(
                saw:
                    "the unit has DynamicUser=yes, and there is no data directory that tells its user",
                hint: "start etcd once, so that systemd makes it; or set `user` and `group` under "
                    + "`etcd` in the inventory"
            )
        }
        if isDynamic, facts.account.isDynamic {
            return OwnerFault(
                saw: "the user \(asked.user) exists only while etcd runs (DynamicUser=yes)",
                hint: "leave `user` and `group` out of the inventory: the data directory's numbers "
                    + "are taken"
            )
        }
        let source = { (isInventory: Bool) in isInventory ? "the inventory" : "the unit" }
        let user = (asked.user, facts.account.user, source(member.etcd.user != nil))
        let group = (asked.group, facts.account.group, source(member.etcd.group != nil))
        for (kind, database, (name, presence, origin)) in [
            ("user", "passwd", user), ("group", "group", group),
        ] where !name.isEmpty {
            let isNumber = name.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            if presence == .missing {
                return OwnerFault(
                    saw: "\(origin) says the \(kind) \(name), and the host has none of that name",
                    hint:
                        "`getent \(database) \(name)` on the host must know it: correct `\(kind)` "
                        + "under `etcd` in the inventory, or make the account"
                )
            }
            // chown(2) takes the highest number for "leave it"
            if isNumber, UInt32(name).map({ $0 == .max }) ?? true {
                return OwnerFault(
                    saw: "\(origin) says the \(kind) \(name), which is no number of an account",
                    hint: "the highest is 4294967294"
                )
            }
        }
        return nil
    }
}
