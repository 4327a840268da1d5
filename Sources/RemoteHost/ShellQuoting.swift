/// Quoting for a POSIX shell.
package enum ShellQuoting {
    /// The text as one shell word that means exactly itself.
    package static func quoted(_ text: String) -> String {
        if !text.isEmpty && text.utf8.allSatisfy(isPlain) { return text }
        return "'"
            + text.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "-_./:=,@%+".utf8.contains(byte)
        }
    }
}
