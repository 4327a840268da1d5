import ClusterInventory
import EtcdModel
import RestoreEngine
import RestorePlanning
import SnapshotSource
import SnapshotStore

/// From members without a quorum to the best of their data as a proven snapshot at the destination.
struct SnapshotRecovery: Sendable {
    let context: CommandContext
    let inventory: Inventory
    let fleet: Fleet
    let storing: SnapshotStoring
    let surroundings: SourceSurroundings
    /// The only member that is looked at; nil for all.
    let wanted: String?
    let withoutWAL: Bool
    /// Members that are left out of the restore: their data counts only where it agrees.
    var fenced: [String] = []
    /// The restore whose set-aside data is recovered; nil for the data that the members have in place.
    var setAsideBy: Plan?

    /// What became of one member's data.
    enum Outcome: Sendable {
        case proven(Survivor, ProvenSnapshot)
        case lost(LostMember)
    }

    /// - Throws: `DestinationFailure`, `SourceFailure`, `CommandEnd`, `CancellationError`, and what
    ///   the audit log throws.
    @concurrent
    func run() async throws -> SnapshotRecoveryResult {
        var (survivors, lost) = try await found()
        if let wanted {
            survivors.removeAll { $0.name != wanted }
            lost.removeAll { $0.name != wanted }
        }
        let name = try await storing.prepare()
        let outcomes = try await prove(survivors, lost)
        let found = outcomes.compactMap { outcome in
            if case .proven(let survivor, let proven) = outcome { (survivor, proven) } else { nil }
        }
        guard !found.isEmpty else {
            context.terminal.problem(
                "no data of \(inventory.clusterName) could be recovered",
                evidence: SurvivorTable.losses(outcomes),
                hint: SurvivorTable.hint(outcomes)
                    ?? "restore the newest snapshot: `rekindle snapshot list` shows what is kept"
            )
            throw CommandEnd(status: .refused)
        }
        let comparison = try SurvivorComparison(
            found.map { survivor, proven in
                SurvivorComparison.Entry(
                    member: survivor.name,
                    cluster: survivor.cluster,
                    memberIDs: survivor.memberIDs(proven.proof),
                    proof: proven.proof,
                    hashKV: proven.hashKV
                )
            },
            fenced: fenced
        )
        try requireOneTruth(comparison, outcomes)
        guard let (survivor, proven) = found.first(where: { $0.0.name == comparison.best.member })
        else { preconditionFailure("the best is one of them") }
        let stored = try await storing.store(
            proven,
            as: name,
            of: survivor.name,
            etcdVersion: survivor.etcdVersion,
            recoveredFrom: survivor.recoveredFrom
        )
        return SnapshotRecoveryResult(
            outcomes: outcomes,
            comparison: comparison,
            survivor: survivor,
            stored: stored
        )
    }

    private func found() async throws -> (survivors: [Survivor], lost: [LostMember]) {
        guard let setAsideBy else {
            return Survivor.find(
                inventory,
                try await findingsWithoutQuorum(),
                withoutWAL: withoutWAL
            )
        }
        return Survivor.setAside(
            by: setAsideBy,
            await context.findings(inventory, fleet),
            withoutWAL: withoutWAL
        )
    }

    /// Refused where nobody but a person can say which data is the cluster's.
    private func requireOneTruth(
        _ comparison: SurvivorComparison,
        _ outcomes: [Outcome]
    ) throws(CommandEnd) {
        let fact: String
        let hint: String
        let name = comparison.best.member
        if !comparison.foreign(except: fenced).isEmpty {
            let clusters = comparison.clusters.map { id, members in
                "\(members.joined(separator: ", ")) of \(id?.description ?? "an unknown cluster")"
            }
            fact =
                "the members hold data of different clusters: " + clusters.joined(separator: "; ")
            hint =
                "a member that was left out of an earlier restore keeps the data of before, whose "
                + "revisions count something else; `rekindle runs` shows the restores. --from NAME takes "
                + "the data of the member that you name"
        } else if !comparison.disagreeing(except: fenced).isEmpty {
            fact = "the members do not hold the same data: one of them is corrupt"
            hint =
                "recover each with --from NAME, look into each by `rekindle snapshot verify` and a "
                + "drill, and restore the one that you trust"
        } else {
            let others = comparison.uncompared(except: fenced)
            guard !others.isEmpty else { return }
            fact =
                "\(others.joined(separator: ", ")) cannot be compared with \(name), which was "
                + "compacted later than that data ends"
            hint = "--from \(name) takes the data of \(name), the furthest, as it is"
        }
        context.terminal.problem(
            fact,
            evidence: SurvivorTable.lines(outcomes, comparison),
            hint: "nothing was stored; " + hint
                + " (`rekindle snapshot recover --from NAME --to DEST`, then `restore --snapshot`)"
        )
        throw CommandEnd(status: .refused)
    }

    /// A cluster that serves has newer data than any copy of a member's.
    ///
    /// A member whose peers have just died names its leader until an election timeout has passed
    /// (a second, unless etcd is told otherwise): a few are asked again before they are believed.
    private func findingsWithoutQuorum() async throws -> [String: MemberFindings] {
        let needed = inventory.members.count / 2 + 1
        var led: [String] = []
        for attempt in 1...Self.attempts {
            if attempt > 1 { try await Task.sleep(for: .seconds(2)) }
            let findings = await context.findings(inventory, fleet)
            led = inventory.members.map(\.member.name).filter {
                findings[$0]?.facts?.live?.leader != nil
            }
            if led.isEmpty { return findings }
            if led.count >= needed { break }
            if attempt < Self.attempts {
                context.terminal.note(
                    "\(Self.following(led)), but \(led.count) of \(inventory.members.count) is no "
                        + "quorum: asking again"
                )
            }
        }
        context.terminal.problem(
            "\(inventory.clusterName) has a quorum: \(Self.following(led))",
            hint:
                "`rekindle snapshot save` takes all that is in it; one failed member comes back by "
                + "`rekindle member rebuild` or `rekindle member replace`"
        )
        throw CommandEnd(status: .refused)
    }

    private static let attempts = 4

    private static func following(_ members: [String]) -> String {
        members.joined(separator: ", ")
            + (members.count == 1 ? " follows a leader" : " follow a leader")
    }

    /// All at once: each on its own host.
    private func prove(
        _ survivors: [Survivor],
        _ lost: [LostMember]
    ) async throws -> [Outcome] {
        var outcomes: [String: Outcome] = [:]
        for member in lost { outcomes[member.name] = .lost(member) }
        try await withThrowingTaskGroup { group in
            for survivor in survivors {
                group.addTask {
                    (survivor.name, try await prove(survivor.identified(over: fleet)))
                }
            }
            for try await (name, outcome) in group { outcomes[name] = outcome }
        }
        return inventory.members.compactMap { outcomes[$0.member.name] }
    }

    private func prove(_ survivor: Survivor) async throws -> Outcome {
        guard let snapshot = survivor.snapshot else {
            return .lost(
                LostMember(
                    name: survivor.name,
                    reason: "its WAL cannot be replayed: there is no etcd and etcdctl on its host",
                    hint: "put the programs of its version there; --without-wal takes its database "
                        + "alone, which lacks the last writes"
                )
            )
        }
        context.terminal.note("\(survivor.name): reading \(survivor.words)")
        do {
            let proven = try await snapshot.prove(
                fleet,
                surroundings,
                spool: context.store.path
            )
            return .proven(survivor, proven)
        } catch {
            if Task.isCancelled { throw CancellationError() }
            guard let problem = SourceProblem(error) else { throw error }
            let prefix = "\(survivor.name): "
            let fact =
                problem.fact.hasPrefix(prefix)
                ? String(problem.fact.dropFirst(prefix.count)) : problem.fact
            return .lost(
                LostMember(
                    name: survivor.name,
                    reason: ([fact] + problem.evidence).joined(separator: "; "),
                    hint: problem.hint
                )
            )
        }
    }
}

/// What was recovered, and what was looked at.
struct SnapshotRecoveryResult: Sendable {
    let outcomes: [SnapshotRecovery.Outcome]
    let comparison: SurvivorComparison
    /// Whose data it is.
    let survivor: Survivor
    let stored: StoredSnapshot
}
