import RemoteHost
import EtcdModel
package import RestorePlanning

/// Asks the members of a plan who leads them now; a rollback stops that one last.
package struct LeaderProbe: Sendable {
    let fleet: Fleet

    package init(fleet: Fleet) {
        self.fleet = fleet
    }

    /// The leader's name; nil where nobody answers: what is stopped has no leader to wait for.
    package func leader(of targets: [MemberTarget]) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            for target in targets {
                group.addTask { await isLeader(target) ? target.name : nil }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
    }

    private func isLeader(_ target: MemberTarget) async -> Bool {
        guard let link = fleet[target.name], let client = EtcdClient(target: target) else {
            return false
        }
        // a host that cannot be asked is met again by the rollback itself, which says why
        guard let answer = try? await link.run(client.status(timeoutSeconds: 3)),
            let status = EndpointStatus.single(answer.output)
        else { return false }
        return status.leader == status.memberID
    }
}
