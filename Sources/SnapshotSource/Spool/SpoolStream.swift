import Glibc
import RemoteHost

/// A spool's bytes from a place on to its end.
// unchecked: whoever reads a `ByteStream` promises to do so from one thread at a time
final class SpoolStream: ByteStream, @unchecked Sendable {
    private let spool: EncryptedSpool
    private var offset: UInt64

    init(_ spool: EncryptedSpool, from offset: UInt64) {
        self.spool = spool
        self.offset = offset
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let left = spool.bytes - min(offset, spool.bytes)
        let part = UnsafeMutableRawBufferPointer(
            rebasing: buffer.prefix(Int(min(left, UInt64(buffer.count))))
        )
        try spool.read(at: Int(offset), into: part)
        offset += UInt64(part.count)
        return part.count
    }
}
