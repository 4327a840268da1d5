import CFastCTR
import CLibCrypto
import RemoteHost
import Testing

@Suite("The key stream made ahead")
struct FastCipherTests {
    private static let plaintext = (0..<50_000).map {
        UInt8(truncatingIfNeeded: $0 &* 13 ^ $0 >> 8)
    }

    /// Encrypts the bytes in pieces of these sizes, over and over.
    private static func encrypted(
        _ cipher: OpaquePointer?,
        _ sizes: [Int],
        _ function: (OpaquePointer?, UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>, UInt32) ->
            Int32
    ) throws -> [UInt8] {
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        let key = (0..<32).map { UInt8($0 * 7) }
        // a counter that carries into every byte of the block before long
        let counter = [UInt8](repeating: 0xFF, count: 15) + [0xF0]
        try #require(EVP_CipherInit_ex(context, cipher, nil, key, counter, 1) == 1)
        var output = [UInt8](repeating: 0, count: plaintext.count)
        var position = 0
        var turn = 0
        while position < plaintext.count {
            let size = min(sizes[turn % sizes.count], plaintext.count - position)
            try output.withUnsafeMutableBufferPointer { output in
                try plaintext.withUnsafeBufferPointer { input in
                    let to = try #require(output.baseAddress) + position
                    let from = try #require(input.baseAddress) + position
                    #expect(function(context, to, from, UInt32(size)) > 0)
                }
            }
            position += size
            turn += 1
        }
        return output
    }

    @Test(
        "is OpenSSL's own, however the bytes are cut",
        arguments: [[16], [16, 16, 1, 15], [16, 4096], [16, 7, 8193, 16, 3], [16, 50_000]]
    )
    func same(_ sizes: [Int]) throws {
        for cipher in [EVP_aes_128_ctr(), EVP_aes_192_ctr(), EVP_aes_256_ctr()] {
            let before = rekindle_fast_ctr_contexts()
            let fast = try Self.encrypted(cipher, sizes, rekindle_fast_ctr_cipher)
            #expect(
                rekindle_fast_ctr_contexts() >= before + (rekindle_fast_ctr_is_off() == 1 ? 0 : 1)
            )
            #expect(try fast == Self.encrypted(cipher, [50_000], wholeWithOpenSSL))
        }
    }

    @Test("is OpenSSL's own for random cuts")
    func random() throws {
        for _ in 0..<50 {
            let sizes = [16] + (0..<40).map { _ in Int.random(in: 1...2000) }
            let fast = try Self.encrypted(EVP_aes_256_ctr(), sizes, rekindle_fast_ctr_cipher)
            #expect(try fast == Self.encrypted(EVP_aes_256_ctr(), [50_000], wholeWithOpenSSL))
        }
    }

    @Test("leaves other ciphers and other callers to OpenSSL")
    func others() throws {
        // of the counter modes, only what libssh2 asks for
        let direct = try Self.encrypted(EVP_aes_128_ctr(), [16], EVP_Cipher)
        #expect(try direct == Self.encrypted(EVP_aes_128_ctr(), [50_000], wholeWithOpenSSL))
        let chained = try Self.encrypted(EVP_aes_128_cbc(), [16], rekindle_fast_ctr_cipher)
        #expect(try chained == Self.encrypted(EVP_aes_128_cbc(), [16], EVP_Cipher))
    }
}

/// OpenSSL's usual way in, which nobody stands in front of.
private func wholeWithOpenSSL(
    _ context: OpaquePointer?,
    _ output: UnsafeMutablePointer<UInt8>,
    _ input: UnsafePointer<UInt8>,
    _ count: UInt32
) -> Int32 {
    var written: Int32 = 0
    return EVP_EncryptUpdate(context, output, &written, input, Int32(count)) == 1 ? written : -1
}

extension RealSSHD {
    @Suite("The key stream made ahead, over SSH")
    struct FastCipher {
        @Test("carries libssh2's bytes over many changes of keys")
        func uploads() async throws {
            let before = rekindle_fast_ctr_contexts()
            let rekeying = LocalSSHD.Configuration(lines: ["RekeyLimit 1M"])
            try await LocalSSHD.run(rekeying) { server in
                let connection = try await server.connect()
                let count = 16 << 20
                let result = try await connection.run(
                    .script("sha256sum"),
                    input: .stream(PatternStream(count: count)),
                    limits: CommandLimits(deadline: .seconds(50))
                )
                #expect(try result.outputText.prefix(64) == PatternStream.sha256(count: count))
                await connection.close()
            }
            // a pair for each exchange, of which there are several; none where it is switched off
            let taken = rekindle_fast_ctr_contexts() - before
            #expect(taken >= 4 || rekindle_fast_ctr_is_off() == 1, "\(taken)")
        }
    }
}
