/// A bbolt database, read with every number in it checked: the file may be anything.
///
/// Format: go.etcd.io/bbolt 1.3, page.go and bucket.go; little-endian. Pages are read one by one
/// and not mapped: a mapped file that is cut short, or that its disk cannot read, would end the
/// process by SIGBUS instead of with an error.
struct BoltFile<Database: DatabaseBytes> {
    private let database: Database
    private let header: BoltHeader
    private let buffer = PageBuffer()

    /// - Throws: `SnapshotFault`, and what reading throws.
    init(_ database: Database) throws {
        self.database = database
        header = try BoltHeader(database)
        guard header.databaseBytes <= database.count else {
            throw SnapshotFault.truncated(
                bytes: UInt64(database.count),
                expected: UInt64(header.databaseBytes)
            )
        }
    }

    // MARK: buckets

    /// One bucket: pages of the file, or a single page inside its parent's value.
    enum Bucket {
        case pages(root: UInt64)
        case inline([UInt8], page: UInt64)
    }

    /// The buckets of the root, by name.
    func buckets() throws -> [String: Bucket] {
        var buckets: [String: Bucket] = [:]
        try forEachRecord(in: .pages(root: header.root)) { record in
            guard record.isBucket else { return }
            guard record.value.count >= 16 else {
                throw SnapshotFault.damaged(page: record.page, what: "a bucket has no root")
            }
            let root: UInt64 = record.value.little(0)
            buckets[String(decoding: record.key, as: UTF8.self)] =
                root == 0
                ? .inline(Array(record.value[16...]), page: record.page) : .pages(root: root)
        }
        return buckets
    }

    /// Every record of a bucket, in the order of their keys.
    func forEachRecord(in bucket: Bucket?, _ visit: (BoltRecord) throws -> Void) throws {
        try forEachLeaf(in: bucket) { leaf in
            for index in 0..<leaf.count { try visit(try leaf.record(index)) }
        }
    }

    /// How many records each bucket holds; proves that no page is in two places.
    func count(_ buckets: [String: Bucket]) throws -> [String: Int] {
        var claims = PageClaims(highWaterMark: header.highWaterMark)
        return try buckets.mapValues { bucket in
            var count = 0
            try walk(bucket, from: .first, reading: BoltPage.headerBytes, &claims) { leaf in
                count += leaf.count
            }
            return count
        }
    }

    // MARK: pages

    enum End { case first, last }

    /// The leaves of a bucket, from one of its ends to the other.
    func forEachLeaf(
        in bucket: Bucket?,
        from end: End = .first,
        _ visit: (BoltPage) throws -> Void
    ) throws {
        guard let bucket else { return }
        var claims = PageClaims(highWaterMark: header.highWaterMark)
        try walk(bucket, from: end, reading: header.pageSize, &claims, visit)
    }

    private func walk(
        _ bucket: Bucket,
        from end: End,
        reading: Int,
        _ claims: inout PageClaims,
        _ visit: (BoltPage) throws -> Void
    ) throws {
        switch bucket {
        case .inline(let bytes, let page):
            try bytes.withUnsafeBytes { try visit(try BoltPage($0, number: page, bytes: $0.count)) }
        case .pages(let root):
            try walk(root, depth: 0, from: end, reading: reading, &claims, visit)
        }
    }

    /// Trees of bbolt are three or four levels deep.
    private static var deepest: Int { 32 }

    private func walk(
        _ number: UInt64,
        depth: Int,
        from end: End,
        reading: Int,
        _ claims: inout PageClaims,
        _ visit: (BoltPage) throws -> Void
    ) throws {
        guard depth < Self.deepest else {
            throw SnapshotFault.damaged(page: number, what: "its tree is too deep")
        }
        let page = try page(number, reading: reading)
        try claims.claim(number, pages: page.bytes / header.pageSize)
        switch page.kind {
        case .leaf: try visit(page)
        case .branch:
            let children = try page.children()
            for child in end == .first ? children : children.reversed() {
                try walk(child, depth: depth + 1, from: end, reading: reading, &claims, visit)
            }
        case .other(let flags):
            throw SnapshotFault.damaged(page: number, what: "its type is \(flags)")
        }
    }

    /// A page with those that it overflows into; of a leaf only its first `reading` bytes, where
    /// only its header is wanted.
    private func page(_ number: UInt64, reading: Int) throws -> BoltPage {
        guard number > 1, number < header.highWaterMark else {
            throw SnapshotFault.damaged(page: number, what: "there is no such page")
        }
        // it is below the high-water mark, whose bytes are an Int and in the file
        let start = Int(number) * header.pageSize
        let front = buffer.grown(to: reading)
        try database.read(at: start, into: front)
        let overflow = Int(UnsafeRawBufferPointer(front).little(12) as UInt32)
        guard overflow < Int(header.highWaterMark - number) else {
            throw SnapshotFault.damaged(page: number, what: "it goes on behind the last page")
        }
        let bytes = (overflow + 1) * header.pageSize
        let page = try BoltPage(UnsafeRawBufferPointer(front), number: number, bytes: bytes)
        guard page.ownNumber == number else {
            throw SnapshotFault.damaged(page: number, what: "it says that it is another page")
        }
        let isHeaderEnough = reading < header.pageSize && page.kind == .leaf
        guard !isHeaderEnough, reading < bytes else { return page }
        let whole = buffer.grown(to: bytes)
        try database.read(
            at: start + reading,
            into: UnsafeMutableRawBufferPointer(rebasing: whole[reading...])
        )
        return try BoltPage(UnsafeRawBufferPointer(whole), number: number, bytes: bytes)
    }
}

/// Which pages were read: one that is reached twice would make a walk endless.
private struct PageClaims {
    private var words: [UInt64]

    init(highWaterMark: UInt64) {
        words = Array(repeating: 0, count: Int(highWaterMark / 64) + 1)
    }

    mutating func claim(_ number: UInt64, pages: Int) throws {
        for page in number..<(number + UInt64(pages)) {
            let bit: UInt64 = 1 << (page % 64)
            guard words[Int(page / 64)] & bit == 0 else {
                throw SnapshotFault.damaged(page: page, what: "it is in two places of the tree")
            }
            words[Int(page / 64)] |= bit
        }
    }
}
