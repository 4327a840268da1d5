import CLibCrypto
import EtcdModel
package import RemoteHost

/// The digest of the first bytes of a stream.
package enum PrefixDigest {
    /// SHA-256, in lower-case hex, of so many bytes; nil where the stream has fewer.
    @concurrent
    package static func sha256(of stream: any ByteStream, bytes: UInt64) async throws -> String? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "SHA-256 is always there")
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { block.deallocate() }
        var left = bytes
        while left > 0 {
            try Task.checkCancellation()
            let part = UnsafeMutableRawBufferPointer(
                rebasing: block.prefix(Int(min(left, UInt64(block.count))))
            )
            let count = try stream.read(into: part)
            guard count > 0 else { return nil }
            EVP_DigestUpdate(context, part.baseAddress, count)
            left -= UInt64(count)
        }
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Hex.text(digest)
    }
}
