import RemoteHost

/// Values as systemd reads them back (systemd.syntax(7), systemd.service(5), "COMMAND LINES").
enum SystemdText {
    /// A word of `ExecStart=` after the program: specifiers and variables stay what they are.
    static func argument(_ text: String) -> String {
        quoted(text.rewriting { $0 == "$" ? "$$" : nil })
    }

    /// A path where no variables are replaced: the program of `ExecStart=`, `ReadWritePaths=`.
    static func path(_ text: String) -> String { quoted(text) }

    /// Plain text, as in `Description=`.
    static func plain(_ text: String) -> String { text.rewriting { $0 == "%" ? "%%" : nil } }

    /// Whether systemd can be given the text at all: no line break, nothing else that is not seen.
    static func canHold(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// In quotes unless every character is beyond doubt; a lone `;` would end the command.
    private static func quoted(_ text: String) -> String {
        let text = plain(text)
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-_./:=@,+%$".unicodeScalars.contains(scalar))
        }
        guard text.isEmpty || !isPlain else { return text }
        let escaped = text.rewriting { "\\\"".unicodeScalars.contains($0) ? "\\\($0)" : nil }
        return "\"\(escaped)\""
    }
}
