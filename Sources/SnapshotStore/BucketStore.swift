import FoundationEssentials
import Glibc
package import RemoteHost
package import SnapshotSource

/// A prefix of an S3 bucket.
package struct BucketStore: SnapshotDestination {
    private let folder: BucketFolder

    package init(_ folder: BucketFolder) {
        self.folder = folder
    }

    package var description: String { String(folder.description.dropLast()) }

    /// - Throws: `SourceFailure`, `DestinationFailure`.
    package func prepare(for name: String) async throws {
        guard try await folder.objects(named: name).allSatisfy({ $0.name != name }) else {
            throw DestinationFailure.exists(name, in: description)
        }
    }

    package func entries() async throws -> [StoreEntry] {
        try await folder.objects().map { StoreEntry(name: $0.name, bytes: $0.bytes) }
    }

    /// They come in one call, by way of a directory of this user alone that is then removed.
    package func manifests() async throws -> [String: [UInt8]] {
        var template = Array("/tmp/rekindle-manifests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw DestinationFailure(
                .other,
                "cannot make a directory in /tmp: \(String(cString: strerror(errno)).lowercased())",
                hint: "make room there"
            )
        }
        let path = String(cString: made)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await folder.fetch(endingIn: SnapshotName.manifestSuffix, into: path)
        return try DirectoryStore(path: path).manifests()
    }

    /// S3 has no way to refuse a name that came meanwhile: names have the second in them.
    package func put(_ name: String, _ stream: any ByteStream) async throws {
        try await prepare(for: name)
        try await folder.put(name, expecting: stream.expectedBytes, stream)
    }

    /// A bucket has no lock, and needs none.
    ///
    /// A save never uses a name again, and a prune deletes only what it has seen twice.
    package func withoutSaves<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await body()
    }

    /// `delete-objects` takes 1000; so many fit into one argument.
    private static let batch = 500

    /// All snapshots before the first manifest: within one call the server has no order.
    package func delete(_ names: [String]) async throws {
        let manifests = names.filter { SnapshotName(manifest: $0) != nil }
        let others = names.filter { SnapshotName(manifest: $0) == nil }
        for part in [others, manifests] {
            var rest = part[...]
            while !rest.isEmpty {
                try await folder.delete(Array(rest.prefix(Self.batch)))
                rest = rest.dropFirst(Self.batch)
            }
        }
    }
}
