import CZstd
package import RemoteHost

/// A stream that packs another one on its way, as `zstd -d` unpacks it (RFC 8878).
///
/// etcd's data is mostly JSON and protobuf, which shrinks to a fraction; level 1 packs faster than
/// an SSH connection takes bytes, and what does not shrink costs next to nothing.
package final class ZstdStream: ByteStream, @unchecked Sendable {
    // unchecked: whoever reads a `ByteStream` promises to do so from one thread at a time
    private let inner: any ByteStream
    private let context: OpaquePointer
    private let block: UnsafeMutableRawBufferPointer
    private var input = ZSTD_inBuffer()
    private var hasEnded = false
    private var isFlushed = false

    /// Throws where there is no memory for it.
    package init(_ inner: any ByteStream) throws {
        guard let context = ZSTD_createCCtx() else { throw ZstdFailure(reason: "out of memory") }
        self.inner = inner
        self.context = context
        block = .allocate(byteCount: ZSTD_CStreamInSize(), alignment: 4096)
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        // the host's zstd must notice a stream that was cut short or damaged
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
        block.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0, !isFlushed {
            if input.pos == input.size, !hasEnded {
                let count = try inner.read(into: block)
                hasEnded = count == 0
                input = ZSTD_inBuffer(
                    src: UnsafeRawPointer(block.baseAddress),
                    size: count,
                    pos: 0
                )
            }
            let rest = ZSTD_compressStream2(
                context,
                &output,
                &input,
                hasEnded ? ZSTD_e_end : ZSTD_e_continue
            )
            if ZSTD_isError(rest) != 0 {
                throw ZstdFailure(reason: String(cString: ZSTD_getErrorName(rest)))
            }
            isFlushed = hasEnded && rest == 0
        }
        return output.pos
    }
}

/// zstd could not go on.
struct ZstdFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { "cannot pack the snapshot for the wire: \(reason)" }
}
