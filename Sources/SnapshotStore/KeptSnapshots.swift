package import EtcdModel
package import RemoteHost

/// A place where snapshots are kept: a directory, a bucket.
///
/// A file is there under its own name only once all of it is, with its manifest beside it.
package protocol KeptSnapshots: Sendable {
    /// As a person names it.
    var place: String { get }
    /// All whose names are of the form, the oldest first; what else is there is nobody's business here.
    func list() async throws -> [KeptSnapshot]
    /// Keeps a snapshot and its manifest, which is made once the size is known.
    ///
    /// - Returns: the manifest, as it is there.
    /// - Throws: where the name is taken, too: nothing is ever overwritten. Nothing is there under the name then.
    func keep(
        _ name: SnapshotName,
        _ plain: any ByteStream,
        as pipe: SnapshotPacking,
        proof: SnapshotProof,
        manifest: @Sendable (StoredBytes) -> SnapshotManifest
    ) async throws -> SnapshotManifest
    /// The snapshot first: a manifest alone says of nothing that it is there.
    func delete(_ snapshot: KeptSnapshot) async throws
    /// Where a restore is told to find it.
    func location(of file: String) -> String
}
