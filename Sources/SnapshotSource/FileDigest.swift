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

    init(_ file: OpenSnapshot) throws {
        guard let running = EVP_MD_CTX_new(), let body = EVP_MD_CTX_new() else {
            throw SnapshotFileError(path: file.path, problem: .unreadable(code: ENOMEM))
        }
        defer {
            EVP_MD_CTX_free(running)
            EVP_MD_CTX_free(body)
        }
        precondition(EVP_DigestInit_ex(running, EVP_sha256(), nil) == 1, "SHA-256 is always there")
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { block.deallocate() }
        let trailer = Int(SnapshotTrailer.bytes)
        let bodyBytes = Int(file.bytes) - trailer
        var offset = 0
        while offset < bodyBytes {
            let count = try Self.read(file, into: block, at: offset, most: bodyBytes - offset)
            EVP_DigestUpdate(running, block.baseAddress, count)
            offset += count
        }
        EVP_MD_CTX_copy_ex(body, running)
        var last: [UInt8] = []
        while last.count < trailer {
            let count = try Self.read(
                file,
                into: block,
                at: bodyBytes + last.count,
                most: trailer - last.count
            )
            last += block.prefix(count)
        }
        EVP_DigestUpdate(running, last, last.count)
        computed = Self.finish(body)
        whole = Self.finish(running)
        recorded = Hex.text(last)
    }

    private static func finish(_ context: OpaquePointer) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Hex.text(digest)
    }

    private static func read(
        _ file: OpenSnapshot,
        into block: UnsafeMutableRawBufferPointer,
        at offset: Int,
        most: Int
    ) throws -> Int {
        while true {
            let count = pread(file.descriptor, block.baseAddress, min(block.count, most), offset)
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                throw SnapshotFileError(path: file.path, problem: .unreadable(code: errno))
            }
            if count == 0 {
                throw SnapshotFileError(path: file.path, problem: .changedWhileRead)
            }
            return count
        }
    }
}
