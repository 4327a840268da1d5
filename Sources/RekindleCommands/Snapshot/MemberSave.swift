import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import SnapshotSource

/// A member that can be asked for a snapshot.
struct SaveCandidate: Sendable {
    var name: String
    var client: EtcdClient
    var live: LiveMember
    /// On the member; made for the save, and removed after it.
    var folder: String

    /// Followers before the leader, which has the most to do; then whoever is furthest.
    ///
    /// A learner may lag behind, and a member without a leader may be behind the others: neither is
    /// asked unless it is the one that is wanted.
    static func all(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        only wanted: String?
    ) -> [SaveCandidate] {
        inventory.members.filter { wanted == nil || $0.member.name == wanted }
            .compactMap {
                SaveCandidate($0, findings[$0.member.name]?.facts, whatever: wanted != nil)
            }
            .sorted {
                ($0.live.isLeader ? 1 : 0, -$0.live.revision, $0.name)
                    < ($1.live.isLeader ? 1 : 0, -$1.live.revision, $1.name)
            }
    }

    private init?(_ member: InventoryMember, _ facts: HostFacts?, whatever isWanted: Bool) {
        guard let facts, let live = facts.live, isWanted || live.leader != nil && !live.isLearner,
            let etcdctl = facts.tools.etcdctl?.path, let data = facts.dataDir?.realPath,
            let url = member.member.clientURLs.first
                ?? facts.configuration["advertise-client-urls"]?.split(separator: ",").first
                .map(String.init)
        else { return nil }
        name = member.member.name
        self.live = live
        client = EtcdClient(
            program: etcdctl,
            endpoint: url,
            tls: ClientTLS(
                cacert: member.etcd.cacert,
                cert: member.etcd.cert,
                key: member.etcd.key
            )
        )
        folder = "\(data).rekindle-save"
    }

    /// Why nobody can be asked, a line for each member.
    static func reasons(_ inventory: Inventory, _ findings: [String: MemberFindings]) -> [String] {
        inventory.members.map { member in
            let name = member.member.name
            let why: String =
                switch findings[name] {
                case .unreachable(let failure): failure.description
                case .unreadable(let text): text
                case nil: "was not asked"
                case .facts(let facts):
                    if facts.tools.etcdctl == nil {
                        "has no etcdctl"
                    } else if let live = facts.live {
                        live.isLearner ? "is a learner" : "has no leader: the cluster has no quorum"
                    } else {
                        "its etcd does not answer"
                    }
                }
            return why.hasPrefix(name) ? why : "\(name): \(why)"
        }
    }
}

/// Has a member write a snapshot, and streams it here; nothing of it stays on the member.
struct MemberSave: Sendable {
    let candidate: SaveCandidate
    let link: HostLink

    /// What is left free beside the snapshot: etcd's own disk must not fill up.
    private static let reserve: UInt64 = 256 << 20

    /// One command, so that the end of the connection is the end of all of it.
    ///
    /// Then etcdctl is ended, and what it wrote is removed. What a power cut leaves is removed by the next save.
    private static let script = """
        umask 077
        folder=$1 need=$2
        shift 2
        exec 9<"$(dirname -- "$folder")" || exit 73
        flock -n 9 || exit 75
        rm -rf -- "$folder"
        free=$(stat -f -c '%a * %S' -- "$(dirname -- "$folder")") || exit 73
        free=$(($free))
        [ "$free" -ge "$need" ] || { echo "$free bytes are free, $need are needed" >&2; exit 74; }
        # a closed pipe ends cat a moment before the watchdog asks all to end: rm must outlive that
        clean() { trap '' HUP INT TERM; rm -rf -- "$folder"; }
        trap clean EXIT
        trap 'clean; exit 143' HUP INT TERM
        mkdir -m 0700 -- "$folder" || exit 73
        "$@" >&2 || exit 76
        exec 8<"$folder/snapshot.db" || exit 73
        # its name goes before its first byte does: from here on nothing of it can stay
        rm -rf -- "$folder"
        cat <&8
        """

    var command: RemoteCommand {
        let need = UInt64(max(0, candidate.live.databaseBytes)) + Self.reserve
        let words = candidate.client.saveSnapshot("\(candidate.folder)/snapshot.db")
        return .script(
            Self.script,
            [candidate.folder, String(need)] + words,
            endsWithConnection: true
        )
    }

    /// - Throws: `SourceFailure`, `HostFailure`.
    func fetch(into sink: any ByteSink) async throws {
        let result = try await link.run(
            command,
            output: .sink(sink),
            limits: CommandLimits(deadline: .seconds(24 * 3600))
        )
        guard !result.isSuccess else { return }
        let folder = candidate.folder
        let (fact, hint): (String, String) =
            switch result.ending {
            case .exited(73):
                ("cannot write in \(folder)", "it is written as root where `become` says so")
            case .exited(74):
                ("there is no room for a snapshot beside its data", "make room on that disk")
            case .exited(75):
                ("another save runs there", "wait until it is done; one that died holds nothing")
            case .exited(76):
                (
                    "etcdctl snapshot save failed",
                    "`rekindle check` tells more; with authentication on, the client certificate must "
                        + "be of root"
                )
            default:
                ("the snapshot broke off (\(result.ending))", "try again")
            }
        throw SourceFailure(
            "\(candidate.name): \(fact)",
            evidence: result.lastLines().split(separator: "\n").map(String.init),
            hint: hint
        )
    }
}
