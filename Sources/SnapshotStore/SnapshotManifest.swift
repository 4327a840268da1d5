package import EtcdModel
import FoundationEssentials

/// What is known of a stored snapshot, beside it as `SNAPSHOT.manifest.json`.
///
/// `docs/BACKUPS.md` describes its fields.
package struct SnapshotManifest: Sendable, Hashable, Codable {
    package static let currentVersion = 1
    /// One that is larger is none.
    package static let largestBytes = 1 << 20

    package var version: Int
    /// The name of the file that it is about.
    package var snapshot: String
    package var cluster: String
    /// When the snapshot was asked for: RFC 3339, in UTC.
    package var takenAt: String
    /// Which member gave it, by its name in the inventory.
    package var member: String
    /// As that member says, "3.5.16".
    package var etcdVersion: String
    /// Of the plain snapshot, all computed from its bytes before it had its name.
    package var proof: SnapshotProof
    /// Of the file as it is stored, with its layers.
    package var stored: StoredBytes
    /// What it is wrapped in, the outermost first: `gzip`, `zstd`, `gpg`, `age`.
    package var layers: [String]
    /// What it was made of where its member did not serve; nil for one that etcd itself saved.
    package var recoveredFrom: Recovery?

    package enum Recovery: String, Sendable, Hashable, Codable {
        /// The member's database, and its WAL replayed on it.
        case wal
        /// The member's database alone, without what only its WAL held.
        case database
    }

    package struct StoredBytes: Sendable, Hashable, Codable {
        package var bytes: UInt64
        /// SHA-256, in lower-case hex.
        package var sha256: String

        package init(bytes: UInt64, sha256: String) {
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    package init(
        snapshot: String,
        cluster: String,
        takenAt: String,
        member: String,
        etcdVersion: String,
        proof: SnapshotProof,
        stored: StoredBytes,
        layers: [String],
        recoveredFrom: Recovery? = nil
    ) {
        version = Self.currentVersion
        self.snapshot = snapshot
        self.cluster = cluster
        self.takenAt = takenAt
        self.member = member
        self.etcdVersion = etcdVersion
        self.proof = proof
        self.stored = stored
        self.layers = layers
        self.recoveredFrom = recoveredFrom
    }

    /// In seconds since 1970; nil where the time is none.
    package var takenAtSeconds: Double? { UTCTime.seconds(takenAt) }
}

extension SnapshotManifest {
    /// As it is written: keys in order, a line each.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads the manifest of a snapshot by its name.
    /// - Throws: `ManifestFault`.
    package init(_ bytes: [UInt8], of name: String) throws(ManifestFault) {
        struct Version: Decodable { var version: Int }
        let decoder = JSONDecoder()
        let data = Data(bytes)
        guard let found = try? decoder.decode(Version.self, from: data) else {
            throw .notAManifest
        }
        guard found.version == Self.currentVersion else { throw .version(found.version) }
        guard let manifest = try? decoder.decode(SnapshotManifest.self, from: data),
            manifest.takenAtSeconds != nil
        else { throw .notAManifest }
        guard manifest.snapshot == name else { throw .ofAnother(manifest.snapshot) }
        self = manifest
    }
}

/// Why a file that is named like a manifest says nothing.
package enum ManifestFault: Error, Sendable, Hashable, CustomStringConvertible {
    case notAManifest
    /// Written by a newer Rekindle.
    case version(Int)
    case ofAnother(String)

    package var description: String {
        switch self {
        case .notAManifest: "it is no manifest that can be read"
        case .version(let number):
            "it is of version \(number), and this program reads \(SnapshotManifest.currentVersion)"
        case .ofAnother(let name): "it is the manifest of \(name)"
        }
    }
}

/// What a snapshot is, against what its manifest says.
package struct ManifestMismatch: Error, Sendable, Hashable {
    package var what: String
    package var expected: String
    package var found: String
}

extension SnapshotManifest {
    /// Everything in which the proven bytes differ from what was proven when they were saved.
    package func mismatches(_ found: SnapshotProof) -> [ManifestMismatch] {
        // an older Rekindle missed a newest deletion that the compaction had taken
        let missedDeletion =
            proof.isOfSameFile(as: found) && proof.compactRevision == found.revision
            && found.compactRevision == found.revision
        let values: [(String, String, String)] = [
            ("SHA-256", proof.sha256, found.sha256),
            ("bytes", "\(proof.bytes)", "\(found.bytes)"),
            (
                "revision", "\(missedDeletion ? found.revision : proof.revision)",
                "\(found.revision)"
            ),
            ("keys", "\(proof.keys)", "\(found.keys)"),
            ("HashKV", "\(proof.hashKV)", "\(found.hashKV)"),
        ]
        return values.filter { $0.1 != $0.2 }
            .map { ManifestMismatch(what: $0.0, expected: $0.1, found: $0.2) }
    }
}
