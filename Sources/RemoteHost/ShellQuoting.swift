/// Quoting for a POSIX shell.
package enum ShellQuoting {
    /// The text as one shell word that means exactly itself.
    package static func quoted(_ text: String) -> String {
        if !text.isEmpty && text.utf8.allSatisfy(isPlain) { return text }
        guard text.utf8.contains(UInt8(ascii: "'")) else { return "'" + text + "'" }
        return "'" + text.rewriting { $0 == "'" ? "'\\''" : nil } + "'"
    }

    /// The text as one word for a login shell of any user: POSIX shells and fish read it alike.
    ///
    /// Between single quotes fish takes a backslash before a backslash or a quote for an escape, and
    /// so makes another word of it without a complaint; outside of them all of these shells agree.
    package static func quotedForLoginShell(_ text: String) -> String {
        if !text.isEmpty && text.utf8.allSatisfy(isPlain) { return text }
        var word = ""
        var isInQuotes = false
        for scalar in text.unicodeScalars {
            let needsBackslash = scalar == "'" || scalar == "\\"
            if needsBackslash == isInQuotes {
                word.append("'")
                isInQuotes.toggle()
            }
            if needsBackslash { word.append("\\") }
            word.unicodeScalars.append(scalar)
        }
        if isInQuotes { word.append("'") }
        return word.isEmpty ? "''" : word
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="),
            UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"):
            true
        default:
            false
        }
    }
}
