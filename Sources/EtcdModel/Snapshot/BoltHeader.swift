/// What the two header pages of a bbolt database say (go.etcd.io/bbolt 1.3, `meta` in db.go).
struct BoltHeader {
    /// Bytes of a page: a power of two from 512 to 65536.
    let pageSize: Int
    /// The page of the root bucket.
    let root: UInt64
    /// Pages in use; what is behind them is no part of the database.
    let highWaterMark: UInt64
    /// Bytes of the pages in use.
    let databaseBytes: Int

    /// The smallest file with two header pages of the smallest page size.
    static let smallest = 1024

    /// - Throws: `SnapshotFault`, and what reading throws.
    init(_ database: some DatabaseBytes) throws {
        let candidates = try Self.candidates(database)
        guard !candidates.isEmpty else { throw SnapshotFault.notADatabase(.unknown) }
        guard
            let newest = candidates.filter(\.isWhole).max(by: { $0.transaction < $1.transaction }),
            let pages = Int(exactly: newest.highWaterMark)
        else { throw SnapshotFault.damagedHeader }
        let (bytes, overflow) = pages.multipliedReportingOverflow(by: newest.pageSize)
        guard !overflow else { throw SnapshotFault.damagedHeader }
        pageSize = newest.pageSize
        root = newest.root
        highWaterMark = newest.highWaterMark
        databaseBytes = bytes
    }

    private struct Candidate {
        var pageSize: Int
        var root: UInt64
        var highWaterMark: UInt64
        var transaction: UInt64
        var isWhole: Bool
    }

    private static let pageSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
    private static let magic: UInt32 = 0xED0C_DAED
    private static let version: UInt32 = 2
    /// A page's own header, then the eight fields and their checksum.
    private static let bytes = 16 + 64

    /// The first two pages; the second is found by the first's page size, or by trying.
    private static func candidates(_ database: some DatabaseBytes) throws -> [Candidate] {
        guard let first = try candidate(database, at: 0) else {
            return try pageSizes.compactMap { try candidate(database, at: $0) }
        }
        // a damaged first page may name a wrong size
        let places = first.isWhole ? [first.pageSize] : pageSizes
        return try [first] + places.compactMap { try candidate(database, at: $0) }
    }

    private static func candidate(
        _ database: some DatabaseBytes,
        at offset: Int
    ) throws -> Candidate? {
        guard offset <= database.count - Self.bytes else { return nil }
        return try withUnsafeTemporaryAllocation(byteCount: Self.bytes, alignment: 8) { page in
            try database.read(at: offset, into: page)
            let fields = UnsafeRawBufferPointer(rebasing: page[16...])
            guard fields.little(0) as UInt32 == magic, fields.little(4) as UInt32 == version else {
                return nil
            }
            let pageSize = Int(fields.little(8) as UInt32)
            guard pageSizes.contains(pageSize) else { return nil }
            return Candidate(
                pageSize: pageSize,
                root: fields.little(16),
                highWaterMark: fields.little(40),
                transaction: fields.little(48),
                isWhole: fields.little(56) == fnv1a(fields.prefix(56))
            )
        }
    }

    /// FNV-1a, 64 bits (draft-eastlake-fnv), the checksum of a header page.
    private static func fnv1a(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
