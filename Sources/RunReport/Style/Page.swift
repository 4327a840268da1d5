/// Lines under way to become one text.
struct Page {
    let style: Style
    private var lines: [String] = []

    init(_ style: Style) {
        self.style = style
    }

    /// All lines, each with its line feed.
    var text: String { lines.map { $0 + "\n" }.joined() }

    /// One line as it is, however long.
    mutating func line(_ line: StyledLine, indent: Int = 0) {
        lines.append(spaces(indent) + line.render(style))
    }

    mutating func blank() {
        if !lines.isEmpty, lines.last != "" { lines.append("") }
    }

    /// Running text, with later lines further in by `hanging`.
    mutating func wrapped(_ text: StyledLine, indent: Int = 0, hanging: Int = 0) {
        let columns = max(style.width - indent - hanging, 20)
        for (index, line) in text.wrapped(to: columns, style).enumerated() {
            self.line(line, indent: indent + (index == 0 ? 0 : hanging))
        }
    }

    mutating func heading(_ title: String, _ note: String = "") {
        blank()
        wrapped(StyledLine(title, .bold) + StyledLine(note.isEmpty ? "" : " \(note)", .dim))
    }

    /// A label and its text, side by side; the text wraps in its own column.
    mutating func fields(_ fields: [(String, StyledLine)], indent: Int = 2) {
        let width = fields.map { VisibleText.width($0.0) }.max() ?? 0
        for (label, text) in fields {
            let left = label + spaces(width - VisibleText.width(label) + 2)
            beside(StyledLine(left, .dim), text, indent: indent)
        }
    }

    /// A left part of fixed width, and beside it text that wraps in its own column.
    mutating func beside(_ left: StyledLine, _ text: StyledLine, indent: Int) {
        let column = indent + left.width(style)
        let parts = text.wrapped(to: max(style.width - column, 30), style)
        for (index, part) in parts.enumerated() {
            if index == 0 {
                line(left + part, indent: indent)
            } else {
                line(part, indent: column)
            }
        }
    }

    mutating func table(_ table: Table, indent: Int = 2) {
        for row in table.lines(style) { line(row, indent: indent) }
    }

    /// What a program wrote: every line of it, marked as not ours.
    mutating func evidence(_ text: String, indent: Int = 4) {
        for part in text.split(whereSeparator: \.isNewline) {
            line(StyledLine("| \(part)", .dim), indent: indent)
        }
    }

    mutating func hint(_ text: String, indent: Int = 0) {
        wrapped(StyledLine("HINT:", .bold) + StyledLine(" \(text)"), indent: indent, hanging: 6)
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }
}
