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
    /// Hosts that a playbook's hooks may act on, by the group's name.
    package var groups: [String: [String]]
    package var objectives: Objectives
    /// nil: nobody is told how a drill went.
    package var notify: NotifySettings?
    /// How to get into a host that is no member; its `host` is empty.
    private let otherHosts: HostEndpoint
    /// What is known of hosts of groups that are no members, by the name in the file.
    private let groupHosts: [String: HostEndpoint]

    package init(
        clusterName: String,
        token: String? = nil,
        members: [InventoryMember],
        groups: [String: [String]] = [:],
        objectives: Objectives = Objectives(),
        notify: NotifySettings? = nil,
        otherHosts: HostEndpoint,
        groupHosts: [String: HostEndpoint] = [:]
    ) {
        self.clusterName = clusterName
        self.token = token
        self.members = members
        self.groups = groups
        self.objectives = objectives
        self.notify = notify
        self.otherHosts = otherHosts
        self.groupHosts = groupHosts
    }

    /// How to get into a host of a group: as a member does, where it is one's name or host.
    package func endpoint(of host: String) -> HostEndpoint {
        if let member = members.first(where: { $0.isAt(host) }) { return member.endpoint }
        if let endpoint = groupHosts[host] { return endpoint }
        var endpoint = otherHosts
        endpoint.host = host
        return endpoint
    }
}

/// One member, with the defaults of the file filled in.
package struct InventoryMember: Sendable, Hashable {
    /// No client URLs: they are read from the host.
    package var member: Member
    package var endpoint: HostEndpoint
    package var etcd: EtcdSettings
    package var service: ServiceSettings

    package init(
        member: Member,
        endpoint: HostEndpoint,
        etcd: EtcdSettings = EtcdSettings(),
        service: ServiceSettings = ServiceSettings()
    ) {
        self.member = member
        self.endpoint = endpoint
        self.etcd = etcd
        self.service = service
    }
}

extension InventoryMember {
    /// Whether a group means it: by its name, or its host as the file or OpenSSH's configuration has it.
    package func isAt(_ host: String) -> Bool {
        member.name == host || endpoint.host == host || endpoint.config?.host == host
    }
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
    /// Where authentication is on: a user with the role root.
    package var authUser: String?
    /// The file on the coordinator with that user's password; absolute.
    package var authPasswordFile: String?

    package init(
        dataDir: String? = nil,
        walDir: String? = nil,
        user: String? = nil,
        group: String? = nil,
        binDir: String? = nil,
        cacert: String? = nil,
        cert: String? = nil,
        key: String? = nil,
        authUser: String? = nil,
        authPasswordFile: String? = nil
    ) {
        self.dataDir = dataDir
        self.walDir = walDir
        self.user = user
        self.group = group
        self.binDir = binDir
        self.cacert = cacert
        self.cert = cert
        self.key = key
        self.authUser = authUser
        self.authPasswordFile = authPasswordFile
    }

    /// nil if etcd is asked without a user's name.
    package var login: EtcdLogin? {
        guard let authUser, let authPasswordFile else { return nil }
        return EtcdLogin(user: authUser, passwordFile: authPasswordFile)
    }

    /// etcd's flag names; also the keys of the file, in the order in which they are shown.
    enum CodingKeys: String, CodingKey, CaseIterable {
        case dataDir = "data-dir"
        case walDir = "wal-dir"
        case user, group
        case binDir = "bin-dir"
        case cacert, cert, key
        case authUser = "auth-user"
        case authPasswordFile = "auth-password-file"

        /// Whether no host can tell it.
        var isOfLogin: Bool { self == .authUser || self == .authPasswordFile }
    }

    subscript(key: CodingKeys) -> String? {
        switch key {
        case .dataDir: dataDir
        case .walDir: walDir
        case .user: user
        case .group: group
        case .binDir: binDir
        case .cacert: cacert
        case .cert: cert
        case .key: self.key
        case .authUser: authUser
        case .authPasswordFile: authPasswordFile
        }
    }

    /// What is read from the host is written as null, so that a reader sees every key.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        for key in CodingKeys.allCases { try container.encode(self[key], forKey: key) }
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
