import CLibCrypto

/// A private key that signs for SSH: plain bytes, so it can be shared between connections.
struct SigningKey: Sendable {
    /// As it stands in a `.pub` file.
    let publicBlob: [UInt8]
    private let der: [UInt8]

    init(publicBlob: [UInt8], der: [UInt8]) {
        self.publicBlob = publicBlob
        self.der = der
    }

    /// The signature without its type: the inner string of SSH's signature blob.
    ///
    /// - Returns: nil where OpenSSL refuses the key.
    func signature(of data: [UInt8]) -> [UInt8]? {
        guard let key = HostKey(blob: publicBlob) else { return nil }
        let digest: OpaquePointer? =
            switch key.type {
            case "ssh-rsa": unsafe EVP_sha512()
            case "ecdsa-sha2-nistp256": unsafe EVP_sha256()
            case "ecdsa-sha2-nistp384": unsafe EVP_sha384()
            case "ecdsa-sha2-nistp521": unsafe EVP_sha512()
            // Ed25519 digests by itself.
            default: nil
            }
        guard let signature = unsafe sign(data, digest) else { return nil }
        return key.type.hasPrefix("ecdsa") ? Self.sshECDSA(signature) : signature
    }

    private func sign(_ data: [UInt8], _ digest: OpaquePointer?) -> [UInt8]? {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let key: OpaquePointer? = unsafe der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return unsafe d2i_AutoPrivateKey(nil, &start, bytes.count)
        }
        defer { unsafe EVP_PKEY_free(key) }
        var count = 0
        guard unsafe key != nil,
            unsafe EVP_DigestSignInit(context, nil, digest, nil, key) == 1,
            unsafe EVP_DigestSign(context, nil, &count, data, data.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard unsafe EVP_DigestSign(context, &signature, &count, data, data.count) == 1 else {
            return nil
        }
        return Array(signature.prefix(count))
    }

    /// From DER's SEQUENCE of two INTEGERs to two mpints (RFC 5656 §3.1.2).
    static func sshECDSA(_ der: [UInt8]) -> [UInt8]? {
        var reader = WireReader(der)
        var writer = WireWriter()
        do {
            guard try reader.byte() == 0x30 else { return nil }
            // P-521 needs the long form: 0x81 and one byte.
            if try reader.byte() == 0x81 { _ = try reader.byte() }
            for _ in 0..<2 {
                guard try reader.byte() == 0x02 else { return nil }
                writer.mpint(try reader.bytes(Int(reader.byte())))
            }
        } catch {
            return nil
        }
        return writer.bytes
    }
}
