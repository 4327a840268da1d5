import EtcdModel
import Glibc

/// What a snapshot is wrapped in, and the program that takes it off.
enum SnapshotLayer: String, Sendable, Hashable {
    case gzip
    case zstd
    case xz
    case bzip2
    case lz4
    /// An archive of one file, as k3s, RKE2 and RKE1 write it.
    case zip
    case gpg
    case age

    /// As the content shows; a name tells nothing that the content does not tell better.
    ///
    /// Nil for what is no layer, or one that Rekindle does not open.
    init?(_ beginning: [UInt8]) {
        guard case .packed(let packing) = FileBeginning(beginning) else { return nil }
        switch packing {
        case .gzip: self = .gzip
        case .zstd: self = .zstd
        case .xz: self = .xz
        case .bzip2: self = .bzip2
        case .lz4: self = .lz4
        case .zip: self = .zip
        case .gpg: self = .gpg
        case .age: self = .age
        case .tar, .zlib, .lzop, .snappy, .openssl, .sevenZip: return nil
        }
    }

    /// How deep layers may lie: more are a mistake, or an attack.
    static let deepest = 8

    /// What takes it off.
    var program: String { self == .zip ? "funzip" : rawValue }

    /// The Debian package with the program.
    var package: String {
        switch self {
        case .gzip, .zstd, .bzip2, .lz4, .age: rawValue
        case .xz: "xz-utils"
        case .zip: "unzip"
        case .gpg: "gnupg"
        }
    }

    /// Whether the program reports on descriptor 3 what it found.
    var reports: Bool { self == .gpg }

    /// The program's arguments: it reads standard input and writes standard output.
    ///
    /// No secret is among them, only where one lies.
    func arguments(_ keys: LayerKeys, environment: [String: String]) -> [String] {
        switch self {
        case .gzip: ["-dc"]
        // the window of `zstd --long=31`, which is the longest that can be written
        case .zstd: ["-dcq", "--long=31"]
        case .xz, .lz4: ["-dcq"]
        // -q would hide why it fails
        case .bzip2: ["-dc"]
        case .zip: []
        case .gpg:
            // reads the user's keys, and makes or writes no file of theirs
            ["--batch", "--no-tty", "--quiet", "--no-options", "--no-auto-check-trustdb"]
                + ["--status-fd", "3"]
                + ["--trust-model", "always"]
                + (Self.hasKeyring(environment) ? [] : ["--no-keyring"])
                + (keys.passphraseFile.map {
                    ["--pinentry-mode", "loopback", "--passphrase-file", $0]
                } ?? [])
                + ["--decrypt"]
        case .age: ["-d"] + keys.identities.flatMap { ["-i", $0] }
        }
    }

    /// Where there is no directory of keys gpg opens what a passphrase opens, and ends as if it had
    /// failed.
    private static func hasKeyring(_ environment: [String: String]) -> Bool {
        let given = environment["GNUPGHOME", default: ""]
        return access(given.isEmpty ? "\(environment["HOME", default: ""])/.gnupg" : given, F_OK)
            == 0
    }

    /// What is known before the program is asked.
    /// - Throws: `SourceFailure`.
    func requireKeys(
        _ keys: LayerKeys,
        beginning: [UInt8],
        of name: String
    ) throws(SourceFailure) {
        guard self == .age else { return }
        let header = String(decoding: beginning, as: UTF8.self)
        if header.contains("\n-> scrypt ") {
            throw SourceFailure(
                "\(name) is locked with a passphrase by age, which takes one from a terminal only",
                hint: "open it yourself: `age -d \(name) | rekindle … --snapshot -`; for the next "
                    + "backup use a recipient (age -r), or gpg with --passphrase-file"
            )
        }
        if keys.identities.isEmpty {
            throw SourceFailure(
                "\(name) is encrypted with age, and no identity was given",
                hint: "name the file with the secret key: --identity FILE"
            )
        }
    }
}

/// Where the secrets lie that open a snapshot's layers; never the secrets themselves.
package struct LayerKeys: Sendable, Hashable {
    /// For gpg; nil leaves it to the agent.
    package var passphraseFile: String?
    /// For age.
    package var identities: [String]

    package init(passphraseFile: String? = nil, identities: [String] = []) {
        self.passphraseFile = passphraseFile
        self.identities = identities
    }
}
