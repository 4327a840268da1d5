package import ClusterInventory

/// Whether a playbook is one for the cluster of an inventory.
package enum PlaybookChecks {
    package static func of(_ playbook: Playbook, _ inventory: Inventory) -> [Check] {
        playbook.groupsMissing(in: inventory).map { group in
            Check(
                "playbook",
                member: nil,
                .fails,
                "\(playbook.name) runs commands on the group \(group), which the inventory does not "
                    + "have",
                hint: "add it to the inventory: `groups: {\(group): [HOST, …]}`"
            )
        } + size(playbook, inventory.members.count)
    }

    private static func size(_ playbook: Playbook, _ members: Int) -> [Check] {
        guard let meant = playbook.memberCount, meant != members else { return [] }
        return [
            Check(
                "playbook",
                member: nil,
                .fails,
                "\(playbook.name) is for a cluster of \(meant), and the inventory has \(members) "
                    + "members",
                hint: "restore all of them with restore-cluster; to make one of them the whole "
                    + "cluster, give an inventory with that one alone"
            )
        ]
    }
}
