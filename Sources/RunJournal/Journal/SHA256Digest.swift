internal import CLibCrypto

/// SHA-256 (FIPS 180-4) of bytes in memory.
enum SHA256Digest {
    /// How many hexadecimal digits it has.
    static let digits = 64

    /// In lower-case hexadecimal.
    static func hex(of bytes: some Collection<UInt8>) -> String {
        var digest = [UInt8](repeating: 0, count: digits / 2)
        let done = Array(bytes).withUnsafeBytes { input in
            digest.withUnsafeMutableBufferPointer { output in
                EVP_Digest(
                    input.baseAddress,
                    input.count,
                    output.baseAddress,
                    nil,
                    EVP_sha256(),
                    nil
                )
            }
        }
        // It fails only where the library cannot give its own SHA-256 at all.
        precondition(done == 1, "libcrypto has no SHA-256")
        let alphabet = Array("0123456789abcdef")
        return String(digest.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] })
    }
}
