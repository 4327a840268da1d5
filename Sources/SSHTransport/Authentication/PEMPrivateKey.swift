import CLibCrypto

/// Private keys in OpenSSL's own formats: PKCS #8, PKCS #1 and SEC 1 in PEM.
enum PEMPrivateKey {
    /// Both ways in which PEM says so: in its title, and in a header of the old formats.
    static func isEncrypted(_ text: String) -> Bool {
        text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("4,ENCRYPTED")
    }

    /// Reads the key, unlocking it where it is encrypted.
    static func unlocked(
        _ text: String,
        with passphrase: String?
    ) throws(KeyFileProblem) -> SigningKey {
        guard text.contains("PRIVATE KEY-----") else { throw .notAPrivateKey }
        let isEncrypted = isEncrypted(text)
        if isEncrypted && passphrase == nil { throw .passphraseNeeded }
        let file = Array(text.utf8)
        let bio = unsafe BIO_new_mem_buf(file, Int32(file.count))
        defer { unsafe BIO_free(bio) }
        var secret = Array((passphrase ?? "").utf8) + [0]
        // Without a callback of ours, the context is the passphrase, ended by a zero.
        let key = unsafe secret.withUnsafeMutableBytes { secret in
            unsafe PEM_read_bio_PrivateKey(bio, nil, nil, secret.baseAddress)
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard let key = unsafe key else {
            throw isEncrypted ? .wrongPassphrase : .damaged("OpenSSL cannot read it")
        }
        return try unsafe signingKey(key)
    }

    private static func signingKey(_ key: OpaquePointer) throws(KeyFileProblem) -> SigningKey {
        let count = unsafe i2d_PrivateKey(key, nil)
        guard count > 0 else { throw .damaged("OpenSSL cannot write it") }
        var der = [UInt8](repeating: 0, count: Int(count))
        unsafe der.withUnsafeMutableBufferPointer { bytes in
            var start = bytes.baseAddress
            _ = unsafe i2d_PrivateKey(key, &start)
        }
        return SigningKey(publicBlob: try unsafe publicBlob(key), der: der)
    }

    private static func publicBlob(_ key: OpaquePointer) throws(KeyFileProblem) -> [UInt8] {
        var writer = WireWriter()
        let name = unsafe EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) } ?? ""
        switch name {
        case "RSA":
            writer.string(Array("ssh-rsa".utf8))
            writer.mpint(try unsafe number("e", of: key))
            writer.mpint(try unsafe number("n", of: key))
        case "EC":
            let point = try unsafe octets("encoded-pub-key", of: key)
            // An uncompressed point: one byte and two coordinates.
            let curve: String
            switch point.count {
            case 65: curve = "nistp256"
            case 97: curve = "nistp384"
            case 133: curve = "nistp521"
            default: throw .unsupported("an elliptic curve of another kind")
            }
            writer.string(Array("ecdsa-sha2-\(curve)".utf8))
            writer.string(Array(curve.utf8))
            writer.string(point)
        case "ED25519":
            writer.string(Array("ssh-ed25519".utf8))
            writer.string(try unsafe octets("pub", of: key))
        default:
            throw .unsupported("a key of type \(name)")
        }
        return writer.bytes
    }

    private static func number(
        _ name: String,
        of key: OpaquePointer
    ) throws(KeyFileProblem) -> [UInt8] {
        var value: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key, name, &value) == 1 else { throw .damaged(name) }
        defer { unsafe BN_free(value) }
        var bytes = [UInt8](repeating: 0, count: (Int(unsafe BN_num_bits(value)) + 7) / 8)
        unsafe BN_bn2bin(value, &bytes)
        return bytes
    }

    private static func octets(
        _ name: String,
        of key: OpaquePointer
    ) throws(KeyFileProblem) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        var count = 0
        guard unsafe EVP_PKEY_get_octet_string_param(key, name, &bytes, bytes.count, &count) == 1
        else { throw .damaged(name) }
        return Array(bytes.prefix(count))
    }
}
