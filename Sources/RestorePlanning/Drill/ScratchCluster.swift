import ClusterInventory
import EtcdModel
import RemoteHost

/// Makes the members of a drill's cluster from those of production.
///
/// Nobody else can reach it. Clients have a socket in a directory that only root and etcd's user can
/// pass; peers have a port of their own, with production's certificates; and its token, hence its
/// cluster ID, is no other cluster's: etcd closes the connection of a peer from another one (rafthttp,
/// `checkClusterCompatibilityFromHeader`).
struct ScratchCluster: Sendable {
    let settings: DrillSettings
    let run: RunID
    let snapshot: SnapshotProof
    /// How many of its host's members come before each member.
    let ranks: [Int]

    /// The same member, reached elsewhere.
    func member(_ member: Member, at index: Int, paths: MemberPaths) -> Member {
        var scratch = member
        scratch.peerURLs = [peerURL(of: member, at: index)]
        scratch.clientURLs = ["unix://\(directory(paths))/\(clientSocket(index))"]
        return scratch
    }

    /// What is started for a target of the topology that `member(_:at:paths:)` makes.
    func start(
        _ target: MemberTarget,
        at index: Int,
        topology: ClusterTopology,
        facts: HostFacts?
    ) -> ScratchMember {
        let client = "unix://\(clientSocket(index))"
        let peers = target.member.peerURLs.joined(separator: ",")
        let flags: [(String, String)] =
            [
                ("name", target.name),
                ("data-dir", target.paths.staging),
            ] + (target.paths.stagedWAL.map { [("wal-dir", $0)] } ?? []) + [
                ("initial-advertise-peer-urls", peers),
                ("listen-peer-urls", listenURL(target, at: index, facts)),
                ("advertise-client-urls", client),
                ("listen-client-urls", client),
                ("initial-cluster", topology.initialCluster),
                ("initial-cluster-token", topology.token),
                ("initial-cluster-state", "existing"),
            ] + inherited(facts)
        return ScratchMember(
            runner: runner(index),
            command: [facts?.tools.etcd?.path ?? "etcd"] + flags.map { "--\($0.0)=\($0.1)" },
            directory: directory(target.paths),
            limits: settings.limits(for: snapshot)
        )
    }

    private func runner(_ index: Int) -> ScratchMember.Runner {
        switch settings.place {
        case .members:
            .systemd(unit: DrillSettings.unit(of: run, rank: ranks[index]))
        case .here(let directory, let logs):
            .process(
                lock: "\(directory)/m\(index + 1).running",
                log: "\(logs)/m\(index + 1).log"
            )
        }
    }

    private func directory(_ paths: MemberPaths) -> String {
        switch settings.place {
        case .members: paths.staging
        case .here(let directory, _): directory
        }
    }

    /// etcd 3.4 wants `host:port` behind `unix://`, and makes a file of that name where it was started.
    private func clientSocket(_ index: Int) -> String {
        switch settings.place {
        case .members: "client:2379"
        case .here: "m\(index + 1):2379"
        }
    }

    private func peerURL(of member: Member, at index: Int) -> String {
        switch settings.place {
        case .members:
            member.peerURLs.first.map { Self.url($0, port: peerPort(index)) } ?? ""
        case .here: "unix://m\(index + 1):2380"
        }
    }

    private func peerPort(_ index: Int) -> Int { settings.peerPort(rank: ranks[index]) }

    private func listenURL(
        _ target: MemberTarget,
        at index: Int,
        _ facts: HostFacts?
    ) -> String {
        let own = target.member.peerURLs.first ?? ""
        guard settings.place == .members else { return own }
        if let listens = facts?.configuration["listen-peer-urls"]?.split(separator: ",").first {
            return Self.url(String(listens), port: peerPort(index))
        }
        guard let address = PeerAddress(own), let end = own.firstRange(of: "://") else {
            return own
        }
        // etcd listens on addresses, not on names
        return address.isName
            ? "\(own[..<end.upperBound])0.0.0.0:\(peerPort(index))" : own
    }

    /// The same scheme and host with another port.
    static func url(_ url: String, port: Int) -> String {
        guard let colon = url.lastIndex(of: ":") else { return url }
        return "\(url[..<colon]):\(port)"
    }

    /// What of production's own settings makes the rehearsal a true one.
    private func inherited(_ facts: HostFacts?) -> [(String, String)] {
        guard let facts else { return [] }
        let tls = settings.place == .members ? Self.peerTLS : []
        return (Self.tuning + tls).compactMap { flag in
            facts.configuration[flag].map { (flag, $0) }
        }
    }

    private static let tuning = [
        "heartbeat-interval", "election-timeout", "quota-backend-bytes", "max-request-bytes",
        "max-txn-ops", "snapshot-count", "auth-token",
    ]

    static let peerTLS = [
        "peer-cert-file", "peer-key-file", "peer-client-cert-file", "peer-client-key-file",
        "peer-client-cert-auth", "peer-trusted-ca-file", "peer-crl-file", "peer-cert-allowed-cn",
        "peer-cert-allowed-hostname", "cipher-suites", "tls-min-version", "tls-max-version",
    ]
}

extension Inventory {
    /// How many members of a member's own host come before it: two of one host are seldom, and legal.
    func rank(of index: Int) -> Int {
        let endpoint = members[index].endpoint
        return members[..<index].count {
            $0.endpoint.host == endpoint.host && $0.endpoint.port == endpoint.port
        }
    }
}
