/// A page of a bbolt database, or the front of it.
struct BoltPage {
    enum Kind: Equatable {
        case branch
        case leaf
        case other(UInt16)
    }

    let number: UInt64
    let kind: Kind
    /// Elements: children of a branch, records of a leaf.
    let count: Int
    /// With the pages that it overflows into.
    let bytes: Int
    private let content: UnsafeRawBufferPointer

    static let headerBytes = 16
    private static let elementBytes = 16

    /// - Parameters:
    ///   - content: at least the page's header, and no more than `bytes`.
    ///   - number: of the page, for messages.
    ///   - bytes: of the whole page.
    /// - Throws: `SnapshotFault` where its elements cannot fit into it.
    init(_ content: UnsafeRawBufferPointer, number: UInt64, bytes: Int) throws(SnapshotFault) {
        guard content.count >= Self.headerBytes else {
            throw .damaged(page: number, what: "it has no header")
        }
        self.content = content
        self.number = number
        self.bytes = bytes
        kind =
            switch content.little(8) as UInt16 {
            case 1: .branch
            case 2: .leaf
            case let flags: .other(flags)
            }
        count = Int(content.little(10) as UInt16)
        guard Self.headerBytes + count * Self.elementBytes <= bytes else {
            throw .damaged(page: number, what: "its \(count) elements do not fit into it")
        }
    }

    /// The number in the page's own header.
    var ownNumber: UInt64 { content.little(0) }

    /// The pages below a branch, in the order of their keys.
    func children() throws(SnapshotFault) -> [UInt64] {
        guard count > 0 else {
            throw .damaged(page: number, what: "it is a branch without children")
        }
        return (0..<count).map { index in
            content.little(Self.headerBytes + index * Self.elementBytes + 8)
        }
    }

    func record(_ index: Int) throws(SnapshotFault) -> BoltRecord {
        let element = Self.headerBytes + index * Self.elementBytes
        let flags: UInt32 = content.little(element)
        // three 32-bit numbers cannot overflow an Int
        let start = element + Int(content.little(element + 4) as UInt32)
        let keyCount = Int(content.little(element + 8) as UInt32)
        let valueCount = Int(content.little(element + 12) as UInt32)
        guard let key = content.slice(start, keyCount),
            let value = content.slice(start + keyCount, valueCount)
        else { throw .damaged(page: number, what: "its record \(index) ends behind it") }
        return BoltRecord(key: key, value: value, isBucket: flags & 1 == 1, page: number)
    }
}

/// One key and its value, valid until the next page is read.
struct BoltRecord {
    let key: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer
    let isBucket: Bool
    /// The page that it is on.
    let page: UInt64
}
