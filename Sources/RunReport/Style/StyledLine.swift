/// One line of output: pieces of text with their meaning.
///
/// Text is escaped when it is rendered, and only there does colour come in: no line can hold a
/// control character that is not ours.
struct StyledLine: Sendable, Hashable {
    enum Span: Sendable, Hashable {
        case text(String, Ink)
        case glyph(Glyph)
    }

    var spans: [Span]

    init(_ text: String, _ ink: Ink = .plain) {
        spans = text.isEmpty ? [] : [.text(text, ink)]
    }

    init(_ glyph: Glyph) {
        spans = [.glyph(glyph)]
    }

    private init(spans: [Span]) {
        self.spans = spans
    }

    static func + (left: StyledLine, right: StyledLine) -> StyledLine {
        StyledLine(spans: left.spans + right.spans)
    }

    var isEmpty: Bool { spans.isEmpty }

    func width(_ style: Style) -> Int {
        spans.reduce(0) { total, span in
            switch span {
            case .text(let text, _): total + VisibleText.width(VisibleText.escaped(text))
            case .glyph(let glyph): total + VisibleText.width(glyph.text(style))
            }
        }
    }

    func render(_ style: Style) -> String {
        spans.map { span in
            switch span {
            case .text(let text, let ink): ink.paint(VisibleText.escaped(text), style)
            case .glyph(let glyph): glyph.ink.paint(glyph.text(style), style)
            }
        }
        .joined()
    }

    /// The line broken at spaces into lines of at most so many columns.
    ///
    /// A longer word stays whole, and so does what stands between backticks: it is there to be copied.
    func wrapped(to columns: Int, _ style: Style) -> [StyledLine] {
        var lines: [StyledLine] = []
        var current = StyledLine("")
        for word in words() {
            if current.isEmpty {
                current = word
            } else if current.width(style) + 1 + word.width(style) <= columns {
                current = current + StyledLine(" ") + word
            } else {
                lines.append(current)
                current = word
            }
        }
        return lines + [current]
    }

    private func words() -> [StyledLine] {
        var words = [StyledLine("")]
        var isQuoting = false
        for span in spans {
            switch span {
            case .glyph:
                words[words.count - 1].spans.append(span)
            case .text(let text, let ink):
                let parts = text.split(separator: " ", omittingEmptySubsequences: false)
                for (index, part) in parts.enumerated() {
                    if index > 0, isQuoting {
                        words[words.count - 1].spans.append(.text(" ", ink))
                    } else if index > 0 {
                        words.append(StyledLine(""))
                    }
                    if !part.isEmpty {
                        words[words.count - 1].spans.append(.text(String(part), ink))
                    }
                    if !part.count(where: { $0 == "`" }).isMultiple(of: 2) { isQuoting.toggle() }
                }
            }
        }
        return words.filter { !$0.isEmpty }
    }
}

extension StyledLine: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) {
        self.init(value)
    }
}
