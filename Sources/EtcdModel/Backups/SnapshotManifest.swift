/// What lies beside a kept snapshot: where it is from, what was proven of it, what must still be so.
///
/// A file of JSON, `NAME.manifest.json`, described in docs/BACKUPS.md. It has no secret in it.
package struct SnapshotManifest: Sendable, Hashable, Codable {
    /// A manifest of another version is not read.
    package static let currentVersion = 1

    package var version: Int
    package var cluster: String
    /// RFC 3339, UTC: when etcd was asked for it.
    package var takenAt: String
    /// The member that it was saved from.
    package var member: String
    /// Of that member's etcd; nil where it did not tell.
    package var etcdVersion: String?
    /// The snapshot's file, beside the manifest.
    package var file: String
    /// Of that file, packed as it is.
    package var storedBytes: UInt64
    /// Of that file; lower-case hex.
    package var storedSHA256: String
    /// What it is wrapped in, the outermost first, each by its program.
    package var layers: [String]
    /// What the proof of the unpacked snapshot said.
    package var snapshot: Content
    /// The program that wrote this.
    package var writtenBy: String

    package struct Content: Sendable, Hashable, Codable {
        package var sha256: String
        package var bytes: UInt64
        package var revision: Int64
        package var compactRevision: Int64
        package var keys: Int
        package var totalKeys: Int
        /// What `endpoint hashkv` says on every member that is restored from it.
        package var hashKV: UInt32
        package var members: [Member]

        package struct Member: Sendable, Hashable, Codable {
            package var name: String
            /// As etcd prints it.
            package var id: String
        }

        package init(_ proof: SnapshotProof) {
            sha256 = proof.sha256
            bytes = proof.bytes
            revision = proof.revision
            compactRevision = proof.compactRevision
            keys = proof.keys
            totalKeys = proof.totalKeys
            hashKV = proof.hashKV
            members = proof.members.map { Member(name: $0.name, id: $0.id.description) }
        }
    }

    package init(
        cluster: String,
        takenAt: Int64,
        member: String,
        etcdVersion: String?,
        file: String,
        storedBytes: UInt64,
        storedSHA256: String,
        layers: [String],
        proof: SnapshotProof,
        writtenBy: String
    ) {
        version = Self.currentVersion
        self.cluster = cluster
        self.takenAt = SnapshotName.text(takenAt)
        self.member = member
        self.etcdVersion = etcdVersion
        self.file = file
        self.storedBytes = storedBytes
        self.storedSHA256 = storedSHA256
        self.layers = layers
        snapshot = Content(proof)
        self.writtenBy = writtenBy
    }

    /// Where a proof says something else than what was proven when it was saved; empty where it agrees.
    package func differences(_ proof: SnapshotProof) -> [String] {
        let now = Content(proof)
        var differences: [String] = []
        func compare<Value: Equatable>(_ what: String, _ path: KeyPath<Content, Value>) {
            let (then, now) = (snapshot[keyPath: path], now[keyPath: path])
            if then != now {
                differences.append("\(what): the manifest says \(then), the file \(now)")
            }
        }
        compare("SHA-256", \.sha256)
        compare("size", \.bytes)
        compare("revision", \.revision)
        compare("keys", \.keys)
        compare("HashKV", \.hashKV)
        return differences
    }
}
