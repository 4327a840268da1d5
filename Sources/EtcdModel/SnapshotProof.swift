/// What is proven of a snapshot file, all computed from its bytes.
package struct SnapshotProof: Sendable, Hashable, Codable {
    /// SHA-256 of the whole file, trailer included; lower-case hex.
    package var sha256: String
    /// The file's size, trailer included.
    package var bytes: UInt64
    /// The highest main revision in the `key` bucket.
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
    package var leases: Int
    /// As in the `cluster` bucket, "3.5.0"; nil where it is missing.
    package var clusterVersion: String?

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
        leases: Int = 0,
        clusterVersion: String? = nil
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
        self.leases = leases
        self.clusterVersion = clusterVersion
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
