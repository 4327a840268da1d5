package import ClusterInventory
package import EtcdModel

/// A member as its host, or the others, tell of it.
package struct DiscoveredMember: Sendable, Hashable {
    package var name: String
    package var host: String
    /// `ssh` of its own: user and port.
    package var user: String?
    package var port: Int?
    package var peerURLs: [String]
    package var clientURLs: [String]
    package var etcd: EtcdSettings
    package var service: ServiceSettings?
    package var clusterID: ClusterID?
    /// What could not be known, or looks wrong, a sentence each.
    package var remarks: [String]

    /// From its own host; what the cluster says of it goes before what its settings say, which etcd
    /// ignores once it has data.
    package init(
        host: String,
        user: String?,
        port: Int?,
        service: ServiceSettings,
        binDir: String? = nil,
        facts: HostFacts,
        files: ClientFiles?,
        list: MemberList?
    ) {
        self.host = host
        self.user = user
        self.port = port
        self.service = service
        clusterID = facts.live?.clusterID
        remarks = []
        let told = facts.configuration["initial-advertise-peer-urls"].map(Self.urls)
        let entry =
            facts.live.flatMap { list?[$0.memberID] } ?? told.flatMap { list?.member(at: $0) }
            ?? list?.entries.first { $0.name == facts.configuration["name"] }
            ?? (told == nil ? list?.only(on: host) : nil)
        name = entry?.name ?? facts.configuration["name"] ?? ""
        if name.isEmpty {
            name = "default"
            remarks.append("its name could not be known: etcd calls itself default then")
        }
        peerURLs = entry?.peerURLs ?? told ?? []
        if peerURLs.isEmpty {
            peerURLs = ["http://\(host.contains(":") ? "[\(host)]" : host):2380"]
            remarks.append("its peer URL could not be known, and is only likely")
        } else if entry == nil {
            remarks.append("no member list could be had: its peer URL is what its settings say")
        } else if let told, told.sorted() != peerURLs.sorted() {
            remarks.append(
                "its settings say \(told.joined(separator: ",")), which etcd ignores: it has data"
            )
        }
        clientURLs =
            entry?.clientURLs ?? facts.configuration["advertise-client-urls"].map(Self.urls) ?? []
        etcd = EtcdSettings(
            dataDir: facts.dataDir?.path ?? facts.configuration["data-dir"],
            walDir: facts.walDir?.path ?? facts.configuration["wal-dir"],
            user: facts.dataDir?.user ?? Self.filled(facts.unit.user),
            group: facts.dataDir?.group ?? Self.filled(facts.unit.group),
            binDir: binDir,
            cacert: files?.tls.cacert,
            cert: files?.tls.cert,
            key: files?.tls.key
        )
        if etcd.dataDir == nil { remarks.append("its data directory could not be known") }
        if facts.dataDir?.exists == false {
            remarks.append("its data directory is not there: owner and group could not be known")
            (etcd.user, etcd.group) = (Self.filled(facts.unit.user), Self.filled(facts.unit.group))
        }
        if let file = facts.configuration.unreadableFile {
            remarks.append("its settings could not be known: \(file) cannot be read")
        }
        switch files?.isProven {
        case true: break
        case false:
            guard clientURLs.first?.hasPrefix("http://") != true else { break }
            remarks.append("whether these certificates let etcdctl in could not be known")
        case nil:
            if clientURLs.first?.hasPrefix("http://") != true {
                remarks.append("the certificates for etcdctl could not be known")
            }
        }
        if facts.refusal != nil {
            remarks.append(
                "authentication is on: set auth-user and auth-password-file to a user with the role root"
            )
        }
        if facts.tools.etcdctl == nil {
            remarks.append("etcdctl is neither in the PATH there nor beside etcd: set bin-dir")
        }
        if !facts.isRoot {
            remarks.append("commands do not run as root there: some of this may be missing")
        }
    }

    /// One that only the others tell of.
    package init(notAsked entry: MemberList.Entry, host: String) {
        name = entry.name.isEmpty ? "default" : entry.name
        self.host = host
        user = nil
        port = nil
        peerURLs = entry.peerURLs
        clientURLs = entry.clientURLs
        etcd = EtcdSettings()
        service = nil
        clusterID = nil
        remarks = ["not asked: the cluster has it, and this is all that the others know of it"]
        if entry.isLearner { remarks.append("it is a learner") }
    }

    package static func urls(_ text: String) -> [String] {
        text.split(separator: ",").map(String.init)
    }

    private static func filled(_ text: String) -> String? { text.isEmpty ? nil : text }
}

extension MemberList {
    /// The member whose peer URL is on this host; nil where there is none, or more than one.
    ///
    /// It tells who a dead member is whose settings cannot be read: as an unknown one it would be in the inventory twice.
    fileprivate func only(on host: String) -> Entry? {
        let there = entries.filter { entry in
            entry.peerURLs.contains { PeerAddress($0)?.host == host }
        }
        return there.count == 1 ? there.first : nil
    }
}
