import CLibCrypto

/// SHA-256 (FIPS 180-4) of small things, as lower-case hex.
package enum SHA256Text {
    package static func hex(of bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return Hex.text(digest)
    }
}
