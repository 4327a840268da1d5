import RemoteHost

/// Pieces of Markdown that hold text from outside.
enum MarkdownText {
    /// Text that is neither markup nor HTML, on one line.
    static func plain(_ text: String) -> String {
        VisibleText.escaped(text).rewriting { scalar in
            "\\`*_[]<>|#&".unicodeScalars.contains(scalar) ? "\\\(scalar)" : nil
        }
    }

    /// A code span; its fence is longer than any in the text (CommonMark §6.1).
    static func code(_ text: String) -> String {
        let text = VisibleText.escaped(text)
        let fence = String(repeating: "`", count: longestRun(text) + 1)
        let ends = [text.utf8.first, text.utf8.last]
        let space = ends.contains(UInt8(ascii: "`")) ? " " : ""
        return "\(fence)\(space)\(text)\(space)\(fence)"
    }

    /// Text in which what stands between backticks is there to be copied.
    static func prose(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        // an odd backtick quotes nothing, and neither do two side by side
        guard !parts.count.isMultiple(of: 2) else { return plain(text) }
        return parts.enumerated()
            .map { index, part in
                index.isMultiple(of: 2) || part.isEmpty ? plain(part) : code(part)
            }
            .joined()
    }

    /// A table of labels and texts.
    static func fields(_ fields: [(String, StyledLine)]) -> String {
        "| | |\n| --- | --- |\n"
            + fields.map { label, text in
                "| \(prose(String(label.drop { $0 == " " }))) | \(text.markdown) |\n"
            }
            .joined()
    }

    /// A fenced block; of shell where nothing else is said.
    static func block(_ lines: [String], _ language: String = "sh") -> String {
        let text = lines.joined(separator: "\n")
        let fence = String(repeating: "`", count: max(longestRun(text) + 1, 3))
        return "\(fence)\(language)\n\(text)\n\(fence)\n"
    }

    private static func longestRun(_ text: String) -> Int {
        var longest = 0
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

extension StyledLine {
    /// On one line, fit for a table's cell.
    var markdown: String {
        spans.map { span in
            switch span {
            case .glyph(let glyph): glyph.text(.plain)
            case .text(let text, .bold) where !text.allSatisfy { $0 == " " }:
                "**\(MarkdownText.prose(text))**"
            case .text(let text, _): MarkdownText.prose(text)
            }
        }
        .joined()
    }
}

extension Table {
    /// With a line feed behind every row; columns without a filled cell are left out.
    var markdown: String {
        let kept = filledColumns
        let head = kept.map { MarkdownText.plain(columns[$0].title) }
        let rule = kept.map { columns[$0].alignment == .right ? "---:" : "---" }
        let body = rows.map { row in kept.map { row[$0].markdown } }
        return ([head, rule] + body).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }
}
