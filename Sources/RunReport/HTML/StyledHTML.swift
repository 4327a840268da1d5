extension HTML {
    /// A sign with its meaning for those who do not see it.
    static func sign(_ glyph: Glyph) -> HTML {
        .tag("span", ["class": "sign \(glyph.className)", "aria-hidden": "true"]) {
            glyph.text(.plain)
        }
            + .tag("span", ["class": "hidden"]) { glyph.word }
    }

    /// Text in which what stands between backticks is there to be copied.
    static func prose(_ text: String) -> HTML {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        // an odd backtick quotes nothing
        guard parts.count.isMultiple(of: 2) == false else { return HTML(text) }
        return parts.enumerated().reduce(HTML()) { html, part in
            let text = String(part.element)
            return html + (part.offset.isMultiple(of: 2) ? HTML(text) : .tag("code") { text })
        }
    }

    /// Labels and their texts.
    static func fields(_ fields: [(String, StyledLine)]) -> HTML {
        .tag("dl") {
            for (label, text) in fields {
                HTML.tag("dt") { String(label.drop { $0 == " " }) }
                HTML.tag("dd") { text.html }
            }
        }
    }

    /// What a program wrote, marked as not ours.
    static func evidence(_ text: String) -> HTML {
        .tag("pre", ["class": "evidence", "tabindex": "0"]) { HTML.lines(text) }
    }

    static func hint(_ text: String) -> HTML {
        .tag("p", ["class": "hint"]) {
            HTML.tag("b") { "HINT:" }
            " "
            HTML.prose(text)
        }
    }
}

extension StyledLine {
    var html: HTML {
        spans.reduce(HTML()) { html, span in
            switch span {
            case .glyph(let glyph): html + .sign(glyph)
            case .text(let text, .plain): html + .prose(text)
            case .text(let text, let ink):
                html + .tag("span", ["class": ink.className]) { HTML.prose(text) }
            }
        }
    }
}

extension Table {
    /// As an HTML table that becomes one block for each row where there is no room.
    func html(_ caption: String) -> HTML {
        let kept = filledColumns
        return .tag("table", ["class": "stack"]) {
            HTML.tag("caption", ["class": "hidden"]) { caption }
            HTML.tag("thead") {
                HTML.tag("tr") {
                    for index in kept {
                        HTML.tag("th", ["scope": "col", "class": columns[index].className]) {
                            if columns[index].title.isEmpty {
                                HTML.tag("span", ["class": "hidden"]) { "holds" }
                            } else {
                                columns[index].title
                            }
                        }
                    }
                }
            }
            HTML.tag("tbody") {
                for row in rows {
                    HTML.tag("tr") {
                        for index in kept {
                            HTML.tag(
                                "td",
                                [
                                    "class": columns[index].className,
                                    "data-label": columns[index].title,
                                ]
                            ) { row[index].html }
                        }
                    }
                }
            }
        }
    }
}

extension Table.Column {
    fileprivate var className: String { alignment == .right ? "right" : "left" }
}

extension Ink {
    var className: String {
        switch self {
        case .plain: "plain"
        case .bold: "strong"
        case .dim: "dim"
        case .good: "good"
        case .warn: "warn"
        case .bad: "bad"
        }
    }
}

extension Glyph {
    var className: String { ink.className }

    fileprivate var word: String {
        switch self {
        case .good: "yes "
        case .warn: "beware "
        case .bad: "no "
        case .open: "open "
        case .pending: "not begun "
        }
    }
}
