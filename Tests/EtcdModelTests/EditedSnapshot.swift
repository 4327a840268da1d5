import EtcdModel
import FoundationEssentials
import SnapshotSource

/// A recorded snapshot in memory, to be damaged on purpose.
struct EditedSnapshot {
    static let pageSize = 4096
    var bytes: [UInt8]

    /// - Parameter name: as in `expected.json`, "busy-3.5.16".
    /// - Throws: where there is no such fixture.
    init(_ name: String) throws {
        bytes = try Fixtures.bytes("snapshots/\(name).db")
    }

    var databaseBytes: Int { bytes.count - 32 }

    /// Makes the trailer right again, as if the damage had been there when it was saved.
    mutating func sign() {
        let body = Array(bytes.dropLast(32))
        bytes = body + (Hex.bytes(SHA256Text.hex(of: body)) ?? [])
    }

    /// Proves it as a file; nil where it is proven.
    func problem() throws -> SnapshotFileError.Problem? {
        let file = try ScratchFile(bytes)
        do throws(any Error) {
            _ = try LocalSnapshot(path: file.path).prove()
            return nil
        } catch let error as SnapshotFileError {
            return error.problem
        }
    }

    // MARK: the format

    subscript(number offset: Int, bytes count: Int) -> Int {
        get { (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) } }
        set {
            for index in 0..<count {
                bytes[offset + index] = UInt8(truncatingIfNeeded: newValue >> (8 * index))
            }
        }
    }

    func offset(ofPage page: Int) -> Int { page * Self.pageSize }
    func isBranch(_ page: Int) -> Bool { self[number: offset(ofPage: page) + 8, bytes: 2] == 1 }
    func count(_ page: Int) -> Int { self[number: offset(ofPage: page) + 10, bytes: 2] }

    /// Where an element of a branch or a leaf stands in the file.
    func element(_ index: Int, of page: Int) -> Int { offset(ofPage: page) + 16 + index * 16 }
    func child(_ index: Int, of page: Int) -> Int {
        self[number: element(index, of: page) + 8, bytes: 8]
    }
    /// Where the key of a leaf's element begins, and where its value does.
    func record(_ index: Int, of page: Int) -> (key: Int, value: Int) {
        let element = element(index, of: page)
        let key = element + self[number: element + 4, bytes: 4]
        return (key, key + self[number: element + 8, bytes: 4])
    }

    /// The page of the root bucket, by the header page of the last transaction.
    var root: Int { self[number: Self.pageSize + 16 + 16, bytes: 8] }
    /// Pages in use.
    var highWaterMark: Int { databaseBytes / Self.pageSize }

    /// Where a bucket's entry in the root stands: its element, its name and its value.
    func bucket(_ name: String) -> (element: Int, name: Int, value: Int)? {
        for index in 0..<count(root) {
            let (key, value) = record(index, of: root)
            if Array(bytes[key..<value]) == Array(name.utf8) {
                return (element(index, of: root), key, value)
            }
        }
        return nil
    }

    /// The first page of the `key` bucket.
    var keyRoot: Int { bucket("key").map { self[number: $0.value, bytes: 8] } ?? 0 }
    /// Its first leaf.
    var keyLeaf: Int { isBranch(keyRoot) ? child(0, of: keyRoot) : keyRoot }
}

/// A database in memory.
struct MemoryDatabase: DatabaseBytes {
    let bytes: ArraySlice<UInt8>

    var count: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        let start = bytes.startIndex + offset
        buffer.copyBytes(from: bytes[start..<(start + buffer.count)])
    }
}
