import CLibCrypto
import EtcdModel
import Glibc

/// The two digests of a snapshot file, from one pass over it.
struct FileDigest {
    /// SHA-256 of the whole file, as lower-case hex.
    let whole: String
    /// SHA-256 of all but the last 32 bytes.
    let computed: String
    /// The last 32 bytes.
    let recorded: String

    /// Fits the cache of a CPU beside what else it does; larger ones are no faster.
    private static let blockBytes = 256 << 10

    /// - Throws: `SnapshotFileError`.
    init(_ file: OpenSnapshot) throws {
        guard let running = EVP_MD_CTX_new(), let body = EVP_MD_CTX_new() else {
            throw SnapshotFileError(path: file.path, problem: .unreadable(code: ENOMEM))
        }
        defer {
            EVP_MD_CTX_free(running)
            EVP_MD_CTX_free(body)
        }
        precondition(EVP_DigestInit_ex(running, EVP_sha256(), nil) == 1, "SHA-256 is always there")
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.blockBytes,
            alignment: 4096
        )
        defer { block.deallocate() }
        let bodyBytes = Int(file.bytes - SnapshotTrailer.bytes)
        var offset = 0
        while offset < bodyBytes {
            let part = UnsafeMutableRawBufferPointer(rebasing: block.prefix(bodyBytes - offset))
            try file.read(at: offset, into: part)
            EVP_DigestUpdate(running, part.baseAddress, part.count)
            offset += part.count
        }
        EVP_MD_CTX_copy_ex(body, running)
        var trailer = [UInt8](repeating: 0, count: Int(SnapshotTrailer.bytes))
        try trailer.withUnsafeMutableBytes { try file.read(at: bodyBytes, into: $0) }
        EVP_DigestUpdate(running, trailer, trailer.count)
        computed = Self.finish(body)
        whole = Self.finish(running)
        recorded = Hex.text(trailer)
    }

    private static func finish(_ context: OpaquePointer) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Hex.text(digest)
    }
}
