import RemoteHost

/// Words and comments of scripts that a person runs: exact for the shell, harmless on a terminal.
enum ShellWord {
    /// The words as one command.
    ///
    /// The script of `sh -c` keeps its lines; line breaks elsewhere are exact as well, in quotes.
    static func line(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }

    /// The text as one shell word that means exactly itself, without a raw control character.
    static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: mustNotBeRaw) else {
            return ShellQuoting.quoted(text)
        }
        var word = ""
        var plain = ""
        for scalar in text.unicodeScalars {
            if mustNotBeRaw(scalar) {
                if !plain.isEmpty { word += ShellQuoting.quoted(plain) }
                plain = ""
                let octal = String(scalar).utf8.map { byte in
                    let digits = String(byte, radix: 8)
                    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
                }
                word += "\"$(printf '\(octal.joined())')\""
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        return word + (plain.isEmpty ? "" : ShellQuoting.quoted(plain))
    }

    /// A command substitution would lose a line feed at its end, and in quotes it harms nobody.
    private static func mustNotBeRaw(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && VisibleText.isHidden(scalar)
    }

    /// What may stand in a name of a file or a function: letters, digits and `_`, `-`, `.`.
    static func fileName(_ text: String) -> String {
        String(
            text.map { character in
                character.isASCII
                    && (character.isLetter || character.isNumber || "-_.".contains(character))
                    ? character : "_"
            }
        )
    }

    /// `Stop the followers` as a part of a function's name: `stop_the_followers`.
    static func functionName(_ text: String) -> String {
        text.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
            .joined(separator: "_")
    }
}
