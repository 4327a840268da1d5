import CLibCrypto

/// The file format of ssh-keygen (OpenSSH's PROTOCOL.key), with one key in it.
///
/// OpenSSL cannot read it, and libssh2 1.10 cannot use its RSA keys with a current server.
struct OpenSSHPrivateKey {
    private static let header = "-----BEGIN OPENSSH PRIVATE KEY-----"
    private static let footer = "-----END OPENSSH PRIVATE KEY-----"

    /// In the clear even where the private part is encrypted.
    let publicBlob: [UInt8]
    private let cipher: String
    private let derivation: String
    private let derivationOptions: [UInt8]
    private let privatePart: [UInt8]

    var isEncrypted: Bool { cipher != "none" }

    static func isIn(_ text: String) -> Bool {
        text.contains(header)
    }

    init(_ text: String) throws(KeyFileProblem) {
        let lines = text.split(whereSeparator: \.isNewline)
        let body = lines.drop { $0 != Self.header }.dropFirst().prefix { $0 != Self.footer }
        guard let bytes = Base64.decode(body.joined()) else { throw .damaged("not Base64") }
        guard bytes.starts(with: "openssh-key-v1\0".utf8) else { throw .damaged("no magic") }
        do {
            var reader = WireReader(bytes.dropFirst("openssh-key-v1\0".utf8.count))
            cipher = try reader.text()
            derivation = try reader.text()
            derivationOptions = try reader.string()
            guard try reader.uint32() == 1 else { throw KeyFileProblem.unsupported("several keys") }
            publicBlob = try reader.string()
            privatePart = try reader.string()
        } catch let problem as KeyFileProblem {
            throw problem
        } catch {
            throw .damaged("it ends too early")
        }
    }

    /// Reads the private part; the passphrase is ignored where it is not encrypted.
    func unlocked(with passphrase: String?) throws(KeyFileProblem) -> SigningKey {
        let plain: [UInt8]
        if isEncrypted {
            guard let passphrase else { throw .passphraseNeeded }
            plain = try decrypted(passphrase)
        } else {
            plain = privatePart
        }
        var reader = WireReader(plain)
        do {
            // Twice the same random number: only the right passphrase gives that.
            guard try reader.uint32() == reader.uint32() else {
                throw isEncrypted ? KeyFileProblem.wrongPassphrase : .damaged("check numbers")
            }
            return SigningKey(publicBlob: publicBlob, der: try der(&reader))
        } catch let problem as KeyFileProblem {
            throw problem
        } catch {
            throw .damaged("the private part ends too early")
        }
    }

    private func decrypted(_ passphrase: String) throws(KeyFileProblem) -> [UInt8] {
        guard derivation == "bcrypt" else { throw .unsupported("key derivation \(derivation)") }
        let method: OpaquePointer? =
            switch cipher {
            case "aes256-ctr": unsafe EVP_aes_256_ctr()
            case "aes256-cbc": unsafe EVP_aes_256_cbc()
            default: nil
            }
        guard let method = unsafe method else { throw .unsupported("cipher \(cipher)") }
        var options = WireReader(derivationOptions)
        guard let salt = try? options.string(), let rounds = try? options.uint32() else {
            throw .damaged("key derivation options")
        }
        // A file could ask for years of work.
        guard (1...10_000).contains(rounds) else { throw .unsupported("\(rounds) bcrypt rounds") }
        let secret = BcryptKDF.key(
            passphrase: Array(passphrase.utf8),
            salt: salt,
            rounds: Int(rounds),
            count: 48
        )
        return try unsafe Self.decrypt(privatePart, method, secret)
    }

    private static func decrypt(
        _ bytes: [UInt8],
        _ method: OpaquePointer,
        _ secret: [UInt8]
    ) throws(KeyFileProblem) -> [UInt8] {
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var plain = [UInt8](repeating: 0, count: bytes.count + 16)
        var count: Int32 = 0
        let key = Array(secret[..<32])
        let vector = Array(secret[32...])
        guard unsafe EVP_DecryptInit_ex(context, method, nil, key, vector) == 1,
            unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1,
            unsafe EVP_DecryptUpdate(context, &plain, &count, bytes, Int32(bytes.count)) == 1
        else { throw .damaged("it cannot be decrypted") }
        return Array(plain.prefix(Int(count)))
    }

    /// The private part as DER that OpenSSL reads.
    private func der(_ reader: inout WireReader) throws -> [UInt8] {
        let type = try reader.text()
        switch type {
        case "ssh-ed25519":
            _ = try reader.string()
            let seed = Array(try reader.string().prefix(32))
            guard seed.count == 32 else { throw KeyFileProblem.damaged("ed25519 seed") }
            return PrivateKeyDER.ed25519(seed: seed)
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            let curve = try reader.text()
            let point = try reader.string()
            return try PrivateKeyDER.ecdsa(curve: curve, point: point, scalar: reader.string())
        case "ssh-rsa":
            let modulus = try reader.string()
            let publicExponent = try reader.string()
            let privateExponent = try reader.string()
            let coefficient = try reader.string()
            let firstPrime = try reader.string()
            return try PrivateKeyDER.rsa(
                modulus: modulus,
                publicExponent: publicExponent,
                privateExponent: privateExponent,
                coefficient: coefficient,
                primes: (firstPrime, reader.string())
            )
        default:
            throw KeyFileProblem.unsupported("a key of type \(type)")
        }
    }
}
