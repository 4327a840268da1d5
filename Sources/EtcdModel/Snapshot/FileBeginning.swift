/// What a file that is no database begins with, to tell the person what they gave instead.
package enum FileBeginning: Sendable, Hashable {
    case packed(Packing)
    /// Printable text; its first line, at most 40 characters.
    case text(firstLine: String)
    case zeros
    case unknown

    /// What a snapshot may be packed in.
    package enum Packing: String, Sendable, Hashable, CaseIterable {
        case gzip, zstd, xz, bzip2, lz4, zip, tar, gpg, age
        case zlib, lzop, snappy, openssl
        case sevenZip = "7z"
    }

    /// - Parameter bytes: the first ones of the file, 512 where it has so many.
    package init(_ bytes: [UInt8]) {
        if let packing = Packing(bytes) {
            self = .packed(packing)
        } else if !bytes.isEmpty, bytes.allSatisfy({ $0 == 0 }) {
            self = .zeros
        } else if let line = Self.firstLine(bytes) {
            self = .text(firstLine: line)
        } else {
            self = .unknown
        }
    }

    /// nil unless the bytes are printable ASCII; what else may stand there is not for a terminal.
    private static func firstLine(_ bytes: [UInt8]) -> String? {
        let isText = bytes.allSatisfy { (0x20..<0x7F).contains($0) || (0x09...0x0D).contains($0) }
        guard isText, let line = bytes.split(whereSeparator: { $0 < 0x20 }).first else {
            return nil
        }
        return String(decoding: line.prefix(40), as: UTF8.self)
    }
}

extension FileBeginning.Packing {
    /// By the magic numbers of RFC 1952 and 8878, the xz, bzip2, LZ4, ZIP, 7z, lzop and snappy
    /// formats, RFC 4880 (packets of a message, or its armour) and age-encryption.org/v1.
    fileprivate init?(_ bytes: [UInt8]) {
        let texts: [(Self, String)] = [
            (.gpg, "-----BEGIN PGP MESSAGE"), (.age, "-----BEGIN AGE ENCRYPTED FILE"),
            (.age, "age-encryption.org/v"), (.bzip2, "BZh"), (.zip, "PK\u{3}\u{4}"),
            // a ZIP archive without a file, and the mark of one that was split
            (.zip, "PK\u{5}\u{6}"), (.zip, "PK\u{7}\u{8}"),
            // the second is the first in base64, as `openssl enc -a` writes it
            (.openssl, "Salted__"), (.openssl, "U2FsdGVkX1"),
        ]
        let magic: [(Self, [UInt8])] = [
            // the second is that of compress (.Z), which gzip opens
            (.gzip, [0x1F, 0x8B]), (.gzip, [0x1F, 0x9D]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
            (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), (.lz4, [0x04, 0x22, 0x4D, 0x18]),
            // LZ4's frame of before 2015, `lz4 -l`
            (.lz4, [0x02, 0x21, 0x4C, 0x18]),
            (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), (.lzop, [0x89, 0x4C, 0x5A, 0x4F]),
            (.snappy, [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59]),
        ]
        let all = magic + texts.map { ($0.0, Array($0.1.utf8)) }
        let frame = Self.behindSkippableFrames(bytes)
        if let found = all.first(where: { frame.starts(with: $0.1) }) {
            self = found.0
        } else if frame.startIndex > 0 {
            // it goes on beyond the bytes that are at hand; zstd is by far the more usual one
            self = .zstd
        } else if bytes.dropFirst(257).starts(with: "ustar".utf8) {
            // POSIX.1-1988, magic of the header block
            self = .tar
        } else if Self.isPGPMessage(bytes) {
            self = .gpg
        } else if Self.isZlib(bytes) {
            self = .zlib
        } else {
            return nil
        }
    }

    /// Returns what follows the skippable frames, which zstd and LZ4 share.
    ///
    /// pzstd writes one before each of its frames, and the reader of a seekable file finds others
    /// (RFC 8878 §3.1.2).
    private static func behindSkippableFrames(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        while let kind = rest.first, kind & 0xF0 == 0x50,
            rest.dropFirst().starts(with: [0x2A, 0x4D, 0x18]), rest.count >= 8
        {
            let size = rest.dropFirst(4).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(8 + size)
        }
        return rest
    }

    /// A message of packets that gpg opens: encrypted, or only signed.
    private static func isPGPMessage(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        switch bytes[0] {
        // a session key for a public key (tag 1, version 3 or 6)
        case 0x84, 0xC1: return bytes[1] < 192 && isKeyVersion(bytes[2]) || isKeyVersion(bytes[3])
        case 0x85: return isKeyVersion(bytes[3])
        // a session key for a passphrase (tag 3, version 4 to 6)
        case 0x8C, 0xC3: return (4...6).contains(bytes[2])
        // a signature that follows (tag 4, version 3 or 6, of binary data or text)
        case 0x90, 0xC4: return isKeyVersion(bytes[2]) && bytes[3] <= 1
        // compressed packets (tag 8) of unknown length: what `gpg --sign` writes
        case 0xA3: return (1...3).contains(bytes[1])
        default: return false
        }
    }

    private static func isKeyVersion(_ byte: UInt8) -> Bool { byte == 3 || byte == 6 }

    /// The header of RFC 1950 with a window of 32 KiB; what is text is not taken for it.
    private static func isZlib(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 2, bytes[0] == 0x78, [0x01, 0x5E, 0x9C, 0xDA].contains(bytes[1]) else {
            return false
        }
        return bytes.contains { $0 >= 0x7F || $0 < 0x09 }
    }

    /// A command that opens it, and keeps it.
    var opening: String {
        switch self {
        case .gzip: "gzip -dk FILE"
        case .zstd: "zstd -dk FILE"
        case .xz: "xz -dk FILE"
        case .bzip2: "bzip2 -dk FILE"
        case .lz4: "lz4 -dk FILE"
        case .zip: "unzip FILE"
        case .tar: "tar -xf FILE"
        case .gpg: "gpg -o snapshot.db -d FILE"
        case .age: "age -o snapshot.db -d FILE"
        case .zlib: "pigz -dc FILE >snapshot.db"
        case .lzop: "lzop -dk FILE"
        case .snappy: "snzip -dk FILE"
        case .openssl: "openssl enc -d OPTIONS -in FILE -out snapshot.db"
        case .sevenZip: "7z x FILE"
        }
    }

    var isEncryption: Bool { self == .gpg || self == .age || self == .openssl }
}
