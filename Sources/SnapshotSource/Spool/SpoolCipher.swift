import CLibCrypto
import Glibc

/// AES-256 in counter mode under a key that only this process ever has.
///
/// A place in the stream is a number of its blocks, so that any part is opened by itself; the key is
/// fresh, so that no count is used twice. What was changed on the disk is found by the digest that
/// every member proves.
final class SpoolCipher: Sendable {
    private let key: SpoolKey

    private static let blockBytes: UInt64 = 16

    /// - Throws: `SourceFailure` where the system gives no random bytes.
    init() throws(SourceFailure) {
        key = try SpoolKey()
    }

    /// Seals or opens bytes in their place; both are the same (NIST SP 800-38A §6.5).
    ///
    /// The offset is where in the stream the bytes are.
    func turn(_ bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) {
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
        defer { EVP_CIPHER_CTX_free(context) }
        var counter = [UInt8](repeating: 0, count: 8)
        withUnsafeBytes(of: (offset / Self.blockBytes).bigEndian) { counter += $0 }
        precondition(
            EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nil, key.start, counter) == 1,
            "AES is always there"
        )
        var count: Int32 = 0
        // the part of the first block that is before the offset
        let before = [UInt8](repeating: 0, count: Int(offset % Self.blockBytes))
        var skipped = before
        EVP_EncryptUpdate(context, &skipped, &count, before, Int32(before.count))
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        EVP_EncryptUpdate(context, start, &count, start, Int32(bytes.count))
    }
}

/// 256 random bits that stay in memory, and are wiped with their owner.
// unchecked: written once before anybody else has it, and only read from then on
private final class SpoolKey: @unchecked Sendable {
    private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    private static let count = 32

    var start: UnsafePointer<UInt8> { UnsafePointer(bytes) }

    init() throws(SourceFailure) {
        bytes.initialize(repeating: 0, count: Self.count)
        // best effort: a limit of 0 locked bytes is no reason not to restore
        mlock(bytes, Self.count)
        guard RAND_bytes(bytes, Int32(Self.count)) == 1 else {
            throw SourceFailure(
                "the system gives no random bytes for a key",
                hint: "see to /dev/urandom of this machine"
            )
        }
    }

    deinit {
        OPENSSL_cleanse(bytes, Self.count)
        munlock(bytes, Self.count)
        bytes.deallocate()
    }
}
