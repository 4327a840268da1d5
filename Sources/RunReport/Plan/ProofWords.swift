import EtcdModel
import RestorePlanning

/// What a proof asks of the running cluster, in words.
enum ProofWords {
    static func sentence(_ expected: ExpectedCluster) -> String {
        let names = expected.members.map(\.name).joined(separator: ", ")
        return "\(names): each must answer with \(demands(expected).joined(separator: ", ")) and "
            + "no alarm, and take a write through consensus that changes nothing"
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
