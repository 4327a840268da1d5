import EtcdModel
import FoundationEssentials
import RestorePlanning
import Testing

@testable import RestoreEngine

/// Answers of one member, as `ProofScript` prints them.
enum ModelProof {
    /// Each question with what etcdctl printed, and how it ended.
    static func lines(_ said: [(name: String, text: String, status: Int)]) -> String {
        said.map { name, text, status in
            "\(name)=\(Data(text.utf8).base64EncodedString())\n\(name).status=\(status)\n"
        }
        .joined() + "end=yes\n"
    }

    static func answers(
        _ said: [(name: String, text: String, status: Int)]
    ) throws -> ProofAnswers {
        try #require(ProofAnswers(lines(said)))
    }

    static func hashKV(
        _ hash: UInt32,
        revision: Int64,
        compacted: Int64,
        hashed: Int64? = nil
    ) -> String {
        let hashRevision = hashed.map { ",\"hash_revision\":\($0)" } ?? ""
        return """
            [{"Endpoint":"x","HashKV":{"header":{"cluster_id":9,"member_id":1,\
            "revision":\(revision),"raft_term":2},"hash":\(hash),\
            "compact_revision":\(compacted)\(hashRevision)}}]
            """
    }

    static func status(
        revision: Int64,
        member: Int = 1,
        leader: Int = 1,
        applied: Int = 8
    ) throws -> EndpointStatus {
        let json = """
            [{"Endpoint":"x","Status":{"header":{"cluster_id":9,"member_id":\(member),\
            "revision":\(revision),"raft_term":2},"version":"3.5.16","dbSize":1,\
            "leader":\(leader),"raftIndex":\(applied),"raftTerm":2,\
            "raftAppliedIndex":\(applied)}}]
            """
        return try #require(EndpointStatus.single(Array(json.utf8)))
    }

    static let compacted = "Error: etcdserver: mvcc: required revision has been compacted"
    static let written = "{\"header\":{\"member_id\":1},\"responses\":[]}"
}
