import CLibCrypto
import EtcdModel
import Glibc

/// The two digests of a snapshot, from one pass over it whose end need not be known before.
///
/// Used from one thread at a time.
final class SnapshotDigest {
    struct Values {
        /// SHA-256 of the whole snapshot, as lower-case hex.
        let whole: String
        /// SHA-256 of all but the last 32 bytes.
        let computed: String
        /// The last 32 bytes.
        let recorded: String
    }

    private let running: OpaquePointer
    /// The newest bytes, which are the recorded digest if none follow.
    private var tail: [UInt8] = []

    /// Fits the cache of a CPU beside what else it does; larger ones are no faster.
    static let blockBytes = 256 << 10
    private static let trailerBytes = Int(SnapshotTrailer.bytes)

    /// - Throws: `SnapshotFileError` where there is no memory.
    init(of name: String) throws(SnapshotFileError) {
        guard let running = EVP_MD_CTX_new() else {
            throw SnapshotFileError(path: name, problem: .unreadable(code: ENOMEM))
        }
        precondition(EVP_DigestInit_ex(running, EVP_sha256(), nil) == 1, "SHA-256 is always there")
        self.running = running
    }

    deinit { EVP_MD_CTX_free(running) }

    /// Of a whole file.
    /// - Throws: `SnapshotFileError`.
    static func values(of file: any SnapshotBytes) throws -> Values {
        let digest = try SnapshotDigest(of: file.name)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 4096)
        defer { block.deallocate() }
        var offset = 0
        while offset < Int(file.bytes) {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: block.prefix(Int(file.bytes) - offset)
            )
            try file.read(at: offset, into: part)
            digest.update(UnsafeRawBufferPointer(part))
            offset += part.count
        }
        return try digest.finish(file.name)
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count >= Self.trailerBytes {
            EVP_DigestUpdate(running, tail, tail.count)
            EVP_DigestUpdate(running, bytes.baseAddress, bytes.count - Self.trailerBytes)
            tail = Array(bytes.suffix(Self.trailerBytes))
        } else {
            tail += bytes
            let settled = max(0, tail.count - Self.trailerBytes)
            EVP_DigestUpdate(running, tail, settled)
            tail.removeFirst(settled)
        }
    }

    /// The digests of all that was given; to be asked for once.
    /// - Throws: `SnapshotFileError` where there is no memory.
    func finish(_ name: String) throws(SnapshotFileError) -> Values {
        guard let body = EVP_MD_CTX_new() else {
            throw SnapshotFileError(path: name, problem: .unreadable(code: ENOMEM))
        }
        defer { EVP_MD_CTX_free(body) }
        EVP_MD_CTX_copy_ex(body, running)
        EVP_DigestUpdate(running, tail, tail.count)
        return Values(
            whole: Self.text(running),
            computed: Self.text(body),
            recorded: Hex.text(tail)
        )
    }

    private static func text(_ context: OpaquePointer) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Hex.text(digest)
    }
}
