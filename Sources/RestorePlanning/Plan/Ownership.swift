package import ClusterInventory
import EtcdModel
import RemoteHost

/// Whose run a plan is, seen from an inventory.
package enum Ownership: Sendable, Hashable {
    /// The run is of the inventory's cluster, and its members are where the inventory has them.
    case same
    /// The run is of the inventory's cluster, whose members or hosts are others than they were; a sentence each.
    case changed([String])
    /// The run is of another cluster; says how that is known.
    case other(String)
}

extension Plan {
    /// Compares the plan with an inventory: a cluster is its name, its members and their hosts.
    ///
    /// Two clusters may have the same name. If no member of the plan is found in the inventory, by its host or
    /// its peer URLs, the plan is of another one. Members that are fenced may come back on other hosts.
    package func ownership(by inventory: Inventory) -> Ownership {
        guard cluster == inventory.clusterName else {
            return .other(
                "the run is of cluster \(cluster), the inventory of \(inventory.clusterName)"
            )
        }
        // a drill on this machine has no host of the cluster
        if isLocal { return .same }
        let fencedNames = Set(fenced.map(\.name))
        let pairs = topology.members.filter { !fencedNames.contains($0.name) }
            .map { PlannedPlace($0, self) }
        let known = inventory.members.map(InventoryPlace.init)
        guard pairs.contains(where: { place in known.contains { place.isAt($0) } }) else {
            return .other(
                "both are called \(cluster), and have no member in common: the run has "
                    + "\(pairs.map(\.words).joined(separator: ", ")), the inventory "
                    + known.map(\.words).joined(separator: ", ")
            )
        }
        var differences: [String] = []
        for place in pairs {
            if let now = known.first(where: { $0.name == place.name }) {
                differences += place.differences(now)
            } else {
                differences.append("\(place.name) is a member in the run, and not in the inventory")
            }
        }
        for place in known where !topology.members.contains(where: { $0.name == place.name }) {
            differences.append("\(place.name) is a member in the inventory, and not in the run")
        }
        return differences.isEmpty ? .same : .changed(differences)
    }
}

/// Where the inventory has a member.
private struct InventoryPlace {
    let name: String
    let host: String
    let peerURLs: [String]

    init(_ member: InventoryMember) {
        name = member.member.name
        host = member.endpoint.host
        peerURLs = member.member.peerURLs
    }

    var words: String { "\(name) on \(host)" }
}

/// Where a plan has a member.
private struct PlannedPlace {
    let name: String
    let host: String
    let peerURLs: [String]
    /// False for a scratch member: its peer URLs are its own.
    let comparesURLs: Bool
    /// The host that it had before the run; nil if it stays.
    let movedFrom: String?

    init(_ member: Member, _ plan: Plan) {
        let target = plan.target(named: member.name)
        name = member.name
        host = target?.endpoint.host ?? ""
        peerURLs = member.peerURLs
        comparesURLs = target?.scratch == nil
        movedFrom = target?.isChanged == true ? plan.movedFrom : nil
    }

    var words: String { "\(name) on \(host)" }

    func isAt(_ place: InventoryPlace) -> Bool {
        place.host == host || (comparesURLs && !peerURLs.isEmpty && place.peerURLs == peerURLs)
    }

    func differences(_ now: InventoryPlace) -> [String] {
        // the inventory may not have been changed yet: the run says what it must say
        if let movedFrom, now.host == movedFrom { return [] }
        var differences: [String] = []
        if now.host != host {
            differences.append(
                "\(name) is on \(host) in the run, and on \(now.host) in the inventory"
            )
        }
        if comparesURLs, now.peerURLs.sorted() != peerURLs.sorted() {
            differences.append(
                "\(name) has the peer URLs \(peerURLs.joined(separator: ", ")) in the run, and "
                    + "\(now.peerURLs.joined(separator: ", ")) in the inventory"
            )
        }
        return differences
    }
}
