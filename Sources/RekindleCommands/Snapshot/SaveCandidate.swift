import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import SnapshotSource

/// A member that can be asked for a snapshot.
struct SaveCandidate: Sendable {
    var name: String
    var client: EtcdClient
    var live: LiveMember
    /// On the member; made for the save, and removed after it.
    var folder: String

    /// Followers before the leader, which has the most to do; then whoever is furthest.
    ///
    /// A learner may lag behind, and a member without a leader may be behind the others: neither is
    /// asked unless it is the one that is wanted.
    static func all(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        only wanted: String? = nil,
        whatever isWanted: Bool
    ) -> [SaveCandidate] {
        inventory.members.filter { wanted == nil || $0.member.name == wanted }
            .compactMap {
                SaveCandidate($0, findings[$0.member.name]?.facts, whatever: isWanted)
            }
            .sorted {
                ($0.live.isLeader ? 1 : 0, -$0.live.revision, $0.name)
                    < ($1.live.isLeader ? 1 : 0, -$1.live.revision, $1.name)
            }
    }

    private init?(_ member: InventoryMember, _ facts: HostFacts?, whatever isWanted: Bool) {
        guard let facts, let live = facts.live, isWanted || live.leader != nil && !live.isLearner,
            facts.refusal == nil, let etcdctl = facts.tools.etcdctl?.path,
            let data = facts.dataDir?.realPath,
            let url = member.member.clientURLs.first
                ?? facts.configuration["advertise-client-urls"]?.split(separator: ",").first
                .map(String.init)
        else { return nil }
        name = member.member.name
        self.live = live
        client = EtcdClient(
            program: etcdctl,
            endpoint: url,
            tls: ClientTLS(
                cacert: member.etcd.cacert,
                cert: member.etcd.cert,
                key: member.etcd.key
            ),
            login: member.etcd.login
        )
        folder = "\(data).rekindle-save"
    }

    /// Why nobody can be asked, a line for each member.
    static func reasons(_ inventory: Inventory, _ findings: [String: MemberFindings]) -> [String] {
        inventory.members.map { member in
            let name = member.member.name
            let why: String =
                switch findings[name] {
                case .unreachable(let failure): failure.description
                case .unreadable(let text): text
                case nil: "was not asked"
                case .facts(let facts):
                    if facts.tools.etcdctl == nil {
                        "has no etcdctl"
                    } else if let refusal = facts.refusal {
                        refusal.words(member)
                    } else if let live = facts.live {
                        live.isLearner ? "is a learner" : "has no leader: the cluster has no quorum"
                    } else {
                        "its etcd does not answer"
                    }
                }
            return why.hasPrefix(name) ? why : "\(name): \(why)"
        }
    }
}
