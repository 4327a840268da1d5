import EtcdModel
import RemoteHost
import RestorePlanning

/// The hosts of one cluster and the etcds that run on them.
struct ModelCluster {
    let plan: Plan
    /// By the member's name.
    var hosts: [String: ModelHost]
    var troubles: [String: ModelTrouble] = [:]
    /// Who belongs to it; nil where the plan does not change that.
    var membership: ModelMembership?
    private var statusAsks: [String: Int] = [:]

    init(_ plan: Plan) {
        self.plan = plan
        membership = ModelMembership(plan)
        hosts = Dictionary(
            uniqueKeysWithValues: plan.targets.map { ($0.name, ModelHost(target: $0, in: plan)) }
        )
    }

    /// What etcdctl prints and exits with, asked on the member's own host.
    mutating func status(of member: String) -> CommandResult {
        statusAsks[member, default: 0] += 1
        guard let etcd = etcd(of: member) else { return Self.noAnswer }
        return CommandResult(ending: .exited(0), output: Array(etcd.status.utf8))
    }

    func proof(of member: String, at revision: Int64?) -> CommandResult {
        guard let etcd = etcd(of: member) else {
            // each question fails on its own, and the script still runs to its end
            return CommandResult(ending: .exited(0), output: Array("end=yes\n".utf8))
        }
        return CommandResult(ending: .exited(0), output: Array(etcd.proof(at: revision).utf8))
    }

    private static let noAnswer = CommandResult(
        ending: .exited(1),
        output: Array("null\n".utf8),
        errorOutput: Array(
            "Failed to get the status of endpoint (context deadline exceeded)\n".utf8
        )
    )

    /// nil where no etcd answers.
    private func etcd(of member: String) -> ModelEtcd? {
        guard let host = hosts[member], let own = identity(of: host) else { return nil }
        let trouble = troubles[member] ?? ModelTrouble()
        if trouble.isMute { return nil }
        if let membership { return etcd(of: host, own, trouble, membership) }
        let peers = plan.targets.compactMap { hosts[$0.name].flatMap(identity) }
            .filter { $0.clusterID == own.clusterID }
        let isElected =
            peers.count >= plan.topology.quorum
            && statusAsks[member, default: 0] > trouble.asksBeforeLeader
        let isRestored = content(of: host) == .restored
        guard let proof = plan.snapshot?.proof else { return nil }
        return ModelEtcd(
            endpoint: host.target.member.clientURLs.first ?? "",
            identity: WALIdentity(
                memberID: trouble.memberID ?? own.memberID,
                clusterID: trouble.clusterID ?? own.clusterID
            ),
            leader: isElected ? peers.first?.memberID : nil,
            store: ModelStore(
                revision: isRestored ? proof.revision : proof.revision + 5,
                compacted: proof.compactRevision,
                hashKV: trouble.hashKV ?? (isRestored ? proof.hashKV : ~proof.hashKV),
                keys: trouble.keys ?? proof.keys,
                trouble
            ),
            trouble: trouble
        )
    }

    /// One that the cluster let go ends at once; a learner counts for no quorum.
    private func etcd(
        of host: ModelHost,
        _ own: WALIdentity,
        _ trouble: ModelTrouble,
        _ membership: ModelMembership
    ) -> ModelEtcd? {
        guard membership.entry(own.memberID) != nil else { return nil }
        let serving = plan.targets.compactMap { hosts[$0.name].flatMap(identity)?.memberID }
        return ModelEtcd(
            endpoint: host.target.member.clientURLs.first ?? "",
            identity: own,
            leader: membership.leader(among: serving),
            store: ModelStore(
                revision: ModelMembership.revision,
                compacted: -1,
                hashKV: trouble.hashKV ?? ModelMembership.hashKV,
                keys: ModelMembership.keys,
                trouble
            ),
            trouble: trouble
        )
    }

    func later(of member: String, own: Int64?, newest: Int64) -> CommandResult {
        guard let etcd = etcd(of: member) else {
            return CommandResult(ending: .exited(0), output: Array("end=yes\n".utf8))
        }
        let answers = etcd.later(own: own, newest: newest)
        return CommandResult(ending: .exited(0), output: Array(answers.utf8))
    }

    /// What `MembershipScript` prints on the host of who is asked: nothing without a leader.
    func told(by member: String) -> [String] {
        guard case .agent? = hosts[member]?.target.role, let membership,
            etcd(of: member)?.leader != nil
        else { return [] }
        return membership.lines
    }

    /// What the effect does to the cluster; what etcd refuses is told as it does.
    mutating func changeMembership(
        _ kind: EffectKind,
        by member: String
    ) -> ModelHost.CommandFailure? {
        guard var membership, let host = hosts[member] else { return nil }
        if kind == .joinCluster { return membership.refusalOfJoin }
        guard case .agent(let change)? = host.target.role else { return nil }
        guard etcd(of: member)?.leader != nil else {
            return ModelHost.CommandFailure(message: "etcdserver: no leader")
        }
        let serving = plan.targets.compactMap { hosts[$0.name].flatMap(identity)?.memberID }
        let isInSync =
            troubles[change.name]?.isNeverInSync != true
            && serving.contains(ModelMembership.newID)
        let failure = membership.apply(kind, change, serving, isInSync: isInSync)
        self.membership = membership
        return failure
    }

    /// What the etcd that is asked serves: a drill asks the one that it started.
    private func content(of host: ModelHost) -> ModelHost.Content? {
        host.target.scratch == nil ? host.data.member : host.staged.member
    }

    /// Whose data the running etcd has; nil where none runs.
    private func identity(of host: ModelHost) -> WALIdentity? {
        guard host.target.scratch == nil ? host.isActive : host.isScratchActive else { return nil }
        switch content(of: host) {
        case .old: return host.target.oldIdentity
        case .restored: return host.restored
        case .others: return ModelHost.others
        case .torn, .tornWithWAL, nil: return nil
        }
    }
}
