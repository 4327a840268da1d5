extension SnapshotLayer {
    /// Decides what a program's end means: it may have given everything and exit unsuccessfully.
    func verdict(
        on exit: ProgramExit,
        of name: String,
        _ keys: LayerKeys
    ) -> ProgramVerdict {
        switch self {
        case .gpg: gpgVerdict(exit, name, keys)
        case .gzip where exit.code == 2 && Self.isTrailingGarbage(exit.said):
            // gzip has verified every member's CRC and length by then, and calls it a warning
            .whole(
                remark: "\(name): bytes behind the end of its gzip layer were ignored; "
                    + "something was written after it"
            )
        case .gzip, .zstd, .xz, .bzip2, .lz4, .zip, .age:
            exit.code == 0 ? .whole(remark: nil) : .failed(failure(exit.said, of: name, keys))
        }
    }

    private static func isTrailingGarbage(_ said: [String]) -> Bool {
        said.contains { $0.contains("decompression OK, trailing garbage ignored") }
    }

    /// Tells a failure from a message that is whole and whose signer's key is not here.
    ///
    /// gpg exits with 2 for both; its status lines tell them apart (doc/DETAILS of GnuPG).
    private func gpgVerdict(
        _ exit: ProgramExit,
        _ name: String,
        _ keys: LayerKeys
    ) -> ProgramVerdict {
        let status = GPGStatus(exit.reports)
        if status.hasBadSignature {
            return .failed(
                SourceFailure(
                    "the signature in \(name) is bad: it was changed after it was signed",
                    evidence: exit.said,
                    hint: "do not restore it; fetch it again from where it was saved, or take an "
                        + "older snapshot"
                )
            )
        }
        // it exits with 0 where a message ends before its signature
        if exit.code == 0 && status.isCut {
            return .failed(
                SourceFailure(
                    "\(name) is truncated or damaged: gpg cannot read it to its end",
                    evidence: exit.said,
                    hint: Self.again
                )
            )
        }
        if exit.code == 0 {
            return .whole(remark: status.weakSignature.map { "\(name): \($0)" })
        }
        guard exit.code == 2, status.isWhole, let unchecked = status.uncheckedSignature else {
            return .failed(failure(exit.said, of: name, keys))
        }
        let integrity =
            status.wasEncrypted
            ? "gpg decrypted it whole, with a right integrity code"
            : "it is not encrypted, and only its own SHA-256 tells that it is whole"
        return .whole(
            remark: "\(name): \(unchecked), so its signature was not checked; \(integrity)"
        )
    }
}

/// What gpg reports with `--status-fd`.
private struct GPGStatus {
    /// The words of each line, without its mark.
    private let lines: [[Substring]]

    init(_ reports: [String]) {
        lines = reports.compactMap { line in
            let words = line.split(separator: " ")
            return words.first == "[GNUPG:]" ? Array(words.dropFirst()) : nil
        }
    }

    private func line(_ word: String) -> [Substring]? {
        lines.first { $0.first.map(String.init) == word }
    }

    private func has(_ word: String) -> Bool { line(word) != nil }

    var hasBadSignature: Bool { has("BADSIG") }
    var wasEncrypted: Bool { has("BEGIN_DECRYPTION") }

    /// Whether something is missing or changed.
    var isCut: Bool { has("BADMDC") || has("DECRYPTION_FAILED") || has("NODATA") }

    /// Whether every byte came out as it went in: by the integrity code (MDC, or AEAD's tag), or for
    /// what is only signed by having got to the signature behind it.
    var isWhole: Bool {
        guard !isCut else { return false }
        return wasEncrypted ? has("DECRYPTION_OKAY") && has("GOODMDC") : has("PLAINTEXT")
    }

    /// Why a signature could not be checked; nil if there is no such signature.
    ///
    /// `ERRSIG KEYID ALGORITHM HASH CLASS TIME REASON FINGERPRINT`; reason 9 is a missing key.
    var uncheckedSignature: String? {
        guard let words = line("ERRSIG"), words.count > 6 else { return nil }
        return words[6] == "9"
            ? "it is signed with the key \(words[1]), which is not here"
            : "gpg cannot check the signature of the key \(words[1]) (reason \(words[6]))"
    }

    /// A signature that is right, of a key that has expired or was revoked.
    var weakSignature: String? {
        if let words = line("REVKEYSIG"), words.count > 1 {
            return "the key \(words[1]) that signed it was revoked"
        }
        if let words = line("EXPKEYSIG") ?? line("EXPSIG"), words.count > 1 {
            return "the signature of the key \(words[1]) has expired"
        }
        return nil
    }
}
