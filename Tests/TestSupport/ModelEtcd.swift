package import EtcdModel
import FoundationEssentials
import RestorePlanning

/// What is not as it should be with the etcd of one member.
package struct ModelTrouble: Sendable, Hashable {
    package var clusterID: ClusterID?
    package var memberID: MemberID?
    package var hashKV: UInt32?
    package var keys: Int?
    /// Numbers of `AlarmType`.
    package var alarms: [Int] = []
    /// Why it refuses a write.
    package var writeRefusal: String?
    /// How often it is asked for its status before it knows a leader.
    package var asksBeforeLeader = 0
    /// Whether it answers nothing at all, although its unit runs.
    package var isMute = false
    /// Whether it stays behind the leader as a learner, for ever.
    package var isNeverInSync = false

    package init() {}
}

/// The etcd of one member in a model cluster: what etcdctl 3.5 prints about it.
struct ModelEtcd {
    let endpoint: String
    let identity: WALIdentity
    /// nil without a quorum.
    let leader: MemberID?
    let revision: Int64
    let hashKV: UInt32
    let keys: Int
    let trouble: ModelTrouble

    private static let term = 2

    private var header: String {
        """
        "header":{"cluster_id":\(identity.clusterID.rawValue),\
        "member_id":\(identity.memberID.rawValue),"revision":\(revision),"raft_term":\(Self.term)}
        """
    }

    /// Without a leader the field is left out, and the errors say so.
    var status: String {
        let tail =
            leader.map { #""leader":\#($0.rawValue),"raftIndex":8,"raftTerm":\#(Self.term)"# }
            ?? #""raftIndex":8,"raftTerm":\#(Self.term),"errors":["etcdserver: no leader"]"#
        return """
            [{"Endpoint":"\(endpoint)","Status":{\(header),"version":"3.5.16","dbSize":20480,\
            \(tail),"raftAppliedIndex":8,"dbSizeInUse":16384}}]

            """
    }

    /// Answers to `ProofScript`, which asks for no data without a revision.
    func proof(at revision: Int64?) -> String {
        var lines: [String] = []
        if revision != nil {
            lines += answer("hashkv", hash, 0) + answer("count", count, 0)
        }
        lines += answer("alarms", alarms, 0)
        if let refusal = trouble.writeRefusal {
            lines += answer("write", "Error: \(refusal)", 1)
        } else {
            lines += answer("write", "{\(header),\"succeeded\":false,\"responses\":[]}", 0)
        }
        return (lines + answer("status", status, 0) + ["end=yes", ""]).joined(separator: "\n")
    }

    private func answer(_ name: String, _ text: String, _ status: Int) -> [String] {
        [
            "\(name)=\(Data(text.utf8).base64EncodedString())",
            "\(name).status=\(status)",
        ]
    }

    var hash: String {
        """
        [{"Endpoint":"\(endpoint)","HashKV":{\(header),"hash":\(hashKV),"compact_revision":-1}}]
        """
    }

    private var count: String {
        """
        "ClusterID" : \(identity.clusterID.rawValue)
        "MemberID" : \(identity.memberID.rawValue)
        "Revision" : \(revision)
        "RaftTerm" : \(Self.term)
        "More" : true
        "Count" : \(keys)
        """
    }

    private var alarms: String {
        let list = trouble.alarms.map {
            #"{"memberID":\#(identity.memberID.rawValue),"alarm":\#($0)}"#
        }
        return list.isEmpty
            ? "{\(header)}" : "{\(header),\"alarms\":[\(list.joined(separator: ","))]}"
    }
}
