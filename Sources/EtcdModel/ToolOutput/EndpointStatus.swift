/// What one endpoint says in `etcdctl endpoint status -w json`.
package struct EndpointStatus: Sendable, Hashable {
    package var clusterID: ClusterID
    package var memberID: MemberID
    package var revision: Int64
    package var raftTerm: UInt64
    /// How much of the log it has applied; nil where it does not say.
    package var appliedIndex: UInt64?
    package var version: String
    package var databaseBytes: Int64
    /// nil without a leader.
    package var leader: MemberID?
    package var isLearner: Bool
    package var errors: [String]

    /// The answer of the one endpoint that was asked; nil where there is none.
    package static func single(_ output: [UInt8]) -> EndpointStatus? {
        guard let answers = ToolJSON.decode([Answer].self, output), answers.count == 1,
            let status = answers.first?.Status, let cluster = status.header.cluster_id,
            let member = status.header.member_id
        else { return nil }
        return EndpointStatus(
            clusterID: ClusterID(rawValue: cluster),
            memberID: MemberID(rawValue: member),
            revision: status.header.revision ?? 0,
            raftTerm: status.raftTerm ?? 0,
            appliedIndex: status.raftAppliedIndex,
            version: status.version ?? "",
            databaseBytes: status.dbSize ?? 0,
            leader: status.leader.flatMap { $0 == 0 ? nil : MemberID(rawValue: $0) },
            isLearner: status.isLearner ?? false,
            errors: status.errors ?? []
        )
    }

    private struct Answer: Decodable {
        var Status: Fields
    }

    /// Numbers that are zero and flags that are false are left out.
    private struct Fields: Decodable {
        var header: ResponseHeader
        var version: String?
        var dbSize: Int64?
        var leader: UInt64?
        var raftTerm: UInt64?
        var raftAppliedIndex: UInt64?
        var isLearner: Bool?
        var errors: [String]?
    }
}
