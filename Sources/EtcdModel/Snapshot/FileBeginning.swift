/// What a file that is no database begins with, to tell the person what they gave instead.
package enum FileBeginning: Sendable, Hashable {
    case packed(Packing)
    /// Printable text; its first line, at most 40 characters.
    case text(firstLine: String)
    case zeros
    case unknown

    /// What a snapshot may be packed in, by the name of the program that opens it.
    package enum Packing: String, Sendable, Hashable, CaseIterable {
        case gzip, zstd, xz, bzip2, lz4, zip, tar, gpg, age
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
    /// By the magic numbers of RFC 1952 and 8878, the xz, bzip2, LZ4 and ZIP formats, RFC 4880
    /// (packets of an encrypted message, or its armour) and age-encryption.org/v1.
    fileprivate init?(_ bytes: [UInt8]) {
        let armour: [(Self, String)] = [
            (.gpg, "-----BEGIN PGP MESSAGE"), (.age, "-----BEGIN AGE ENCRYPTED FILE"),
            (.age, "age-encryption.org/v"), (.bzip2, "BZh"), (.zip, "PK\u{3}\u{4}"),
        ]
        let magic: [(Self, [UInt8])] = [
            (.gzip, [0x1F, 0x8B]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
            (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), (.lz4, [0x04, 0x22, 0x4D, 0x18]),
        ]
        let all = magic + armour.map { ($0.0, Array($0.1.utf8)) }
        if let found = all.first(where: { bytes.starts(with: $0.1) }) {
            self = found.0
        } else if bytes.dropFirst(257).starts(with: "ustar".utf8) {
            // POSIX.1-1988, magic of the header block
            self = .tar
        } else if Self.isPGPMessage(bytes) {
            self = .gpg
        } else {
            return nil
        }
    }

    /// A session key packet: to a public key (tag 1, version 3) or a passphrase (tag 3, 4 to 6).
    private static func isPGPMessage(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        switch bytes[0] {
        case 0x84, 0xC1: return bytes[1] < 192 && bytes[2] == 3 || bytes[3] == 3
        case 0x85: return bytes[3] == 3
        case 0x8C, 0xC3: return (4...6).contains(bytes[2])
        default: return false
        }
    }

    /// A command that opens it, and keeps it.
    var opening: String {
        switch self {
        case .gzip: "gzip -dk"
        case .zstd: "zstd -dk"
        case .xz: "xz -dk"
        case .bzip2: "bzip2 -dk"
        case .lz4: "lz4 -dk"
        case .zip: "unzip"
        case .tar: "tar -xf"
        case .gpg: "gpg -o snapshot.db -d"
        case .age: "age -o snapshot.db -d"
        }
    }

    var isEncryption: Bool { self == .gpg || self == .age }
}
