import CZstd
import RemoteHost

/// A piece of the snapshot as it crosses the wire.
struct WireChunk: Sendable {
    let bytes: [UInt8]
    /// Of the snapshot; 0 at its end.
    let plainCount: Int
    var didNotShrink = false
}

/// Makes chunks, one at a time, in memory that it keeps.
final class ChunkPress: @unchecked Sendable {
    // unchecked: `PackedSnapshot` lends it to one thread at a time
    private let context: OpaquePointer
    private let plainBytes: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer
    private var count = 0

    /// Throws where there is no memory for it.
    init(capacity: Int) throws {
        guard let context = ZSTD_createCCtx() else { throw ZstdFailure(reason: "out of memory") }
        self.context = context
        plainBytes = .allocate(byteCount: capacity, alignment: 4096)
        output = .allocate(byteCount: ZSTD_compressBound(capacity), alignment: 4096)
        // level 1 packs faster than an SSH connection takes bytes
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        // the host's zstd must notice a stream that was damaged
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
        plainBytes.deallocate()
        output.deallocate()
    }

    /// Reads so many bytes, or fewer where the stream ends before.
    func fill(from stream: any ByteStream, _ limit: Int) throws -> Int {
        count = 0
        while count < limit {
            let more = try stream.read(
                into: UnsafeMutableRawBufferPointer(rebasing: plainBytes[count..<limit])
            )
            if more == 0 { break }
            count += more
        }
        return count
    }

    func plain() -> WireChunk {
        WireChunk(bytes: Array(plainBytes[..<count]), plainCount: count)
    }

    /// A frame; one that only wraps the bytes where that is asked for or nothing is gained.
    func packed(storing: Bool) throws -> WireChunk {
        if storing, count > 0 { return stored() }
        let size = ZSTD_compress2(
            context,
            output.baseAddress,
            output.count,
            plainBytes.baseAddress,
            count
        )
        if ZSTD_isError(size) != 0 {
            throw ZstdFailure(reason: String(cString: ZSTD_getErrorName(size)))
        }
        // a sixteenth is less than unpacking costs the host
        if count > 0, size > count - count / 16 { return stored() }
        return WireChunk(bytes: Array(output[..<size]), plainCount: count)
    }

    /// Raw blocks in a frame of a single segment (RFC 8878 §3.1.1): no work for either end.
    private func stored() -> WireChunk {
        let largestBlock = 128 << 10
        var frame: [UInt8] = []
        frame.reserveCapacity(count + 9 + 3 * (count / largestBlock + 1))
        frame += [0x28, 0xB5, 0x2F, 0xFD]
        // the content's size in four bytes, a single segment, no checksum: the wire has its own
        frame.append(0xA0)
        Self.append(UInt32(count), bytes: 4, to: &frame)
        var position = 0
        while position < count {
            let size = min(largestBlock, count - position)
            let isLast: UInt32 = position + size == count ? 1 : 0
            Self.append(UInt32(size) << 3 | isLast, bytes: 3, to: &frame)
            frame += plainBytes[position..<position + size]
            position += size
        }
        return WireChunk(bytes: frame, plainCount: count, didNotShrink: true)
    }

    private static func append(_ number: UInt32, bytes: UInt32, to frame: inout [UInt8]) {
        for place in 0..<bytes { frame.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}

/// zstd could not go on.
struct ZstdFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { "cannot pack the snapshot for the wire: \(reason)" }
}
