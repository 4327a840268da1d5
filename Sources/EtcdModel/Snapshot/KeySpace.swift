/// The `key` bucket: the revision, the live keys, and the HashKV that etcd will compute of it.
///
/// As `HashByRev` and `kvHasher` (server/storage/mvcc/hash.go of 3.5): up to the compacted
/// revision, only a key's latest record counts; that is its latest at the revision that is hashed
/// at, not at the compacted one. So the bucket is read twice: from its end, where the first record
/// of a key is its latest, and then in order, because a CRC depends on it.
struct KeySpace {
    /// The highest main revision of a record; 1 in an empty bucket, as etcd says it.
    ///
    /// A compaction at a deletion takes that deletion away (3.4, 3.5 up to .15): etcd's own revision
    /// is the higher one of this and the compacted one.
    let revision: Int64
    /// Keys that `get --prefix ""` would return.
    let keys: Int
    let hash: UInt32
    let latest: LatestRecords

    /// - Parameters:
    ///   - file: the database.
    ///   - bucket: its `key` bucket.
    ///   - records: how many the bucket holds.
    ///   - range: what is hashed.
    /// - Throws: `SnapshotFault`, and what reading throws.
    init<Database>(
        _ file: BoltFile<Database>,
        _ bucket: BoltFile<Database>.Bucket?,
        records: Int,
        _ range: HashedRange
    ) throws {
        let raised = range.raisedTo.flatMap { $0 <= range.revision ? $0 : nil }
        let found = try Found(
            file,
            bucket,
            records: records,
            upTo: range.revision,
            isRaised: raised != nil
        )
        revision = found.revision
        keys = found.keys
        let left =
            found.kept.isEmpty && raised == nil && range.compactRevision >= 0
            ? try Found(
                file,
                bucket,
                records: records,
                upTo: min(range.revision, range.compactRevision)
            ).kept : found.kept
        let hashed = try Self.hash(file, bucket, found.kept, left, range)
        hash = raised.map { RaisedRecord.crc32c(of: $0, after: hashed.hash) } ?? hashed.hash
        latest = hashed.latest
    }

    /// The live keys at one revision, and which records are their latest.
    private struct Found {
        var revision: Int64 = 1
        var keys = 0
        var kept: KeptRecords

        init<Database>(
            _ file: BoltFile<Database>,
            _ bucket: BoltFile<Database>.Bucket?,
            records: Int,
            upTo end: Int64,
            isRaised: Bool = false
        ) throws {
            var seen = SeenKeys(capacity: records + 1)
            // the record that is appended replaces that of an earlier raise
            if isRaised { _ = seen.insert(UnsafeRawBufferPointer(start: nil, count: 0)) }
            kept = KeptRecords(records: records)
            var ordinal = records
            try file.forEachLeaf(in: bucket, from: .last) { leaf in
                for index in (0..<leaf.count).reversed() {
                    let record = try leaf.record(index)
                    let stamp = try RecordStamp(record)
                    let name = try RecordName.of(record)
                    ordinal -= 1
                    guard ordinal >= 0 else {
                        throw SnapshotFault.damaged(page: leaf.number, what: "its tree changes")
                    }
                    guard stamp.main <= end else { continue }
                    revision = max(revision, stamp.main)
                    guard seen.insert(name), !stamp.isTombstone else { continue }
                    kept.insert(ordinal)
                    // `restore --bump-revision` writes a record with the empty key, which no range
                    // begins before (`UnsafePut` of etcdutl/snapshot/v3_snapshot.go, 3.5.10)
                    if !name.isEmpty { keys += 1 }
                }
            }
        }
    }

    /// Hashes in order; `kept` are the latest records of the keys that live at the hashed revision.
    ///
    /// What counts of the compacted part, `left`, is the same, or if no key lives any more, what the
    /// compaction itself left: then etcd leaves nothing out of the hash that is still there.
    private static func hash<Database>(
        _ file: BoltFile<Database>,
        _ bucket: BoltFile<Database>.Bucket?,
        _ kept: KeptRecords,
        _ left: KeptRecords,
        _ range: HashedRange
    ) throws -> (hash: UInt32, latest: LatestRecords) {
        var crc = CRC32C()
        Array("key".utf8).withUnsafeBytes { crc.update($0) }
        var latest = crc
        var compacted = crc
        var ordinal = 0
        var last: RecordStamp?
        try file.forEachLeaf(in: bucket) { leaf in
            for index in 0..<leaf.count {
                let record = try leaf.record(index)
                let stamp = try RecordStamp(record)
                if let last, stamp <= last {
                    throw SnapshotFault.damaged(
                        page: leaf.number,
                        what: "its records are unordered"
                    )
                }
                last = stamp
                defer { ordinal += 1 }
                guard stamp.main <= range.revision else { continue }
                if kept.contains(ordinal) {
                    compacted.update(record.key)
                    compacted.update(record.value)
                    // an earlier raise of the revision left a record of the empty key, which the next replaces
                    if !record.value.isEmpty {
                        latest.update(record.key)
                        latest.update(record.value)
                    }
                }
                if stamp.main <= range.compactRevision {
                    guard left.contains(ordinal) else { continue }
                    if stamp.main == range.compactRevision && stamp.isTombstone { continue }
                }
                crc.update(record.key)
                crc.update(record.value)
            }
        }
        return (
            crc.value,
            LatestRecords(
                crc32c: latest.value,
                lastRevision: last?.main ?? 0,
                hashKV: compacted.value
            )
        )
    }
}

/// What HashKV is computed of: everything up to a revision, as if compacted at another.
package struct HashedRange: Sendable, Hashable {
    package var revision: Int64
    /// -1 without a compaction.
    package var compactRevision: Int64
    /// The revision that `restore --bump-revision` leads to; nil for none.
    package var raisedTo: Int64?

    package init(revision: Int64, compactRevision: Int64, raisedTo: Int64? = nil) {
        self.revision = revision
        self.compactRevision = compactRevision
        self.raisedTo = raisedTo
    }
}

/// A key of the `key` bucket: main and sub revision, and `t` behind them for a deletion
/// (`revToBytes`, server/storage/mvcc/revision.go of 3.5).
private struct RecordStamp: Comparable {
    var main: Int64
    var sub: Int64
    var isTombstone: Bool

    init(_ record: BoltRecord) throws(SnapshotFault) {
        let key = record.key
        guard !record.isBucket, key.count == 17 || key.count == 18, key[8] == UInt8(ascii: "_"),
            key.count == 17 || key[17] == UInt8(ascii: "t")
        else { throw .damaged(page: record.page, what: "a record has no revision") }
        main = key.big(0)
        sub = key.big(9)
        isTombstone = key.count == 18
        guard main >= 0, sub >= 0 else {
            throw .damaged(page: record.page, what: "a record's revision is negative")
        }
    }

    static func < (left: RecordStamp, right: RecordStamp) -> Bool {
        (left.main, left.sub) < (right.main, right.sub)
    }

    static func == (left: RecordStamp, right: RecordStamp) -> Bool {
        (left.main, left.sub) == (right.main, right.sub)
    }
}

/// The user's key in a record: field 1 of `KeyValue` (api/mvccpb/kv.proto of 3.5), which gogo's
/// encoder writes first; an empty value is that of the empty key.
private enum RecordName {
    static func of(_ record: BoltRecord) throws(SnapshotFault) -> UnsafeRawBufferPointer {
        let value = record.value
        guard !value.isEmpty else { return value }
        guard value[0] == 0x0A, let (length, offset) = length(value),
            let name = value.slice(offset, length)
        else { throw .damaged(page: record.page, what: "a record has no key") }
        return name
    }

    /// A varint of at most 35 bits behind the tag, and where it ends.
    private static func length(_ value: UnsafeRawBufferPointer) -> (length: Int, offset: Int)? {
        var length = 0
        for (index, byte) in value.dropFirst().prefix(5).enumerated() {
            length |= Int(byte & 0x7F) << (7 * index)
            if byte < 0x80 { return (length, index + 2) }
        }
        return nil
    }
}
