/// A bbolt database in memory, read with every offset checked: the file may be anything.
///
/// Format: go.etcd.io/bbolt 1.3, page.go, bucket.go and db.go (`meta`); little-endian.
struct BoltFile {
    let bytes: UnsafeRawBufferPointer
    let pageSize: Int
    /// Pages in use; what is behind them is no part of the database.
    let highWaterMark: UInt64
    private let root: UInt64
    /// Told how much was read, so that its memory can be given back.
    private let onRead: (Int) -> Void

    /// The smallest file with two header pages of the smallest page size.
    static let smallest = 1024

    init(_ bytes: UnsafeRawBufferPointer, onRead: @escaping (Int) -> Void) throws(SnapshotFault) {
        self.bytes = bytes
        self.onRead = onRead
        let candidates = Self.metas(bytes)
        guard !candidates.isEmpty else { throw .notADatabase }
        guard let meta = candidates.filter(\.isWhole).max(by: { $0.transaction < $1.transaction })
        else { throw .damagedHeader }
        pageSize = meta.pageSize
        highWaterMark = meta.highWaterMark
        root = meta.root
    }

    /// Bytes that the database takes by its own account; nil where that is absurd.
    var databaseBytes: UInt64? {
        let (bytes, overflow) = highWaterMark.multipliedReportingOverflow(by: UInt64(pageSize))
        return overflow ? nil : bytes
    }

    // MARK: header pages

    private struct Meta {
        var pageSize: Int
        var root: UInt64
        var highWaterMark: UInt64
        var transaction: UInt64
        var isWhole: Bool
    }

    private static let magic: UInt32 = 0xED0C_DAED
    private static let version: UInt32 = 2
    private static let pageHeader = 16

    /// The first two pages; the second is found by the first's page size, or by trying.
    private static func metas(_ bytes: UnsafeRawBufferPointer) -> [Meta] {
        guard let first = meta(bytes, at: 0) else {
            return [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
                .compactMap { meta(bytes, at: $0) }
        }
        return [first] + (meta(bytes, at: first.pageSize).map { [$0] } ?? [])
    }

    private static func meta(_ bytes: UnsafeRawBufferPointer, at page: Int) -> Meta? {
        let start = page + pageHeader
        guard page >= 0, start + 64 <= bytes.count else { return nil }
        func word(_ offset: Int) -> UInt64 { bytes.little(start + offset) }
        guard bytes.little(start) as UInt32 == magic, bytes.little(start + 4) as UInt32 == version
        else { return nil }
        let pageSize = Int(bytes.little(start + 8) as UInt32)
        guard (512...65536).contains(pageSize), pageSize & (pageSize - 1) == 0 else { return nil }
        return Meta(
            pageSize: pageSize,
            root: word(16),
            highWaterMark: word(40),
            transaction: word(48),
            isWhole: word(56)
                == fnv1a(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 56)]))
        )
    }

    /// FNV-1a, 64 bits (draft-eastlake-fnv), the checksum of a header page.
    private static func fnv1a(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    // MARK: buckets

    typealias Visit = (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws ->
        Void

    /// One bucket: pages of the file, or a single page inside its parent's value.
    enum Bucket {
        case pages(root: UInt64)
        case inline(UnsafeRawBufferPointer)
    }

    /// The buckets of the root, by name.
    func buckets() throws -> [String: Bucket] {
        var buckets: [String: Bucket] = [:]
        try walk(.pages(root: root)) { key, value, isBucket in
            guard isBucket, value.count >= 16 else { return }
            let page: UInt64 = value.little(0)
            buckets[String(decoding: key, as: UTF8.self)] =
                page == 0
                ? .inline(UnsafeRawBufferPointer(rebasing: value[16...])) : .pages(root: page)
        }
        return buckets
    }

    /// Every record of a bucket, in the order of their keys.
    func forEach(in bucket: Bucket?, _ visit: Visit) throws {
        guard let bucket else { return }
        try walk(bucket) { key, value, isBucket in
            if !isBucket { try visit(key, value) }
        }
    }

    private typealias Element = (
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ isBucket: Bool
    ) throws -> Void

    /// Trees of bbolt are three or four levels deep; a deeper one is a loop.
    private static let deepest = 32

    private func walk(_ bucket: Bucket, _ element: Element) throws {
        switch bucket {
        case .inline(let page): try leaf(page, number: 0, element)
        case .pages(let root):
            // each page once: a page that is reached twice would make the walk endless
            var budget = highWaterMark
            try walk(root, depth: 0, budget: &budget, element)
        }
    }

    private func walk(
        _ number: UInt64,
        depth: Int,
        budget: inout UInt64,
        _ element: Element
    ) throws {
        guard depth < Self.deepest, budget > 0 else {
            throw SnapshotFault.damaged(page: number, what: "its tree has a loop")
        }
        budget -= 1
        let page = try page(number)
        let flags: UInt16 = page.little(8)
        switch flags {
        case 1:
            let count = Int(page.little(10) as UInt16)
            for index in 0..<count {
                let offset = Self.pageHeader + index * 16
                guard offset + 16 <= page.count else {
                    throw SnapshotFault.damaged(page: number, what: "a branch ends too early")
                }
                let child: UInt64 = page.little(offset + 8)
                try walk(child, depth: depth + 1, budget: &budget, element)
            }
        case 2:
            try leaf(page, number: number, element)
            onRead(page.count)
        default:
            throw SnapshotFault.damaged(page: number, what: "its type is \(flags)")
        }
    }

    private func leaf(
        _ page: UnsafeRawBufferPointer,
        number: UInt64,
        _ element: Element
    ) throws {
        guard page.count >= Self.pageHeader else {
            throw SnapshotFault.damaged(page: number, what: "it has no header")
        }
        let count = Int(page.little(10) as UInt16)
        for index in 0..<count {
            let offset = Self.pageHeader + index * 16
            guard offset + 16 <= page.count else {
                throw SnapshotFault.damaged(page: number, what: "a leaf ends too early")
            }
            let flags: UInt32 = page.little(offset)
            let start = offset + Int(page.little(offset + 4) as UInt32)
            let keyCount = Int(page.little(offset + 8) as UInt32)
            let valueCount = Int(page.little(offset + 12) as UInt32)
            guard start + keyCount + valueCount <= page.count else {
                throw SnapshotFault.damaged(page: number, what: "a record ends behind its page")
            }
            let middle = start + keyCount
            try element(
                UnsafeRawBufferPointer(rebasing: page[start..<middle]),
                UnsafeRawBufferPointer(rebasing: page[middle..<(middle + valueCount)]),
                flags & 1 == 1
            )
        }
    }

    /// A page with those that overflow it.
    private func page(_ number: UInt64) throws -> UnsafeRawBufferPointer {
        guard number > 1, number < highWaterMark else {
            throw SnapshotFault.damaged(page: number, what: "there is no such page")
        }
        let start = Int(number) * pageSize
        guard start + Self.pageHeader <= bytes.count else {
            throw SnapshotFault.damaged(page: number, what: "it is behind the end of the file")
        }
        let overflow = Int(bytes.little(start + 12) as UInt32)
        let end = start + (overflow + 1) * pageSize
        guard bytes.little(start) as UInt64 == number, end <= bytes.count else {
            throw SnapshotFault.damaged(page: number, what: "its header is not its own")
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }
}

extension UnsafeRawBufferPointer {
    /// A little-endian number; the caller has checked the bounds.
    func little<Number: FixedWidthInteger>(_ offset: Int) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// A big-endian number; the caller has checked the bounds.
    func big<Number: FixedWidthInteger>(_ offset: Int) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
