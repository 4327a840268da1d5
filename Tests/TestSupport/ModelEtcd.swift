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
    /// Whether the comparison that never holds does hold.
    package var takesWrite = false
    /// Why it refuses every question about its data.
    package var dataRefusal: String?
    /// How many revisions were written since it was restored.
    package var written: Int64 = 0
    /// What it was compacted at since; nil for nothing.
    package var compacted: Int64?
    /// Whether it is one of those that refuse to hash the compacted revision itself.
    package var refusesCompactedRevision = false
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
    let store: ModelStore
    let trouble: ModelTrouble

    private var revision: Int64 { store.revision }

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
        if let revision {
            lines += answer("hashkv", hash(at: nil)) + answer("count", count(at: revision))
        }
        lines += answer("alarms", alarms, 0)
        if let refusal = trouble.writeRefusal {
            lines += answer("write", "Error: \(refusal)", 1)
        } else {
            let succeeded = trouble.takesWrite ? "\"succeeded\":true," : ""
            lines += answer("write", "{\(header),\(succeeded)\"responses\":[]}", 0)
        }
        return (lines + answer("status", status, 0) + ["end=yes", ""]).joined(separator: "\n")
    }

    /// Answers to `ProofScript.later`.
    func later(own: Int64?, newest: Int64) -> String {
        var lines: [String] = []
        if let own {
            lines += answer("own", hash(at: own)) + answer("count", count(at: newest))
        }
        lines += answer("now", hash(at: nil))
        if newest != revision { lines += answer("newest", hash(at: newest)) }
        return (lines + ["end=yes", ""]).joined(separator: "\n")
    }

    private func answer(
        _ name: String,
        _ said: Result<String, ModelStore.Refusal>
    ) -> [String] {
        switch said {
        case .success(let text): answer(name, text, 0)
        case .failure(let refusal): answer(name, "Error: etcdserver: \(refusal.words)", 1)
        }
    }

    private func answer(_ name: String, _ text: String, _ status: Int) -> [String] {
        [
            "\(name)=\(Data(text.utf8).base64EncodedString())",
            "\(name).status=\(status)",
        ]
    }

    private func hash(at revision: Int64?) -> Result<String, ModelStore.Refusal> {
        store.hash(at: revision).map {
            """
            [{"Endpoint":"\(endpoint)","HashKV":{\(header),"hash":\($0),\
            "compact_revision":\(store.compacted)}}]
            """
        }
    }

    private func count(at revision: Int64) -> Result<String, ModelStore.Refusal> {
        store.count(at: revision).map {
            """
            "ClusterID" : \(identity.clusterID.rawValue)
            "MemberID" : \(identity.memberID.rawValue)
            "Revision" : \(self.revision)
            "RaftTerm" : \(Self.term)
            "More" : true
            "Count" : \($0)
            """
        }
    }

    private var alarms: String {
        let list = trouble.alarms.map {
            #"{"memberID":\#(identity.memberID.rawValue),"alarm":\#($0)}"#
        }
        return list.isEmpty
            ? "{\(header)}" : "{\(header),\"alarms\":[\(list.joined(separator: ","))]}"
    }
}
