import EtcdModel
import RestorePlanning

/// What a proof asks of the running cluster, in words.
enum ProofWords {
    static func sentence(_ expected: ExpectedCluster) -> String {
        let names = expected.members.map(\.name).joined(separator: ", ")
        let demands = demands(expected)
        if expected.isReadOnly {
            let most = demands.dropLast().joined(separator: ", ")
            return "\(names): each must answer with \(most) and \(demands.last ?? "")"
        }
        return "\(names): each must answer with \(demands.joined(separator: ", ")) and "
            + "no alarm, and take a write through consensus that changes nothing"
    }

    static func sentence(_ comparison: CopyComparison) -> String {
        let names = comparison.copies.map(\.member).joined(separator: ", ")
        let isMixed = Set(comparison.copies.map(\.tool)).count > 1
        return
            "\(names): the content of each restored database, by the tool's own hash, must be that of the others"
            + (isMixed ? " that have the same version of etcd's tool" : "")
    }

    /// Each thing that a member's answer must show, as a noun.
    private static func demands(_ expected: ExpectedCluster) -> [String] {
        let cluster = expected.clusterID.map { "cluster ID \($0)" } ?? "one and the same cluster ID"
        let data =
            expected.data.map {
                [
                    "revision \($0.revision)", counted($0.keys, "key", "keys"),
                    "HashKV \($0.hashKV)",
                ]
            } ?? (expected.agreesOnData ? ["the same data as the others at one revision"] : [])
        return [cluster, "the member ID that is its own", "one and the same leader"] + data
    }
}
