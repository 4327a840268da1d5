import EtcdModel
import RemoteHost
import RestorePlanning

/// The hosts of one cluster and the etcds that run on them.
struct ModelCluster {
    let plan: Plan
    /// By the member's name.
    var hosts: [String: ModelHost]
    var troubles: [String: ModelTrouble] = [:]
    private var statusAsks: [String: Int] = [:]

    init(_ plan: Plan) {
        self.plan = plan
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
            revision: isRestored ? proof.revision : proof.revision + 5,
            hashKV: trouble.hashKV ?? (isRestored ? proof.hashKV : ~proof.hashKV),
            keys: trouble.keys ?? proof.keys,
            trouble: trouble
        )
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
        case .torn, .tornWithWAL, nil: return nil
        }
    }
}
