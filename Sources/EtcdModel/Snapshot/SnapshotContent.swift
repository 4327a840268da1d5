import FoundationEssentials

/// Everything that a restore must know of a snapshot's content.
package struct SnapshotContent: Sendable, Hashable {
    package var revision: Int64 = 1
    package var compactRevision: Int64 = -1
    package var keys = 0
    package var totalKeys = 0
    package var hashKV: UInt32 = 0
    package var members: [SnapshotMember] = []
    package var alarms: [String] = []
    package var authEnabled = false
    /// Users with the role root, by name.
    package var rootUsers: [String] = []
    package var leases = 0
    package var clusterVersion: String?
    package var storageVersion: String?
    package var latestRecords = LatestRecords(crc32c: 0, lastRevision: 0)

    private init() {}

    /// - Parameter database: the file without its trailing digest.
    /// - Throws: `SnapshotFault`, and what reading throws.
    package init(reading database: some DatabaseBytes) throws {
        let file = try BoltFile(database)
        let buckets = try file.buckets()
        for name in ["key", "meta"] where buckets[name] == nil {
            throw SnapshotFault.notEtcd(missing: name)
        }
        let counts = try file.count(buckets)
        totalKeys = counts.values.reduce(0, +)
        leases = counts["lease"] ?? 0
        try readSmallBuckets(file, buckets)
        let space = try KeySpace(
            file,
            buckets["key"],
            records: counts["key"] ?? 0,
            HashedRange(revision: .max, compactRevision: compactRevision)
        )
        // the compaction may have taken the newest record, a deletion
        revision = max(space.revision, compactRevision)
        keys = space.keys
        hashKV = space.hash
        latestRecords = space.latest
    }

    /// Returns what etcd answers to `endpoint hashkv`, for any revision and compaction.
    ///
    /// etcd hashes the same bytes of 3.4.0 to 3.7.1 alike; what differs is what it was compacted at
    /// when it was asked, which its answer names.
    ///
    /// - Parameters:
    ///   - database: the file without its trailing digest.
    ///   - range: the revision that is hashed at, and the compaction that the answer names. One that
    ///     is older than the file's own compaction counts as that: what it took is not in the file.
    /// - Returns: the CRC-32C that etcd computes.
    /// - Throws: `SnapshotFault`, and what reading throws.
    package static func hashKV(
        of database: some DatabaseBytes,
        _ range: HashedRange
    ) throws -> UInt32 {
        let file = try BoltFile(database)
        let buckets = try file.buckets()
        var content = SnapshotContent()
        try content.readSmallBuckets(file, buckets)
        var range = range
        range.compactRevision = max(range.compactRevision, content.compactRevision)
        return try KeySpace(
            file,
            buckets["key"],
            records: try file.count(buckets)["key"] ?? 0,
            range
        )
        .hash
    }

    /// Bytes of the smallest database that there can be.
    package static let smallestDatabase = UInt64(BoltHeader.smallest)

    /// Bytes that the database takes by its own account, from its header alone.
    /// - Throws: `SnapshotFault`, and what reading throws.
    package static func databaseBytes(_ file: some DatabaseBytes) throws -> UInt64 {
        UInt64(try BoltHeader(file).databaseBytes)
    }

    private mutating func readSmallBuckets<Database>(
        _ file: BoltFile<Database>,
        _ buckets: [String: BoltFile<Database>.Bucket]
    ) throws {
        try file.forEachRecord(in: buckets["meta"]) { record in
            let name = String(decoding: record.key, as: UTF8.self)
            if name == "storageVersion" {
                storageVersion = String(decoding: record.value, as: UTF8.self)
            }
            guard name == "finishedCompactRev" || name == "scheduledCompactRev" else { return }
            guard record.value.count >= 8 else {
                throw SnapshotFault.damaged(page: record.page, what: "\(name) is no revision")
            }
            compactRevision = max(compactRevision, record.value.big(0))
        }
        try file.forEachRecord(in: buckets["members"]) { record in
            if let member = SnapshotMember(json: record.value) { members.append(member) }
        }
        members.sort { $0.id < $1.id }
        try file.forEachRecord(in: buckets["alarm"]) { record in
            if let alarm = Self.alarm(record.key) { alarms.append(alarm) }
        }
        alarms = Set(alarms).sorted()
        try file.forEachRecord(in: buckets["auth"]) { record in
            if String(decoding: record.key, as: UTF8.self) == "authEnabled" {
                authEnabled = record.value.first == 1
            }
        }
        try file.forEachRecord(in: buckets["authUsers"]) { record in
            if let user = Self.rootUser(record.value) { rootUsers.append(user) }
        }
        rootUsers.sort()
        try file.forEachRecord(in: buckets["cluster"]) { record in
            if String(decoding: record.key, as: UTF8.self) == "clusterVersion" {
                clusterVersion = String(decoding: record.value, as: UTF8.self)
            }
        }
    }

    /// A value of the bucket of users is a `User {name = 1, password = 2, roles = 3}`
    /// (api/authpb/auth.proto of 3.5); the role root is known by its name (`hasRootRole`).
    private static func rootUser(_ value: UnsafeRawBufferPointer) -> String? {
        var reader = ProtobufReader(ArraySlice(value))
        var name: String?
        var isRoot = false
        while let (number, field) = reader.next() {
            guard case .bytes(let bytes) = field else { continue }
            if number == 1 { name = String(decoding: bytes, as: UTF8.self) }
            if number == 3, bytes.elementsEqual("root".utf8) { isRoot = true }
        }
        return isRoot ? name : nil
    }

    /// The key of the alarm bucket is an `AlarmMember {memberID = 1, alarm = 2}`
    /// (api/etcdserverpb/rpc.proto of 3.5).
    private static func alarm(_ key: UnsafeRawBufferPointer) -> String? {
        var reader = ProtobufReader(ArraySlice(key))
        guard case .varint(let type)? = reader.fields()?[2] else { return nil }
        return AlarmList.name(Int(truncatingIfNeeded: type))
    }
}

extension SnapshotMember {
    /// A value of the `members` bucket (server/etcdserver/api/membership/store.go of 3.5).
    fileprivate init?(json value: UnsafeRawBufferPointer) {
        struct Stored: Decodable {
            var id: UInt64
            var name: String?
            var peerURLs: [String]?
        }
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(value)) else {
            return nil
        }
        self.init(
            id: MemberID(rawValue: stored.id),
            name: stored.name ?? "",
            peerURLs: stored.peerURLs ?? []
        )
    }
}
