import FoundationEssentials

/// What a certificate of OpenSSH's says, as far as a login needs it (its PROTOCOL.certkeys).
///
/// Nothing in it is verified here: that is the server's part.
struct UserCertificate {
    /// As it stands in a `-cert.pub` file.
    let blob: [UInt8]
    /// The key that it is for, as that stands in a `.pub` file.
    let publicBlob: [UInt8]
    /// The names that it lets a user log in as; without one, sshd accepts it for nobody.
    let principals: [String]
    /// Seconds since 1970; the second is the first at which it does not hold any more.
    let validity: Range<UInt64>
    private let isForUser: Bool

    private static let suffix = "-cert-v01@openssh.com"

    /// How many strings of the key stand between the nonce and the serial number.
    private static let keyFields = [
        "ssh-ed25519": 1, "ssh-rsa": 2, "ecdsa-sha2-nistp256": 2, "ecdsa-sha2-nistp384": 2,
        "ecdsa-sha2-nistp521": 2,
    ]

    /// - Returns: nil where the blob is no certificate, or one of a type that is not known.
    init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        do throws(WireReader.Truncated) {
            let type = try reader.text()
            let keyType = String(type.dropLast(Self.suffix.count))
            guard type.hasSuffix(Self.suffix), let count = Self.keyFields[keyType] else {
                return nil
            }
            _ = try reader.string()
            var key = WireWriter()
            key.string(Array(keyType.utf8))
            for _ in 0..<count { key.string(try reader.string()) }
            _ = try reader.bytes(8)
            isForUser = try reader.uint32() == 1
            // the ID, which is for the server's log
            _ = try reader.string()
            principals = try Self.texts(reader.string())
            let start = try Self.uint64(&reader)
            validity = start..<max(start, try Self.uint64(&reader))
            publicBlob = key.bytes
        } catch {
            return nil
        }
        self.blob = blob
    }

    /// Why a server may have refused it, as far as it can be seen here; nil where it looks right.
    ///
    /// Told only after the refusal: this machine's clock may be wrong, and a server may map
    /// principals to other users (AuthorizedPrincipalsFile).
    func objection(to user: String, at now: UInt64) -> String? {
        guard isForUser else { return "it is the certificate of a host" }
        if now >= validity.upperBound { return "it expired at \(Self.time(validity.upperBound))" }
        if now < validity.lowerBound {
            return "it holds only from \(Self.time(validity.lowerBound)) on"
        }
        guard !principals.contains(user) else { return nil }
        return principals.isEmpty
            ? "it names no principal" : "it is for \(principals.joined(separator: ", "))"
    }

    private static func texts(_ bytes: [UInt8]) throws(WireReader.Truncated) -> [String] {
        var reader = WireReader(bytes)
        var texts: [String] = []
        var left = bytes.count
        while left > 0 {
            let text = try reader.string()
            left -= 4 + text.count
            texts.append(String(decoding: text, as: UTF8.self))
        }
        return texts
    }

    private static func uint64(_ reader: inout WireReader) throws(WireReader.Truncated) -> UInt64 {
        UInt64(try reader.uint32()) << 32 | UInt64(try reader.uint32())
    }

    private static func time(_ seconds: UInt64) -> String {
        // the end of the year 9999, behind which no date is written
        guard seconds <= 253_402_300_799 else { return "no date that there is" }
        return Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}
