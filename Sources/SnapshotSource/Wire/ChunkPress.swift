import CZstd
import RemoteHost

/// Makes chunks, one at a time, in memory that it keeps.
final class ChunkPress: @unchecked Sendable {
    // unchecked: `PackedSnapshot` lends it to one thread at a time
    private let context: OpaquePointer
    private let plainBytes: UnsafeMutableRawBufferPointer
    private var output: UnsafeMutableRawBufferPointer
    /// Made for the first host that has no zstd.
    private var gzip: GzipPress?
    private var count = 0

    /// Throws where there is no memory for it.
    init(capacity: Int) throws {
        guard let context = ZSTD_createCCtx() else { throw PackingFailure(reason: "out of memory") }
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

    /// What was filled in; whether it is in vain to try and make it smaller is the caller's guess.
    func chunk(_ packing: Packing, isInVain: Bool) throws -> WireChunk {
        switch packing {
        case .plain:
            return WireChunk(bytes: Array(plainBytes[..<count]), plainCount: count)
        case .zstd:
            // an empty frame is one that zstd has to make
            if isInVain, count > 0 { return storedFrame() }
            let size = try frame()
            if count > 0, !Self.isWorthwhile(size, for: count) { return storedFrame() }
            return WireChunk(bytes: Array(output[..<size]), plainCount: count)
        case .gzip, .gzipStored:
            let isStored = isInVain || packing == .gzipStored
            let size = try member(storing: isStored)
            return WireChunk(
                bytes: Array(output[..<size]),
                plainCount: count,
                didNotShrink: !isStored && count > 0 && !Self.isWorthwhile(size, for: count)
            )
        }
    }

    /// How many bytes are left of so many; a sixteenth less does not pay for unpacking on the host.
    static func isWorthwhile(_ size: Int, for count: Int) -> Bool {
        size <= count - count / 16
    }

    /// - Returns: the size of what was filled in, as a frame.
    func frame() throws -> Int {
        let size = ZSTD_compress2(
            context,
            output.baseAddress,
            output.count,
            plainBytes.baseAddress,
            count
        )
        if ZSTD_isError(size) != 0 {
            throw PackingFailure(reason: String(cString: ZSTD_getErrorName(size)))
        }
        return size
    }

    private func member(storing: Bool) throws -> Int {
        let press = try gzip ?? GzipPress()
        gzip = press
        let bound = press.bound(count)
        if bound > output.count {
            output.deallocate()
            output = .allocate(byteCount: bound, alignment: 4096)
        }
        return try press.member(
            of: UnsafeRawBufferPointer(rebasing: plainBytes[..<count]),
            storing: storing,
            into: output
        )
    }

    /// Raw blocks in a frame of a single segment (RFC 8878 §3.1.1): no work for either end.
    private func storedFrame() -> WireChunk {
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
