package import EtcdModel
package import RemoteHost

/// What the operator wrote down of a cluster.
///
/// What is nil is read from the hosts.
package struct Inventory: Sendable, Hashable {
    /// Names runs and locks; what `restore` asks for before it starts.
    package var clusterName: String
    /// nil (`auto` in the file): a fresh one every run, so that old members can never rejoin.
    package var token: String?
    /// In the order of the file.
    package var members: [InventoryMember]
    package var groups: [String: [String]]
    package var objectives: Objectives
}

package struct InventoryMember: Sendable, Hashable {
    package var member: Member
    package var endpoint: HostEndpoint
    package var etcd: EtcdSettings
    package var service: ServiceSettings
}

/// etcd on one host, under etcd's own flag names.
package struct EtcdSettings: Sendable, Hashable, Codable {
    package var dataDir: String?
    package var walDir: String?
    package var user: String?
    package var group: String?
    /// Where etcdctl and etcdutl are; nil: the host's PATH.
    package var binDir: String?
    /// Client TLS, as paths on the member.
    package var cacert: String?
    package var cert: String?
    package var key: String?

    package init(
        dataDir: String? = nil,
        walDir: String? = nil,
        user: String? = nil,
        group: String? = nil,
        binDir: String? = nil,
        cacert: String? = nil,
        cert: String? = nil,
        key: String? = nil
    ) {
        self.dataDir = dataDir
        self.walDir = walDir
        self.user = user
        self.group = group
        self.binDir = binDir
        self.cacert = cacert
        self.cert = cert
        self.key = key
    }
}

package struct ServiceSettings: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case systemd
    }
    package var kind: Kind
    package var unit: String

    package init(kind: Kind = .systemd, unit: String = "etcd.service") {
        self.kind = kind
        self.unit = unit
    }
}

/// What a restore is measured against.
package struct Objectives: Sendable, Hashable {
    /// Longest acceptable time from start to proof.
    package var rto: Duration?
    /// Longest acceptable age of the data.
    package var rpo: Duration?

    package init(rto: Duration? = nil, rpo: Duration? = nil) {
        self.rto = rto
        self.rpo = rpo
    }
}
