import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import SnapshotSource
import SnapshotStore

/// From a member that serves to a proven file with a manifest at the destination.
struct SnapshotSaving: Sendable {
    let context: CommandContext
    let inventory: Inventory
    let fleet: Fleet
    let storing: SnapshotStoring
    let surroundings: SourceSurroundings
    /// The only member to be asked, whatever its state; nil for the best of all.
    let wanted: String?

    /// - Throws: `DestinationFailure`, `SourceFailure`, `SnapshotFileError`, `HostFailure`,
    ///   `CommandEnd`, `CancellationError`, and what the audit log throws.
    @concurrent
    func run() async throws -> StoredSnapshot {
        let name = try await storing.prepare()
        let (proven, candidate) = try await prove()
        return try await storing.store(
            proven,
            as: name,
            of: candidate.name,
            etcdVersion: candidate.live.version
        )
    }

    /// Asks one member after the other, until one gives a snapshot that is proven.
    private func prove() async throws -> (ProvenSnapshot, SaveCandidate) {
        let findings = await context.findings(inventory, fleet)
        let candidates = SaveCandidate.all(
            inventory,
            findings,
            only: wanted,
            whatever: wanted != nil
        )
        guard !candidates.isEmpty else {
            context.terminal.problem(
                wanted.map { "\($0) cannot be asked for a snapshot" }
                    ?? "no member of \(inventory.clusterName) can be asked for a snapshot",
                evidence: SaveCandidate.reasons(inventory, findings),
                hint:
                    "`rekindle check` tells more; a member whose process runs still gives its own "
                    + "snapshot without a quorum: --from NAME"
            )
            throw CommandEnd(status: .refused)
        }
        var failures: [any Error] = []
        for candidate in candidates {
            do {
                return (try await prove(candidate), candidate)
            } catch {
                if Task.isCancelled { throw CancellationError() }
                guard let problem = SourceProblem(error) else { throw error }
                failures.append(error)
                if candidate.name != candidates.last?.name {
                    context.terminal.note("note: \(problem.fact); the next member is asked")
                }
            }
        }
        throw failures.first ?? CancellationError()
    }

    private func prove(_ candidate: SaveCandidate) async throws -> ProvenSnapshot {
        context.terminal.note(
            "saving from \(candidate.name), "
                + (candidate.live.isLeader ? "the leader" : "a follower")
                + ", \(ByteText.describe(UInt64(max(0, candidate.live.databaseBytes))))"
        )
        let found = try await HostSnapshot.served(candidate)
            .prove(fleet, surroundings, spool: context.store.path)
        // it was asked after it had said that it is there
        guard found.proof.revision >= candidate.live.revision else {
            throw SourceFailure(
                "\(candidate.name): the snapshot is at revision \(found.proof.revision), and the "
                    + "member was at \(candidate.live.revision) before",
                hint: "the member has lost data; `rekindle check`, then save from another"
            )
        }
        return found
    }
}
