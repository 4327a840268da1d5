import CLibCrypto

/// Private keys as DER, the form in which OpenSSL takes all of them.
enum PrivateKeyDER {
    /// PKCS #8 (RFC 8410 §7).
    static func ed25519(seed: [UInt8]) -> [UInt8] {
        let algorithm = element(0x30, element(0x06, [0x2B, 0x65, 0x70]))
        let key = element(0x04, element(0x04, seed))
        return element(0x30, element(0x02, [0]) + algorithm + key)
    }

    /// SEC 1 (RFC 5915 §3).
    static func ecdsa(
        curve: String,
        point: [UInt8],
        scalar: [UInt8]
    ) throws(KeyFileProblem) -> [UInt8] {
        let identifier: [UInt8]
        let size: Int
        switch curve {
        case "nistp256": (identifier, size) = ([0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7], 32)
        case "nistp384": (identifier, size) = ([0x2B, 0x81, 0x04, 0x00, 0x22], 48)
        case "nistp521": (identifier, size) = ([0x2B, 0x81, 0x04, 0x00, 0x23], 66)
        default: throw .unsupported("curve \(curve)")
        }
        let digits = Array(scalar.drop { $0 == 0 })
        guard digits.count <= size else { throw .damaged("ECDSA scalar") }
        let padded = [UInt8](repeating: 0, count: size - digits.count) + digits
        return element(
            0x30,
            element(0x02, [1]) + element(0x04, padded)
                + element(0xA0, element(0x06, identifier))
                + element(0xA1, element(0x03, [0] + point))
        )
    }

    /// PKCS #1 (RFC 8017 §A.1.2); the two exponents that OpenSSH leaves out are computed.
    static func rsa(
        modulus: [UInt8],
        publicExponent: [UInt8],
        privateExponent: [UInt8],
        coefficient: [UInt8],
        primes: ([UInt8], [UInt8])
    ) throws(KeyFileProblem) -> [UInt8] {
        guard let first = remainder(privateExponent, primes.0),
            let second = remainder(privateExponent, primes.1)
        else { throw .damaged("RSA primes") }
        let numbers = [
            [0], modulus, publicExponent, privateExponent, primes.0, primes.1, first, second,
            coefficient,
        ]
        return element(0x30, numbers.flatMap(integer))
    }

    /// The exponent modulo prime − 1.
    private static func remainder(_ exponent: [UInt8], _ prime: [UInt8]) -> [UInt8]? {
        let context = unsafe BN_CTX_new()
        let exponent = unsafe BN_bin2bn(exponent, Int32(exponent.count), nil)
        let divisor = unsafe BN_bin2bn(prime, Int32(prime.count), nil)
        defer {
            unsafe BN_clear_free(exponent)
            unsafe BN_clear_free(divisor)
            unsafe BN_CTX_free(context)
        }
        guard unsafe BN_sub_word(divisor, 1) == 1,
            unsafe BN_div(nil, exponent, exponent, divisor, context) == 1
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: (Int(unsafe BN_num_bits(exponent)) + 7) / 8)
        unsafe BN_bn2bin(exponent, &bytes)
        return bytes
    }

    private static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        let needsZero = (digits.first ?? 0x80) & 0x80 != 0
        return element(0x02, (needsZero ? [0] : []) + digits)
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length = [UInt8(truncatingIfNeeded: content.count)]
        if content.count > 0x7F {
            var writer = WireWriter()
            writer.uint32(UInt32(content.count))
            length = Array(writer.bytes.drop { $0 == 0 })
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }
}
