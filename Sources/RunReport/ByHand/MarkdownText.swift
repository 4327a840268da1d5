/// Pieces of Markdown that hold text from outside.
enum MarkdownText {
    /// Text that is neither markup nor HTML, on one line.
    static func plain(_ text: String) -> String {
        VisibleText.escaped(text).reduce(into: "") { plain, character in
            if "\\`*_[]<>|#&".contains(character) { plain.append("\\") }
            plain.append(character)
        }
    }

    /// A code span; its fence is longer than any in the text (CommonMark §6.1).
    static func code(_ text: String) -> String {
        let text = VisibleText.escaped(text)
        let fence = String(repeating: "`", count: longestRun(text) + 1)
        let space = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return "\(fence)\(space)\(text)\(space)\(fence)"
    }

    /// A fenced block of shell.
    static func block(_ lines: [String]) -> String {
        let text = lines.joined(separator: "\n")
        let fence = String(repeating: "`", count: max(longestRun(text) + 1, 3))
        return "\(fence)sh\n\(text)\n\(fence)\n"
    }

    private static func longestRun(_ text: String) -> Int {
        var longest = 0
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
