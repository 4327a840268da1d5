/// What is proven of a snapshot file, all computed from its bytes.
package struct SnapshotProof: Sendable, Hashable, Codable {
    /// SHA-256 of the whole file, trailer included; lower-case hex.
    package var sha256: String
    /// The file's size, trailer included.
    package var bytes: UInt64
    /// etcd's revision: the highest of any record and of the compaction.
    package var revision: Int64
    /// The compacted revision, or -1 where there was no compaction.
    package var compactRevision: Int64
    /// Keys that `get --prefix ""` would return.
    package var keys: Int
    /// All records of all buckets, as `etcdutl snapshot status` of 3.5 counts them.
    package var totalKeys: Int
    /// What `endpoint hashkv` will say on every member after the restore.
    package var hashKV: UInt32
    /// The members of the cluster that the snapshot was taken from.
    package var members: [SnapshotMember]
    /// Alarms that the restored cluster will start with, as `NOSPACE` or `CORRUPT`.
    package var alarms: [String]
    /// Whether the restored cluster will ask for credentials.
    package var authEnabled: Bool
    /// Users with the role root; nil in proofs older than this.
    package var rootUsers: [String]?
    package var leases: Int
    /// As in the `cluster` bucket, "3.5.0"; nil where it is missing.
    package var clusterVersion: String?
    /// As in the `meta` bucket since etcd 3.6, "3.6.0"; nil where it is missing.
    package var storageVersion: String?
    /// What the HashKV after a raised revision is computed from; nil in plans older than this.
    package var latestRecords: LatestRecords?

    package init(
        sha256: String,
        bytes: UInt64,
        revision: Int64,
        compactRevision: Int64,
        keys: Int,
        totalKeys: Int,
        hashKV: UInt32,
        members: [SnapshotMember] = [],
        alarms: [String] = [],
        authEnabled: Bool = false,
        rootUsers: [String]? = nil,
        leases: Int = 0,
        clusterVersion: String? = nil,
        storageVersion: String? = nil,
        latestRecords: LatestRecords? = nil
    ) {
        self.sha256 = sha256
        self.bytes = bytes
        self.revision = revision
        self.compactRevision = compactRevision
        self.keys = keys
        self.totalKeys = totalKeys
        self.hashKV = hashKV
        self.members = members
        self.alarms = alarms
        self.authEnabled = authEnabled
        self.rootUsers = rootUsers
        self.leases = leases
        self.clusterVersion = clusterVersion
        self.storageVersion = storageVersion
        self.latestRecords = latestRecords
    }
}

/// The records that are left when everything up to the newest revision is compacted.
package struct LatestRecords: Sendable, Hashable, Codable {
    /// CRC-32C of `key` and then of each record's key and value, as HashKV counts them.
    package var crc32c: UInt32
    /// The main revision of the last record, a deletion included; 0 in an empty bucket, of which etcd
    /// says that it is at revision 1.
    package var lastRevision: Int64
    /// HashKV once the newest revision is compacted; nil in proofs older than this.
    ///
    /// It differs from `crc32c` by the record of an earlier raise.
    package var hashKV: UInt32?

    package init(crc32c: UInt32, lastRevision: Int64, hashKV: UInt32? = nil) {
        self.crc32c = crc32c
        self.lastRevision = lastRevision
        self.hashKV = hashKV
    }
}

/// The record that `snapshot restore --bump-revision` appends: the empty value at the new revision
/// (`unsafeBumpRevision`, etcdutl/snapshot/v3_snapshot.go of 3.5.10).
enum RaisedRecord {
    /// The CRC-32C of what came before it, and of it.
    static func crc32c(of revision: Int64, after before: UInt32) -> UInt32 {
        var key: [UInt8] = []
        func append(_ number: Int64) {
            for shift in stride(from: 56, through: 0, by: -8) {
                key.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
            }
        }
        append(revision)
        key.append(UInt8(ascii: "_"))
        append(0)
        return CRC32C.of(key[...], after: before)
    }
}

extension SnapshotProof {
    /// Whether both are of the same bytes; what an older Rekindle read in them may differ.
    package func isOfSameFile(as other: SnapshotProof) -> Bool {
        sha256 == other.sha256 && bytes == other.bytes
    }

    /// The revision after `snapshot restore --bump-revision=N`.
    ///
    /// The tool counts from the newest record, which a compaction may have taken: then the revision
    /// is as high as that compaction was.
    package func revision(raisedBy amount: Int64) -> Int64 {
        max((latestRecords?.lastRevision ?? revision).adding(saturating: amount), revision)
    }

    /// What `endpoint hashkv` will say after `snapshot restore --bump-revision=N --mark-compacted`;
    /// nil if the proof is older than this.
    ///
    /// The tool marks the revision of the record that it appends as compacted.
    package func hashKV(raisedBy amount: Int64) -> UInt32? {
        guard let latestRecords else { return nil }
        return RaisedRecord.crc32c(
            of: latestRecords.lastRevision.adding(saturating: amount),
            after: latestRecords.crc32c
        )
    }
}

/// A member of the cluster that a snapshot was taken from.
package struct SnapshotMember: Sendable, Hashable, Codable {
    package var id: MemberID
    package var name: String
    package var peerURLs: [String]

    package init(id: MemberID, name: String, peerURLs: [String]) {
        self.id = id
        self.name = name
        self.peerURLs = peerURLs
    }
}
