package import EtcdModel
import Glibc
package import RemoteHost

/// Opens a snapshot wherever it lies, and proves it.
///
/// A plain file of this machine is read where it is. Everything else is read once, as a stream, and
/// kept in an encrypted spool without a name.
package struct SnapshotOpening: Sendable {
    /// Reads a file of a member's host into a sink; throws `SourceFailure` or `HostFailure`.
    package typealias Fetch =
        @Sendable (_ member: String, _ path: String, _ sink: any ByteSink) async throws -> Void

    private let location: SnapshotLocation
    private let surroundings: SourceSurroundings
    /// Called once a spool is needed.
    private let spoolDirectory: @Sendable () throws -> String
    private let fetch: Fetch

    /// The location is a snapshot's own: `latest` has been chosen already (`LatestWalk`).
    package init(
        _ location: SnapshotLocation,
        surroundings: SourceSurroundings,
        spoolDirectory: @escaping @Sendable () throws -> String,
        fetch: @escaping Fetch
    ) {
        if case .bucket(let place) = location { precondition(!place.isNewest, "not chosen yet") }
        self.location = location
        self.surroundings = surroundings
        self.spoolDirectory = spoolDirectory
        self.fetch = fetch
    }

    /// Reads it once, and proves it.
    ///
    /// Cancelling the task ends it within a second.
    /// - Throws: `SnapshotFileError`, `SourceFailure`, `HostFailure`, `CancellationError`, and what
    ///   making the spool's directory throws.
    package func prove() async throws -> ProvenSnapshot {
        if case .member(let name, let path) = location {
            return try await proveMembers(name, path)
        }
        let opening = self
        return try await OwnThread.run(surroundings.patience) { try opening.proveHere() }
    }

    /// On a thread of its own.
    private func proveHere() throws -> ProvenSnapshot {
        switch location {
        case .file(let path): return try proveFile(path)
        case .standardInput:
            return try spooled(
                Origin.standardInput(surroundings),
                location,
                name: "the snapshot on standard input"
            )
        case .bucket(let place):
            let client = BucketClient(place: place, surroundings: surroundings)
            return try spooled(try client.origin(), location, name: "\(place)")
        case .member: preconditionFailure("a member's file comes by another task")
        }
    }

    private func proveFile(_ path: String) throws -> ProvenSnapshot {
        let origin = try Origin.file(path)
        let stream = LayeredStream(origin, name: path, surroundings: surroundings)
        guard try SnapshotLayer(stream.beginning()) == nil else {
            return try spooled(stream, location)
        }
        let proof = try LocalSnapshot(path: path).prove()
        return ProvenSnapshot(
            location: location,
            layers: [],
            proof: proof,
            stream: { try FileByteStream(path: path, from: $0) },
            hashKV: {
                try SnapshotProver.hashKV(of: try OpenSnapshot(path), $0, sha256: proof.sha256)
            }
        )
    }

    private func proveMembers(_ name: String, _ path: String) async throws -> ProvenSnapshot {
        let (output, sink) = try PipeSink.pipe(surroundings.patience)
        let (location, fetch, opening) = (location, fetch, self)
        let fetching = Task {
            defer { sink.close() }
            try await fetch(name, path, sink)
        }
        let read: Result<ProvenSnapshot, any Error>
        do {
            let proven = try await withTaskCancellationHandler {
                try await OwnThread.run(surroundings.patience) {
                    try opening.spooled(
                        Origin(output: output),
                        location,
                        name: "\(location)"
                    )
                }
            } onCancel: {
                fetching.cancel()
            }
            read = .success(proven)
        } catch {
            sink.abandon()
            fetching.cancel()
            read = .failure(error)
        }
        // where the host failed, that is the cause of whatever the reader thought of it
        if case .failure(let cause) = await fetching.result, !sink.hasRefused, !isCancelled(cause) {
            throw cause
        }
        return try read.get()
    }

    private func isCancelled(_ error: any Error) -> Bool {
        (error as? HostFailure)?.kind == .cancelled || error is CancellationError
    }

    private func spooled(
        _ origin: Origin,
        _ location: SnapshotLocation,
        name: String
    ) throws -> ProvenSnapshot {
        try spooled(LayeredStream(origin, name: name, surroundings: surroundings), location)
    }

    private func spooled(
        _ stream: LayeredStream,
        _ location: SnapshotLocation
    ) throws -> ProvenSnapshot {
        let (spool, proof) = try Spooling.prove(stream, in: spoolDirectory)
        return ProvenSnapshot(
            location: location,
            layers: stream.layers.map(\.rawValue),
            remarks: stream.remarks,
            proof: proof,
            stream: { SpoolStream(spool, from: $0) },
            hashKV: { try SnapshotProver.hashKV(of: spool, $0) }
        )
    }
}

/// A snapshot that is proven, and whose bytes are at hand.
package struct ProvenSnapshot: Sendable {
    package let location: SnapshotLocation
    /// What it was wrapped in, the outermost first.
    package let layers: [String]
    /// What is to be told of how it was opened, a sentence each.
    package var remarks: [String] = []
    package let proof: SnapshotProof
    /// Its plain bytes from a place on, as often as they are asked for.
    package let stream: @Sendable (_ offset: UInt64) throws -> any ByteStream
    /// What `endpoint hashkv` says of this data, at a revision and a compaction; reads it twice.
    package let hashKV: @Sendable (_ range: HashedRange) throws -> UInt32

    /// The same, without blocking the thread that other tasks run on.
    /// - Throws: `SnapshotFileError`.
    @Sendable
    package func hashKVOnOwnThread(_ range: HashedRange) async throws -> UInt32 {
        let hashKV = hashKV
        return try await OwnThread.run(Patience()) { try hashKV(range) }
    }
}
