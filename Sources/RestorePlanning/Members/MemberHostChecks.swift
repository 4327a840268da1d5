import ClusterInventory
import EtcdModel
import RemoteHost

extension MemberChangeChecks {
    /// A host that a member moves to must be nobody's yet.
    ///
    /// What lies in the data directory of a member that stays is its own; there it may be anybody's.
    func newHost(_ facts: HostFacts) -> [Check] {
        guard situation.request.movedFrom != nil, let member else { return [] }
        let name = member.member.name
        let host = member.endpoint.host
        func check(_ verdict: Check.Verdict, _ saw: String, hint: String? = nil) -> [Check] {
            [Check("new host", member: name, verdict, saw, hint: hint)]
        }
        if let conflict = inventory.conflict(of: name) {
            return check(
                .fails,
                "\(host) is another member's: \(conflict)",
                hint: "give --with a host that has no member yet"
            )
        }
        if let live = facts.live {
            return check(
                .fails,
                "etcd serves on \(host) already: member \(live.memberID) of cluster "
                    + "\(live.clusterID)",
                hint: "is it the right host? \(name) would take its place"
            )
        }
        if case .refused = facts.access {
            return check(
                .fails,
                "an etcd serves on \(host) already, with authentication on",
                hint: "is it the right host? \(name) would take its place"
            )
        }
        let data = facts.observation?.data ?? DataState()
        if data.hasMember || data.hasSeparateWAL {
            let owner = data.identity.map { "member \($0.memberID) of cluster \($0.clusterID)" }
            return check(
                .fails,
                "\(host) has data of etcd in \(facts.dataDir?.path ?? "its data directory"): "
                    + (owner ?? "nobody knows whose"),
                hint: "is it the right host? If nobody needs that data, rename it aside there"
            )
        }
        return check(.holds, "\(host) has no data of etcd")
    }
}
