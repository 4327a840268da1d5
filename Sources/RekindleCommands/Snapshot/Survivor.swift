import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import SnapshotStore

/// A member whose data can be had without a quorum.
struct Survivor: Sendable {
    enum Way: Sendable {
        /// Its etcd runs and answers.
        case served(SaveCandidate)
        /// Its etcd is stopped; the WAL is replayed on a copy.
        case replayed(StoppedData)
        /// Its etcd is stopped; its database is taken as it is.
        case database(StoppedData)
    }

    let name: String
    let way: Way
    /// The cluster that its data belongs to; nil if unknown.
    var cluster: ClusterID?

    /// What the table says of it.
    var words: String {
        switch way {
        case .served: "what its etcd gives"
        case .replayed: "its data, the WAL replayed"
        case .database: "its database, without the WAL"
        }
    }

    var recoveredFrom: SnapshotManifest.Recovery? {
        switch way {
        case .served: nil
        case .replayed: .wal
        case .database: .database
        }
    }

    var etcdVersion: String {
        switch way {
        case .served(let candidate): candidate.live.version
        case .replayed(let data), .database(let data): data.etcd?.version?.description ?? "unknown"
        }
    }

    /// nil where the host lacks the programs.
    var snapshot: HostSnapshot? {
        switch way {
        case .served(let candidate): .served(candidate)
        case .replayed(let data): .replayed(data)
        case .database(let data): .database(data)
        }
    }
}

/// Why the data of a member cannot be had.
struct LostMember: Sendable {
    let name: String
    /// Lower case, no final stop.
    let reason: String
    let hint: String?
    /// Whether it was looked at, and there is nothing to be had.
    var hasNoData = false
}

extension Survivor {
    /// Reads whose data it is: from its etcd's answer, or from the head of its WAL.
    func identified(over fleet: Fleet) async -> Survivor {
        var identified = self
        switch way {
        case .served(let candidate): identified.cluster = candidate.live.clusterID
        case .replayed(let data), .database(let data):
            identified.cluster = await data.identity(over: fleet)?.clusterID
        }
        return identified
    }

    /// The members that its database names, where they tell whose data it is: etcd forgets all but one
    /// when it replays the WAL alone.
    func memberIDs(_ proof: SnapshotProof) -> [MemberID]? {
        if case .replayed = way { nil } else { proof.members.map(\.id) }
    }

    /// Of each member, how its data can be had, or why not.
    static func find(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        withoutWAL: Bool
    ) -> (survivors: [Survivor], lost: [LostMember]) {
        let serving = SaveCandidate.all(inventory, findings, whatever: true)
        let logins = Dictionary(
            inventory.members.compactMap { member in
                member.etcd.login.map { (member.member.name, $0) }
            }
        ) { first, _ in first }
        var survivors: [Survivor] = []
        var lost: [LostMember] = []
        for member in inventory.members.map(\.member.name) {
            if let candidate = serving.first(where: { $0.name == member }) {
                survivors.append(Survivor(name: member, way: .served(candidate)))
                continue
            }
            switch findings[member] {
            case .unreachable(let failure):
                lost.append(
                    LostMember(name: member, reason: failure.description, hint: failure.hint)
                )
            case .unreadable(let text):
                lost.append(LostMember(name: member, reason: text, hint: nil))
            case nil: lost.append(LostMember(name: member, reason: "was not asked", hint: nil))
            case .facts(let facts):
                switch stopped(member, logins[member], facts) {
                case .success(let data):
                    survivors.append(
                        Survivor(
                            name: member,
                            way: withoutWAL ? .database(data) : .replayed(data)
                        )
                    )
                case .failure(let reason): lost.append(reason)
                }
            }
        }
        return (survivors, lost)
    }

    private static func stopped(
        _ member: String,
        _ login: EtcdLogin?,
        _ facts: HostFacts
    ) -> Result<StoppedData, LostMember> {
        func no(_ reason: String, _ hint: String? = nil) -> Result<StoppedData, LostMember> {
            .failure(LostMember(name: member, reason: reason, hint: hint))
        }
        guard facts.isRoot else {
            return no("its data cannot be read: commands do not run as root there", "see `become`")
        }
        if facts.live != nil { return no("its etcd answers, and there is no etcdctl to ask it") }
        if let refusal = facts.refusal {
            return no(
                "its etcd serves, with authentication on",
                refusal == .noUser
                    ? "set auth-user and auth-password-file under `etcd` in the inventory"
                    : "`rekindle check` tells what is wrong with auth-user"
            )
        }
        guard facts.unit.activity.activity == .stopped else {
            return no(
                "its etcd runs and does not answer (\(facts.unit.activity.detail))",
                "without a quorum it serves nobody: stop it there, then try again"
            )
        }
        guard let data = facts.dataDir, data.exists, let bytes = data.databaseBytes else {
            return .failure(
                LostMember(
                    name: member,
                    reason: "there is no database in "
                        + "\(facts.dataDir?.path ?? "its data directory")",
                    hint: "its data is gone, or set aside by a run: `rekindle runs list`",
                    hasNoData: true
                )
            )
        }
        guard let digest = facts.tools.digest else { return no("it has no program for SHA-256") }
        return .success(
            StoppedData(
                member: member,
                dataDir: data.realPath,
                walDir: facts.walDir?.realPath ?? "\(data.realPath)/member/wal",
                etcd: facts.tools.etcd,
                client: facts.tools.etcdctl.map {
                    EtcdClient(
                        program: $0.path,
                        endpoint: "unix://client:2379",
                        tls: nil,
                        login: login
                    )
                },
                digest: digest,
                quotaBackendBytes: facts.configuration["quota-backend-bytes"],
                databaseBytes: bytes
            )
        )
    }
}

extension LostMember: Error {}
