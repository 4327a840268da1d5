package import EtcdModel

/// What one member of the cluster is told to change about who belongs to it.
package struct MembershipChange: Sendable, Hashable, Codable {
    /// The member that is changed, by its name.
    package var name: String
    /// Who it was until now; nil where the cluster does not know it any more.
    package var oldID: MemberID?
    /// `--initial-advertise-peer-urls` of the one that comes.
    package var peerURLs: [String]

    package init(name: String, oldID: MemberID?, peerURLs: [String]) {
        self.name = name
        self.oldID = oldID
        self.peerURLs = peerURLs
    }

    /// The one that came: it has the peer URLs, and is not the old one.
    package func newcomer(in list: MemberList) -> MemberList.Entry? {
        list.member(at: peerURLs).flatMap { $0.id == oldID ? nil : $0 }
    }
}

/// What makes a member join a cluster at its next start, instead of beginning one.
///
/// etcd reads `initial-cluster` and `initial-cluster-state` as long as it has no write-ahead log, and
/// never again (`bootstrap`, server/etcdserver/bootstrap.go of 3.5): they are given for one start, and the
/// unit's own settings stay as they are.
package struct JoinSettings: Sendable, Hashable, Codable {
    /// ExecStart as the unit's files have it.
    package var execStart: String
    /// `--initial-cluster`: all members that the cluster has, and this one.
    package var initialCluster: String
    /// etcd with a configuration file reads nothing else; nil without one.
    package var configFile: String?

    package init(execStart: String, initialCluster: String, configFile: String?) {
        self.execStart = execStart
        self.initialCluster = initialCluster
        self.configFile = configFile
    }
}
