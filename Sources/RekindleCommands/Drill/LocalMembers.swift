import ClusterInventory
import EtcdModel
import FoundationEssentials
import Glibc
import RemoteHost
import RestoreEngine
import RestorePlanning

/// The members of a drill on this machine.
struct LocalMembers: Sendable {
    let clusterName: String
    let names: [String]
    let directory: String
    let binDir: String?
    /// Whom the scratch cluster is asked as, if the snapshot has authentication on.
    let login: EtcdLogin?
    let objectives: Objectives
    let world: World

    var inventory: Inventory {
        let endpoint = HostEndpoint(host: "this machine", user: world.user, become: .none)
        return Inventory(
            clusterName: clusterName,
            members: names.enumerated().map { index, name in
                InventoryMember(
                    member: Member(name: name, peerURLs: [], clientURLs: []),
                    endpoint: endpoint,
                    etcd: EtcdSettings(
                        dataDir: "\(directory)/m\(index + 1)",
                        user: world.user,
                        group: group,
                        binDir: binDir,
                        authUser: login?.user,
                        authPasswordFile: login?.passwordFile
                    ),
                    // this machine may have an etcd of its own, whose settings are not ours
                    service: ServiceSettings(unit: "rekindle-drill-has-none.service")
                )
            },
            objectives: objectives,
            otherHosts: endpoint
        )
    }

    func fleet(_ context: CommandContext) -> Fleet {
        Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: inventory.members.map { ($0.member.name, $0.endpoint) }
            ),
            connector: context.connector(toThisMachine: true)
        )
    }

    private var group: String {
        getgrgid(getgid()).map { String(cString: $0.pointee.gr_name) } ?? "\(getgid())"
    }
}
