import CZlib

/// Makes gzip members (RFC 1952), one at a time, in memory that it keeps.
///
/// `gzip -d` takes any number of members one behind the other for one file.
final class GzipPress {
    private var stream = z_stream()
    private var level = Z_BEST_SPEED

    /// Throws where there is no memory for it.
    init() throws {
        guard rekindle_deflate_gzip(&stream, level) == Z_OK else {
            throw PackingFailure(reason: "out of memory")
        }
    }

    deinit {
        deflateEnd(&stream)
    }

    /// The most bytes that so many can become.
    func bound(_ count: Int) -> Int {
        Int(deflateBound(&stream, uLong(count)))
    }

    /// A member; one that only wraps the bytes where they are to be stored.
    func member(
        of bytes: UnsafeRawBufferPointer,
        storing: Bool,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        try check(deflateReset(&stream), Z_OK)
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(output.count)
        stream.next_in = UnsafeMutablePointer(
            mutating: bytes.bindMemory(to: UInt8.self).baseAddress
        )
        stream.avail_in = UInt32(bytes.count)
        let wanted = storing ? Z_NO_COMPRESSION : Z_BEST_SPEED
        if wanted != level {
            try check(deflateParams(&stream, wanted, Z_DEFAULT_STRATEGY), Z_OK)
            level = wanted
        }
        try check(deflate(&stream, Z_FINISH), Z_STREAM_END)
        return output.count - Int(stream.avail_out)
    }

    private func check(_ code: Int32, _ wanted: Int32) throws {
        guard code == wanted else { throw PackingFailure(reason: "zlib answered \(code)") }
    }
}
