import FoundationEssentials

/// Everything that a restore must know of a snapshot's content, from one walk through its database.
package struct SnapshotContent: Sendable, Hashable {
    package var revision: Int64 = 1
    package var compactRevision: Int64 = -1
    package var keys = 0
    package var totalKeys = 0
    package var hashKV: UInt32 = 0
    package var members: [SnapshotMember] = []
    package var alarms: [String] = []
    package var authEnabled = false
    package var leases = 0
    package var clusterVersion: String?

    /// - Parameters:
    ///   - database: the file without its trailing digest.
    ///   - onRead: told of every so many bytes that were read.
    /// - Throws: `SnapshotFault`.
    package init(
        walking database: UnsafeRawBufferPointer,
        onRead: @escaping (Int) -> Void = { _ in }
    ) throws {
        let file = try BoltFile(database, onRead: onRead)
        let buckets = try file.buckets()
        guard let keyBucket = buckets["key"] else { throw SnapshotFault.notEtcd(missing: "key") }
        try countRecords(file, buckets)
        try readSmallBuckets(file, buckets)
        try readKeys(file, keyBucket)
    }

    /// Bytes that the database takes by its own account, from its header alone.
    /// - Throws: `SnapshotFault`.
    package static func databaseBytes(
        _ file: UnsafeRawBufferPointer
    ) throws(SnapshotFault)
        -> UInt64
    {
        guard let bytes = try BoltFile(file, onRead: { _ in }).databaseBytes else {
            throw .damagedHeader
        }
        return bytes
    }

    private mutating func countRecords(
        _ file: BoltFile,
        _ buckets: [String: BoltFile.Bucket]
    ) throws {
        // the keys are counted where they are read anyway
        for (name, bucket) in buckets where name != "key" {
            try file.forEach(in: bucket) { _, _ in totalKeys += 1 }
        }
    }

    private mutating func readSmallBuckets(
        _ file: BoltFile,
        _ buckets: [String: BoltFile.Bucket]
    ) throws {
        try file.forEach(in: buckets["meta"]) { key, value in
            let name = String(decoding: key, as: UTF8.self)
            if name == "finishedCompactRev" || name == "scheduledCompactRev", value.count >= 8 {
                compactRevision = max(compactRevision, value.big(0))
            }
        }
        try file.forEach(in: buckets["members"]) { _, value in
            if let member = SnapshotMember(json: value) { members.append(member) }
        }
        members.sort { $0.id < $1.id }
        try file.forEach(in: buckets["alarm"]) { key, _ in
            if let alarm = Self.alarm(key) { alarms.append(alarm) }
        }
        alarms = Set(alarms).sorted()
        try file.forEach(in: buckets["auth"]) { key, value in
            if String(decoding: key, as: UTF8.self) == "authEnabled" {
                authEnabled = value.first == 1
            }
        }
        try file.forEach(in: buckets["lease"]) { _, _ in leases += 1 }
        try file.forEach(in: buckets["cluster"]) { key, value in
            if String(decoding: key, as: UTF8.self) == "clusterVersion" {
                clusterVersion = String(decoding: value, as: UTF8.self)
            }
        }
    }

    /// The key of the alarm bucket is an `AlarmMember {memberID = 1, alarm = 2}`
    /// (api/etcdserverpb/rpc.proto of 3.5).
    private static func alarm(_ key: UnsafeRawBufferPointer) -> String? {
        var reader = ProtobufReader(ArraySlice(key))
        guard case .varint(let type)? = reader.fields()?[2] else { return nil }
        return AlarmList.name(Int(truncatingIfNeeded: type))
    }

    /// The `key` bucket: revision, live keys, and the HashKV that etcd will compute.
    ///
    /// As `HashByRev` and `kvHasher` (server/storage/mvcc/hash.go of 3.5): up to the compacted
    /// revision, only a key's latest record counts; that is its latest at the revision that is
    /// hashed at, not at the compacted one.
    private mutating func readKeys(_ file: BoltFile, _ bucket: BoltFile.Bucket) throws {
        var latest: [KeyDigest: RecordStamp] = [:]
        var records = 0
        let compacted = compactRevision
        try file.forEach(in: bucket) { key, value in
            let stamp = try RecordStamp(key)
            records += 1
            revision = max(revision, stamp.main)
            guard let name = KeyDigest(keyOf: value) else {
                throw SnapshotFault.damaged(page: 0, what: "a record has no key")
            }
            latest[name] = stamp
        }
        totalKeys += records
        let live = latest.values.filter { !$0.isTombstone }
        keys = live.count
        let kept = compacted < 0 ? [] : Set(live)
        var crc = CRC32C()
        Array("key".utf8).withUnsafeBytes { crc.update($0) }
        try file.forEach(in: bucket) { key, value in
            let stamp = try RecordStamp(key)
            if stamp.main <= compacted, !kept.isEmpty, !kept.contains(stamp) { return }
            if stamp.main == compacted, stamp.isTombstone { return }
            crc.update(key)
            crc.update(value)
        }
        hashKV = crc.value
    }
}

/// A key of the `key` bucket: main and sub revision, and `t` behind them for a deletion
/// (`revToBytes`, server/storage/mvcc/revision.go of 3.5).
private struct RecordStamp: Hashable {
    var main: Int64
    var sub: Int64
    var isTombstone: Bool

    init(_ key: UnsafeRawBufferPointer) throws {
        guard key.count == 17 || key.count == 18, key[8] == UInt8(ascii: "_") else {
            throw SnapshotFault.damaged(page: 0, what: "a record has no revision")
        }
        main = key.big(0)
        sub = key.big(9)
        isTombstone = key.count == 18
    }
}

/// 128 bits of a key: a million keys take as little memory as their number asks.
///
/// `Hasher` is seeded anew in every process, so nobody can prepare keys that collide.
private struct KeyDigest: Hashable {
    private let high: Int
    private let low: Int

    /// The key is field 1 of `KeyValue` (api/mvccpb/kv.proto of 3.5), which is written first; a
    /// record without one has the empty key.
    init?(keyOf value: UnsafeRawBufferPointer) {
        var name = UnsafeRawBufferPointer(rebasing: value[0..<0])
        if value.first == 0x0A {
            var length = 0
            var offset = 1
            while true {
                guard offset < value.count, offset < 6 else { return nil }
                let byte = value[offset]
                length |= Int(byte & 0x7F) << (7 * (offset - 1))
                offset += 1
                if byte < 0x80 { break }
            }
            guard length <= value.count - offset else { return nil }
            name = UnsafeRawBufferPointer(rebasing: value[offset..<(offset + length)])
        }
        var first = Hasher()
        first.combine(bytes: name)
        var second = Hasher()
        second.combine(0x5265_6b69)
        second.combine(bytes: name)
        high = first.finalize()
        low = second.finalize()
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
