import EtcdModel

/// Proves that the running cluster is the restored one, and that it takes writes.
///
/// Every member must answer with the predicted IDs and one leader, hold the HashKV that was computed
/// from the snapshot file at its revision with its number of keys, have no alarm, and pass a write through consensus that changes nothing.
package struct VerifyCluster: Step {
    package let name = "verify-cluster"
    package let summary = "prove that every member serves exactly the snapshot"
    package let defaults = StepLimits(retries: 0, timeoutSeconds: 600)
    package let requires: Set<Condition> = [.membersStarted]
    package let establishes: Set<Condition> = [.clusterProven]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        [
            Stage(
                "prove every member",
                proof: ExpectedCluster(
                    clusterID: cluster.topology.clusterID,
                    members: cluster.targets.map {
                        ExpectedMember(name: $0.name, id: $0.memberID)
                    },
                    data: ExpectedData(cluster.snapshot, raisedBy: cluster.revisionBump)
                )
            )
        ] + ownChecks(cluster)
    }

    private func ownChecks(_ cluster: PlannedCluster) -> [Stage] {
        guard !cluster.checks.isEmpty, let first = cluster.targets.first else { return [] }
        let checks = DataChecks(
            member: first.name,
            revision: ExpectedData(cluster.snapshot, raisedBy: cluster.revisionBump).revision,
            checks: cluster.checks
        )
        return [Stage("check the data", dataChecks: checks)]
    }
}
