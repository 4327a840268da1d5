import FoundationEssentials
import Glibc
package import RemoteHost

/// A prefix of a bucket where files are kept, through the `aws` program.
///
/// Its calls block; they are made on threads of their own.
package struct BucketFolder: Sendable {
    package let bucket: String
    /// Empty, or with a `/` at its end.
    package let prefix: String
    private let surroundings: SourceSurroundings

    package struct Object: Sendable, Hashable {
        /// Without the prefix.
        package var name: String
        package var bytes: UInt64
    }

    /// Reads `s3://bucket` or `s3://bucket/prefix`; nil where no bucket is named.
    package init?(_ text: String, surroundings: SourceSurroundings) {
        guard text.hasPrefix("s3://") else { return nil }
        let parts = text.dropFirst("s3://".count).split(separator: "/")
        guard let bucket = parts.first else { return nil }
        self.bucket = String(bucket)
        prefix = parts.dropFirst().map { "\($0)/" }.joined()
        self.surroundings = surroundings
    }

    /// Where an object lies.
    package init(of place: BucketPlace, surroundings: SourceSurroundings) {
        bucket = place.bucket
        prefix = place.key.split(separator: "/").dropLast().map { "\($0)/" }.joined()
        self.surroundings = surroundings
    }

    /// A small object that is named like another one, with more behind its name; nil without one.
    /// - Throws: `SourceFailure`, `CancellationError`.
    package func small(_ suffix: String, beside place: BucketPlace) async throws -> [UInt8]? {
        let key = place.key + suffix
        let name = String(key.dropFirst(prefix.count))
        guard try await objects(named: name).contains(where: { $0.name == name }) else {
            return nil
        }
        return try await onThread { [self] in
            try client(name).answer(
                ["s3", "cp", "--only-show-errors", "s3://\(bucket)/\(key)", "-"],
                atMost: 1 << 20
            )
        }
    }

    package var description: String { "s3://\(bucket)/\(prefix)" }

    private func client(_ name: String) -> BucketClient {
        BucketClient(
            place: BucketPlace(bucket: bucket, key: prefix + name),
            surroundings: surroundings
        )
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await OwnThread.run(surroundings.patience, body)
    }

    /// What lies under the prefix and in no folder below it.
    /// - Throws: `SourceFailure`, `CancellationError`.
    package func objects(named name: String = "") async throws -> [Object] {
        try await onThread { [self] in
            try BucketListing(client: client(name)).rows(below: prefix + name).compactMap { row in
                let name = String(row.key.dropFirst(prefix.count))
                guard !name.isEmpty, !name.contains("/") else { return nil }
                return Object(name: name, bytes: row.bytes)
            }
        }
    }

    /// Everything that lies there; with the folders below it, and with what is no snapshot.
    /// - Throws: `SourceFailure` where there is nothing, `CancellationError`.
    package static func latestObjects(
        at place: BucketPlace,
        surroundings: SourceSurroundings
    ) async throws -> [LatestObject] {
        try await OwnThread.run(surroundings.patience) {
            try BucketListing(client: BucketClient(place: place, surroundings: surroundings))
                .latestObjects()
        }
    }

    /// All objects whose names end so, in one go; they are small.
    ///
    /// The folder is empty, and its owner's to remove.
    /// - Throws: `SourceFailure`, `CancellationError`.
    package func fetch(endingIn suffix: String, into folder: String) async throws {
        try await onThread { [self] in
            _ = try client("").answer(
                [
                    "s3", "cp", "--recursive", "--only-show-errors", "--exclude", "*",
                    "--include", "*\(suffix)", "--exclude", "*/*", description, folder,
                ],
                atMost: 1 << 20
            )
        }
    }

    /// Uploads under the object's own name, which it has once it is whole.
    ///
    /// There is no other name before: to rename is to copy and to delete, which takes more rights
    /// than to write, and where objects are locked it keeps the snapshot twice.
    /// - Throws: `SourceFailure`, `CancellationError`, and what the stream throws.
    package func put(
        _ name: String,
        expecting bytes: UInt64?,
        _ stream: any ByteStream
    ) async throws {
        try await onThread { [self] in
            try BucketUpload.run(client(name), stream, expecting: bytes)
        }
    }

    /// Deletes objects, at most a thousand; those that are gone already are no failure.
    /// - Throws: `SourceFailure`, `CancellationError`.
    package func delete(_ names: [String]) async throws {
        struct Key: Encodable { var Key: String }
        struct Request: Encodable {
            var Objects: [Key]
            var Quiet = true
        }
        let request = Request(Objects: names.map { Key(Key: prefix + $0) })
        let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        try await onThread { [self] in
            let answer = try client("").answer(
                [
                    "s3api", "delete-objects", "--bucket", bucket, "--output", "json",
                    "--delete", text,
                ],
                atMost: 1 << 20
            )
            let said = String(decoding: answer, as: UTF8.self)
            guard !said.contains("Errors") else {
                throw SourceFailure(
                    "\(description): not everything could be deleted",
                    evidence: said.split(separator: "\n").suffix(5).map(String.init),
                    hint:
                        "the credentials need s3:DeleteObject there, and the objects must not be locked"
                )
            }
        }
    }
}
