package import ClusterInventory
import EtcdModel
import RemoteHost

extension Inventory {
    /// The hosts of a group; nil for a group that there is not.
    ///
    /// A fenced member's host is off, and is left out.
    package func hosts(
        ofGroup group: String,
        except exceptions: PlanExceptions = PlanExceptions()
    ) -> [HookHost]? {
        let named = group == Hook.members ? members.map(\.member.name) : groups[group]
        return named?.map { host in
            let member = members.first { $0.isAt(host) }
            return HookHost(name: member?.member.name ?? host, endpoint: endpoint(of: host))
        }
        .filter { exceptions.reason(toFence: $0.name) == nil }
    }

    /// The hosts of all groups, each once.
    package var groupHosts: [HookHost] {
        groups.keys.sorted().flatMap { hosts(ofGroup: $0) ?? [] }
            .reduce(into: []) { hosts, host in
                if !hosts.contains(where: { $0.name == host.name }) { hosts.append(host) }
            }
    }
}

extension Playbook {
    package var hooks: [Hook] { lines.compactMap { ($0.step as? RunHook)?.hook } }

    /// The groups that its hooks act on and the inventory does not have.
    package func groupsMissing(in inventory: Inventory) -> [String] {
        hooks.map(\.group).filter { inventory.hosts(ofGroup: $0) == nil }
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
