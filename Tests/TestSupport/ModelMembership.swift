package import EtcdModel
import RestorePlanning

/// Who belongs to a model cluster while one of its members is changed, by etcd's own rules.
///
/// A member that is added has no name until it was started. etcd takes one learner at a time, and adds
/// none while one of the voters does not serve (`strict-reconfig-check`, server/etcdserver of 3.5).
package struct ModelMembership: Sendable, Hashable {
    /// What etcd chooses for the one that comes again.
    package static let newID = MemberID(rawValue: 0x0BAD_CAFE_0000_0001)
    static let revision: Int64 = 45
    static let hashKV: UInt32 = 654_321
    static let keys = 9
    static let notInSync =
        "etcdserver: can only promote a learner member which is in sync with leader"

    package var entries: [MemberList.Entry]
    private let change: MembershipChange

    /// nil for a plan that changes no membership.
    init?(_ plan: Plan) {
        let changes = plan.targets.compactMap { target -> MembershipChange? in
            if case .agent(let change)? = target.role { change } else { nil }
        }
        guard plan.kind == .member, let change = changes.first else { return nil }
        self.change = change
        entries = plan.targets.filter { $0.name != change.name || change.oldID != nil }.map {
            MemberList.Entry(
                id: $0.memberID,
                name: $0.name,
                peerURLs: $0.member.peerURLs,
                clientURLs: $0.member.clientURLs
            )
        }
    }

    func entry(_ id: MemberID) -> MemberList.Entry? { entries.first { $0.id == id } }

    /// nil without a quorum.
    func leader(among serving: [MemberID]) -> MemberID? {
        let voters = entries.filter { !$0.isLearner }
        let present = serving.filter { id in voters.contains { $0.id == id } }
        return present.count >= voters.count / 2 + 1 ? present.first : nil
    }

    /// etcd compares what it is told of the cluster with what the others say, and ends.
    var refusalOfJoin: ModelHost.CommandFailure? {
        entry(Self.newID) == nil
            ? ModelHost.CommandFailure(message: "member count is unequal") : nil
    }

    mutating func apply(
        _ kind: EffectKind,
        _ change: MembershipChange,
        _ serving: [MemberID],
        isInSync: Bool
    ) -> ModelHost.CommandFailure? {
        func refused(_ words: String) -> ModelHost.CommandFailure {
            ModelHost.CommandFailure(message: "etcdserver: \(words)")
        }
        let newcomer = entries.firstIndex { $0.id == Self.newID }
        switch kind {
        case .removeMember:
            let left = entries.filter { $0.id != change.oldID }
            let voters = left.filter { !$0.isLearner }.map(\.id)
            guard voters.count(where: serving.contains) >= voters.count / 2 + 1 else {
                return refused("re-configuration failed due to not enough started members")
            }
            entries = left
        case .addMember:
            // the script looks first
            if newcomer != nil { return nil }
            if entries.contains(where: \.isLearner) { return refused("too many learner members") }
            guard entries.allSatisfy({ serving.contains($0.id) }) else {
                return refused("unhealthy cluster")
            }
            guard !entries.contains(where: { $0.peerURLs == change.peerURLs }) else {
                return refused("Peer URLs already exists")
            }
            entries.append(
                MemberList.Entry(
                    id: Self.newID,
                    name: "",
                    peerURLs: change.peerURLs,
                    clientURLs: [],
                    isLearner: true
                )
            )
        case .promoteMember:
            guard let newcomer else { return refused("member not found") }
            guard entries[newcomer].isLearner else { return nil }
            guard isInSync else { return ModelHost.CommandFailure(message: Self.notInSync) }
            entries[newcomer].isLearner = false
            entries[newcomer].name = change.name
        default: break
        }
        return nil
    }

    /// What `etcdctl member list` and `alarm list` print.
    var lines: [String] {
        let members = entries.map { entry in
            let urls = entry.peerURLs.map { "\"\($0)\"" }.joined(separator: ",")
            return "{\"ID\":\(entry.id.rawValue),\"name\":\"\(entry.name)\",\"peerURLs\":[\(urls)]"
                + (entry.isLearner ? ",\"isLearner\":true}" : "}")
        }
        let header = "\"header\":{\"cluster_id\":1,\"member_id\":1,\"raft_term\":2}"
        return [
            "members={\(header),\"members\":[\(members.joined(separator: ","))]}",
            "alarms={\(header)}",
        ]
    }
}
