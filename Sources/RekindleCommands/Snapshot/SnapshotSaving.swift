import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RunJournal
import RunReport
import SnapshotSource
import SnapshotStore

/// From a member that serves to a proven file with a manifest at the destination.
struct SnapshotSaving: Sendable {
    let context: CommandContext
    let inventory: Inventory
    let fleet: Fleet
    let destination: any SnapshotDestination
    /// The innermost first.
    let layers: [PackingLayer]
    let surroundings: SourceSurroundings
    /// The only member to be asked, whatever its state; nil for the best of all.
    let wanted: String?

    /// - Throws: `DestinationFailure`, `SourceFailure`, `SnapshotFileError`, `HostFailure`,
    ///   `CommandEnd`, `CancellationError`, and what the audit log throws.
    @concurrent
    func run() async throws -> StoredSnapshot {
        let takenAt = context.world.now
        let name = SnapshotName(
            cluster: inventory.clusterName,
            takenAt: takenAt,
            suffixes: layers.map(\.suffix)
        )
        let audit = AuditLog(in: try StateDirectory(makingAt: context.store.path))
        // one that is damaged is told before anything is written
        _ = try audit.records(BackupRecord.self)
        try await destination.prepare(for: name.text)
        let (proven, candidate) = try await prove()
        let stream = try PackingStream(
            try proven.stream(0),
            layers: layers,
            surroundings: surroundings
        )
        try await destination.put(name.text, stream)
        let manifest = SnapshotManifest(
            snapshot: name.text,
            cluster: inventory.clusterName,
            takenAt: UTCTime.text(takenAt),
            member: candidate.name,
            etcdVersion: candidate.live.version,
            proof: proven.proof,
            stored: SnapshotManifest.StoredBytes(bytes: stream.bytes, sha256: stream.sha256()),
            layers: layers.reversed().map(\.name)
        )
        do {
            try await destination.put(name.manifest, ArrayStream(try manifest.encoded()))
        } catch {
            // without its manifest nobody would ever prune it
            try? await destination.delete([name.text])
            throw error
        }
        let stored = StoredSnapshot(
            name: name,
            bytes: stream.bytes,
            manifest: manifest,
            state: .proven
        )
        try await audit.append([
            BackupRecord(.saved, stored, in: destination.description, context.world)
        ])
        return stored
    }

    /// Asks one member after the other, until one gives a snapshot that is proven.
    private func prove() async throws -> (ProvenSnapshot, SaveCandidate) {
        let findings = await context.findings(inventory, fleet)
        let candidates = SaveCandidate.all(inventory, findings, only: wanted)
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
        // a connection of its own: nobody else is to wait for the bytes
        let own = fleet.apart()
        guard let link = own[candidate.name] else { preconditionFailure("it is in the fleet") }
        let save = MemberSave(candidate: candidate, link: link)
        let opening = SnapshotOpening(
            .member(name: candidate.name, path: "\(candidate.folder)/snapshot.db"),
            surroundings: surroundings,
            spoolDirectory: { [path = context.store.path] in path },
            fetch: { _, _, sink in try await save.fetch(into: sink) }
        )
        let proven: Result<ProvenSnapshot, any Error>
        do {
            proven = .success(try await opening.prove())
        } catch {
            proven = .failure(error)
        }
        await own.close()
        let found = try proven.get()
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
