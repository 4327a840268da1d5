package import EtcdModel
import FoundationEssentials
import Glibc
package import RemoteHost
package import SnapshotSource

/// Snapshots in a directory of this machine: files for their owner alone (0600).
package struct DirectoryStore: KeptSnapshots {
    private let path: String
    private let surroundings: SourceSurroundings

    /// An absolute path; it is made where it is missing, for its owner alone (0700).
    package init(_ path: String, surroundings: SourceSurroundings) {
        self.path = path
        self.surroundings = surroundings
    }

    package var place: String { path }
    package func location(of file: String) -> String { "\(path)/\(file)" }

    /// Before a file's own name, while it is not whole; its writer holds a lock on it.
    private static let partPrefix = ".rekindle-part-"

    package func list() async throws -> [KeptSnapshot] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw failure("cannot list", path, errno)
        }
        return names.compactMap { file -> KeptSnapshot? in
            guard let name = SnapshotName(file) else { return nil }
            var status = stat()
            guard lstat("\(path)/\(file)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return nil
            }
            let manifest = FileManager.default
                .contents(atPath: "\(path)/\(file)\(SnapshotName.manifestSuffix)")
                .flatMap { ManifestJSON.decode(Array($0)) }
            return KeptSnapshot(
                name: name,
                file: file,
                bytes: UInt64(status.st_size),
                manifest: manifest
            )
        }
        .sorted { ($0.name.takenAt, $0.file) < ($1.name.takenAt, $1.file) }
    }

    package func keep(
        _ name: SnapshotName,
        _ plain: any ByteStream,
        as packing: SnapshotPacking,
        proof: SnapshotProof,
        manifest: @Sendable (StoredBytes) -> SnapshotManifest
    ) async throws -> SnapshotManifest {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("cannot make", path, errno) }
        removeLeftParts()
        for file in [name.file, name.manifest] where access("\(path)/\(file)", F_OK) == 0 {
            throw taken(file)
        }
        let part = try Part(in: path, prefix: Self.partPrefix)
        defer { part.remove() }
        let pipe = PackingPipe(
            packing: packing,
            surroundings: surroundings,
            expectedSHA256: proof.sha256
        )
        let source = PlainSource(plain)
        let stored = try await OwnThread.run(surroundings.patience) {
            let stored = try pipe.run(source.stream) { try part.write($0) }
            try part.sync()
            return stored
        }
        let made = manifest(stored)
        let text = try Part(in: path, prefix: Self.partPrefix)
        defer { text.remove() }
        try ManifestJSON.encode(made).withUnsafeBytes { try text.write($0) }
        try text.sync()
        // the manifest first: a snapshot is never seen without it
        try publish(text, as: name.manifest)
        do {
            try publish(part, as: name.file)
        } catch {
            unlink("\(path)/\(name.manifest)")
            throw error
        }
        try syncDirectory()
        return made
    }

    package func delete(_ snapshot: KeptSnapshot) async throws {
        for file in [snapshot.file, snapshot.file + SnapshotName.manifestSuffix] {
            guard unlink("\(path)/\(file)") == 0 || errno == ENOENT else {
                throw failure("cannot delete", "\(path)/\(file)", errno)
            }
        }
        try syncDirectory()
    }

    /// Gives it its name, unless somebody has it.
    private func publish(_ part: Part, as file: String) throws(SourceFailure) {
        let final = "\(path)/\(file)"
        if link(part.path, final) == 0 { return }
        if errno == EEXIST { throw taken(file) }
        // shares and some file systems have no hard links
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno), access(final, F_OK) != 0,
            rename(part.path, final) == 0
        else { throw failure("cannot name", final, errno) }
    }

    private func syncDirectory() throws {
        let directory = Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard directory.number >= 0, fsync(directory.number) == 0 else {
            throw failure("cannot sync", path, errno)
        }
    }

    /// What a killed run left: nobody holds its lock.
    private func removeLeftParts() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix(Self.partPrefix) {
            let file = Descriptor(open("\(path)/\(name)", O_RDONLY | O_NOFOLLOW | O_CLOEXEC))
            if file.number >= 0, flock(file.number, LOCK_EX | LOCK_NB) == 0 {
                unlink("\(path)/\(name)")
            }
        }
    }

    private func taken(_ file: String) -> SourceFailure {
        SourceFailure(
            "\(path)/\(file) is there already",
            hint: "nothing is overwritten; wait a second, and save again"
        )
    }

    private func failure(_ what: String, _ path: String, _ code: Int32) -> SourceFailure {
        Self.failure(what, path, code)
    }

    fileprivate static func failure(_ what: String, _ path: String, _ code: Int32) -> SourceFailure
    {
        SourceFailure(
            "\(what) \(path): \(SystemText.of(code))",
            hint: code == ENOSPC || code == EDQUOT
                ? "make room, as with `rekindle snapshot prune`; nothing is there under a final name"
                : "check the path and its permissions"
        )
    }
}

// unchecked: handed to the one thread that reads it
private final class PlainSource: @unchecked Sendable {
    let stream: any ByteStream
    init(_ stream: any ByteStream) { self.stream = stream }
}

/// A file that is not whole yet, locked while it is written.
private final class Part: Sendable {
    let path: String
    private let file: Descriptor

    init(in directory: String, prefix: String) throws(SourceFailure) {
        path = "\(directory)/\(prefix)\(getpid())-\(UInt64.random(in: 0...(.max)))"
        file = Descriptor(open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard file.number >= 0 else { throw DirectoryStore.failure("cannot write", path, errno) }
        flock(file.number, LOCK_EX | LOCK_NB)
    }

    /// The name alone: what was published has its own.
    func remove() { unlink(path) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SourceFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file.number, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno != EINTR {
                throw DirectoryStore.failure("cannot write", path, errno)
            }
        }
    }

    func sync() throws(SourceFailure) {
        guard fsync(file.number) == 0 else {
            throw DirectoryStore.failure("cannot write", path, errno)
        }
    }
}
