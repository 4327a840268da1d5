import ClusterInventory
import RunJournal
import SnapshotSource
import SnapshotStore

/// Gives a proven snapshot its name at the destination, its manifest, and its line of the audit log.
struct SnapshotStoring: Sendable {
    let context: CommandContext
    let cluster: String
    let destination: any SnapshotDestination
    /// The innermost first.
    let layers: [PackingLayer]
    let surroundings: SourceSurroundings

    /// What it will be called, and when it was asked for, in seconds since 1970.
    struct Name: Sendable {
        var snapshot: SnapshotName
        var takenAt: Double
    }

    /// Everything that can be wrong before a member is asked.
    ///
    /// - Throws: `DestinationFailure`, and what the audit log throws.
    func prepare() async throws -> Name {
        let takenAt = context.world.now
        let name = SnapshotName(
            cluster: cluster,
            takenAt: takenAt,
            suffixes: layers.map(\.suffix)
        )
        // one that is damaged is told before anything is written
        _ = try audit().records(BackupRecord.self)
        try await destination.prepare(for: name.text)
        return Name(snapshot: name, takenAt: takenAt)
    }

    /// - Throws: `DestinationFailure`, `SourceFailure`, `CancellationError`, and what the audit log
    ///   throws.
    func store(
        _ proven: ProvenSnapshot,
        as name: Name,
        of member: String,
        etcdVersion: String,
        recoveredFrom: SnapshotManifest.Recovery? = nil
    ) async throws -> StoredSnapshot {
        let stream = try PackingStream(
            try proven.stream(0),
            layers: layers,
            surroundings: surroundings
        )
        try await destination.put(name.snapshot.text, stream)
        let manifest = SnapshotManifest(
            snapshot: name.snapshot.text,
            cluster: cluster,
            takenAt: UTCTime.text(name.takenAt),
            member: member,
            etcdVersion: etcdVersion,
            proof: proven.proof,
            stored: SnapshotManifest.StoredBytes(bytes: stream.bytes, sha256: stream.sha256()),
            layers: layers.reversed().map(\.name),
            recoveredFrom: recoveredFrom
        )
        do {
            try await destination.put(name.snapshot.manifest, ArrayStream(try manifest.encoded()))
        } catch {
            // without its manifest nobody would ever prune it
            try? await destination.delete([name.snapshot.text])
            throw error
        }
        let stored = StoredSnapshot(
            name: name.snapshot,
            bytes: stream.bytes,
            manifest: manifest,
            state: .proven
        )
        try await audit().append([
            BackupRecord(.saved, stored, in: destination.description, context.world)
        ])
        return stored
    }

    private func audit() throws -> AuditLog {
        AuditLog(in: try StateDirectory(makingAt: context.store.path))
    }
}
