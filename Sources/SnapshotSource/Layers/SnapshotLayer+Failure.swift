extension SnapshotLayer {
    /// What the program's last words mean, which it says in English (LC_ALL=C).
    func failure(_ said: [String], of name: String, _ keys: LayerKeys) -> SourceFailure {
        let words = LayerWords(said: said)
        let (fact, hint): (String, String) =
            switch self {
            case .gzip, .zstd, .xz, .bzip2, .lz4: unpacking(words, name)
            case .zip: unzipping(words, name)
            case .gpg: gpg(words, name, keys)
            case .age: age(words, name)
            }
        return SourceFailure(fact, evidence: said, hint: hint)
    }

    static let again =
        "its copy or its upload was cut short; fetch it again, or take an older snapshot"

    /// GNU gzip 1.12, zstd 1.5.4, xz 5.4, bzip2 1.0.8 and lz4 1.9.4.
    private func unpacking(_ words: LayerWords, _ name: String) -> (String, String) {
        if words.has(
            "unexpected end of file",
            "premature end",
            "unsupported format",
            "read error (39)",
            "unexpected end of input",
            "file ends unexpectedly",
            "unfinished stream",
            // lz4 has numbers for it: a block's size or its bytes are missing
            "error 67",
            "error 68"
        ) {
            return ("\(name) is truncated: its \(rawValue) layer ends too early", Self.again)
        }
        return (
            "\(name) is damaged: its \(rawValue) layer cannot be unpacked",
            "fetch it again from where it was saved, or take an older snapshot"
        )
    }

    /// funzip of Info-ZIP 6.00: it unpacks the archive's first file from a pipe, and a cut one looks
    /// damaged to it.
    private func unzipping(_ words: LayerWords, _ name: String) -> (String, String) {
        if words.has("encrypted", "password") {
            return (
                "\(name) is a ZIP archive with a password, which funzip asks for at a terminal only",
                "open it yourself: `unzip -p FILE | rekindle … --snapshot -`"
            )
        }
        return (
            "\(name) is truncated or damaged, or no archive of one packed file: its zip layer cannot "
                + "be unpacked",
            "try `unzip -p FILE | rekindle … --snapshot -`; where that fails too, " + Self.again
        )
    }

    /// GnuPG 2.2.40; without an agent it says of a passphrase too that there is no secret key.
    private func gpg(
        _ words: LayerWords,
        _ name: String,
        _ keys: LayerKeys
    ) -> (String, String) {
        if words.has("bad session key", "bad passphrase") {
            return (
                "the passphrase does not open \(name)",
                keys.passphraseFile.map { "is \($0) the right file? its first line counts" }
                    ?? "give the right one with --passphrase-file, or to the gpg agent"
            )
        }
        if words.has(
            "pinentry",
            "inappropriate ioctl",
            "agent running",
            "operation cancelled",
            "timeout"
        ) {
            return (
                "gpg has no passphrase for \(name), and could not ask for one",
                "give it with --passphrase-file, or tell it to the gpg agent first"
            )
        }
        if words.has("no secret key") {
            return (
                "\(name) is encrypted with gpg for a key that is not here",
                "import the secret key (`gpg --import`), or set GNUPGHOME to where it is"
            )
        }
        if words.has("manipulated", "problem reading", "invalid packet", "pending bytes") {
            return ("\(name) is truncated or damaged: gpg cannot decrypt it to its end", Self.again)
        }
        return ("gpg cannot decrypt \(name)", "try `gpg --decrypt` by hand")
    }

    /// age 1.1.1.
    private func age(_ words: LayerWords, _ name: String) -> (String, String) {
        if words.has("no identity matched") {
            return (
                "no identity that was given opens \(name)",
                "it is encrypted with age for another key; name that key's file with --identity"
            )
        }
        if words.has("passphrase") {
            return (
                "age wants a passphrase for \(name), and takes one from a terminal only",
                "open it yourself: `age -d FILE | rekindle … --snapshot -`, or give an identity "
                    + "without a passphrase"
            )
        }
        if words.has("payload chunk", "eof", "truncated") {
            return ("\(name) is truncated or damaged: age cannot decrypt it to its end", Self.again)
        }
        return ("age cannot decrypt \(name)", "try `age -d -i IDENTITY` by hand")
    }
}

/// What a program said at its end.
private struct LayerWords {
    private let text: String

    init(said: [String]) {
        text = said.joined(separator: "\n").lowercased()
    }

    func has(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
}
