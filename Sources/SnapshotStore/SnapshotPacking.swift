import SnapshotSource

/// What a snapshot is wrapped in before it is kept, by the well-kept programs.
package struct SnapshotPacking: Sendable, Hashable {
    package enum Compression: String, Sendable, Hashable, CaseIterable {
        case gz
        case zst
    }

    package enum Encryption: Sendable, Hashable {
        /// By gpg, with the first line of a file.
        case passphrase(file: String)
        /// A user ID or fingerprint of gpg's, or a public key of age's or of SSH's.
        case recipient(String)
    }

    package var compression: Compression?
    package var encryption: Encryption?

    package init(compression: Compression? = nil, encryption: Encryption? = nil) {
        self.compression = compression
        self.encryption = encryption
    }

    /// A program that reads standard input and writes standard output.
    struct Program {
        var name: String
        /// The Debian package that has it.
        var package: String
        /// No secret is among them, only where one lies.
        var arguments: [String]
        var suffix: String
    }

    /// In the order in which the bytes pass them.
    var programs: [Program] {
        let compressing: Program? =
            switch compression {
            case .gz: Program(name: "gzip", package: "gzip", arguments: ["-c"], suffix: "gz")
            case .zst: Program(name: "zstd", package: "zstd", arguments: ["-qc"], suffix: "zst")
            case nil: nil
            }
        return [compressing, encryption.map(encrypting)].compactMap { $0 }
    }

    /// Behind `.db` in the file's name.
    package var suffixes: [String] { programs.map(\.suffix) }
    /// The outermost first, each by its program.
    package var layers: [String] { programs.map(\.name).reversed() }

    private func encrypting(_ encryption: Encryption) -> Program {
        let gpg = [
            "--batch", "--no-tty", "--quiet", "--no-options", "--no-auto-check-trustdb",
            // what is compressed already, or must not be, is not compressed again
            "--compress-algo", "none", "--output", "-",
        ]
        switch encryption {
        case .passphrase(let file):
            return Program(
                name: "gpg",
                package: "gnupg",
                arguments: gpg + [
                    "--pinentry-mode", "loopback", "--passphrase-file", file, "--cipher-algo",
                    "AES256",
                    // without a count of its own it asks the agent how many rounds take a tenth of a second, and
                    // fails where there is none; this is the highest (RFC 4880 §3.7.1.3)
                    "--s2k-count", "65011712", "--no-autostart", "--no-keyring",
                    "--no-random-seed-file", "--symmetric",
                ],
                suffix: "gpg"
            )
        case .recipient(let key) where key.hasPrefix("age1") || key.hasPrefix("ssh-"):
            return Program(name: "age", package: "age", arguments: ["-r", key], suffix: "age")
        case .recipient(let key):
            return Program(
                name: "gpg",
                package: "gnupg",
                arguments: gpg + ["--trust-model", "always", "--recipient", key, "--encrypt"],
                suffix: "gpg"
            )
        }
    }
}
