/// Where the bytes of a bbolt database lie: a file, or memory in a test.
package protocol DatabaseBytes {
    var count: Int { get }
    /// Fills the whole buffer; the caller has checked that so many bytes are there.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

/// Memory for one page at a time, taken again for the next.
final class PageBuffer {
    private(set) var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)

    /// The first `count` bytes; what was in them is kept.
    func grown(to count: Int) -> UnsafeMutableRawBufferPointer {
        if bytes.count < count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
            bytes.deallocate()
            bytes = larger
        }
        return UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
    }

    deinit { bytes.deallocate() }
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

    /// `count` bytes from `offset`; nil where they are not all there.
    func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer? {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            return nil
        }
        return UnsafeRawBufferPointer(rebasing: self[offset..<(offset + count)])
    }
}
