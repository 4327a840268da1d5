/// What a stored snapshot is wrapped in, and the program that wraps it.
package enum PackingLayer: Sendable, Hashable {
    case gzip
    case zstd
    /// Locked by gpg with the first line of a file.
    case gpgPassphrase(file: String)
    /// Locked by gpg for whoever has the key.
    case gpgRecipient(String)
    case ageRecipient(String)

    /// A recipient as a person gives it: age's begin with `age1` or `ssh-`, all else is gpg's.
    package init(recipient: String) {
        self =
            recipient.hasPrefix("age1") || recipient.hasPrefix("ssh-")
            ? .ageRecipient(recipient) : .gpgRecipient(recipient)
    }

    /// As a source's layers are called.
    package var name: String { layer.rawValue }

    /// What a file's name ends in.
    package var suffix: String {
        switch self {
        case .gzip: "gz"
        case .zstd: "zst"
        case .gpgPassphrase, .gpgRecipient: "gpg"
        case .ageRecipient: "age"
        }
    }

    var layer: SnapshotLayer {
        switch self {
        case .gzip: .gzip
        case .zstd: .zstd
        case .gpgPassphrase, .gpgRecipient: .gpg
        case .ageRecipient: .age
        }
    }

    /// It reads standard input and writes standard output; no secret is among them.
    var arguments: [String] {
        let gpg = ["--batch", "--no-tty", "--quiet", "--no-options", "--compress-algo", "none"]
        return switch self {
        case .gzip: ["-c"]
        case .zstd: ["-cq"]
        case .gpgPassphrase(let file):
            gpg + ["--pinentry-mode", "loopback", "--passphrase-file", file]
                + ["--cipher-algo", "AES256"]
                // without a count gpg asks its agent for one, and fails where it has no home; this is the
                // highest (RFC 4880 §3.7.1.3)
                + ["--s2k-count", "65011712", "--no-autostart", "--no-keyring"]
                + ["--no-random-seed-file", "--symmetric"]
        // naming it here is the word that it is trusted
        case .gpgRecipient(let recipient):
            gpg + ["--trust-model", "always", "--recipient", recipient, "--encrypt"]
        case .ageRecipient(let recipient): ["-r", recipient]
        }
    }

    /// What its last words mean (gpg 2.2, age 1.1.1).
    func explain(_ said: [String]) -> SourceFailure {
        let words = said.joined(separator: "\n").lowercased()
        func failure(_ fact: String, _ hint: String) -> SourceFailure {
            SourceFailure(fact, evidence: said, hint: hint)
        }
        switch self {
        case .gpgRecipient(let recipient):
            return failure(
                "gpg cannot encrypt for \(recipient)",
                words.contains("no public key") || words.contains("unusable public key")
                    ? "import that key first: `gpg --import FILE`; `gpg --list-keys` shows those here"
                    : "try `gpg --recipient \(recipient) --encrypt` by hand"
            )
        case .gpgPassphrase(let file):
            return failure(
                "gpg cannot encrypt with the passphrase in \(file)",
                "its first line must not be empty; try `gpg --symmetric` by hand"
            )
        case .ageRecipient(let recipient):
            return failure(
                "age cannot encrypt for \(recipient)",
                "a recipient is a public key, as age1… or ssh-ed25519 …"
            )
        case .gzip, .zstd: return failure("\(name) failed", "try it by hand")
        }
    }
}
