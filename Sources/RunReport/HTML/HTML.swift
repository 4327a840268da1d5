import RemoteHost

/// Markup under way, in a form that is HTML and well-formed XML at once.
///
/// Text from outside can only come in as text or as an attribute's value, and is escaped there: names of
/// elements and attributes are literals of this program.
struct HTML: Sendable, Hashable {
    private(set) var source: String

    /// Nothing.
    init() { source = "" }

    /// Text as it is to be read.
    init(_ text: String) { source = HTML.escaped(text) }

    private init(source: String) { self.source = source }

    /// Elements that have no content, and no end tag (HTML Living Standard §13.1.2); SVG's are closed alike.
    private static let empty: Set<String> = ["br", "line", "meta", "path", "rect", "circle"]

    /// Elements after which a line may end without a space showing.
    private static let blocks: Set<String> = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer",
        "h1",
        "h2", "h3", "p", "div", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "ul",
        "li",
        "details", "summary", "svg", "pre",
    ]

    /// One element.
    static func tag(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String> = [:],
        @HTMLBuilder _ content: () -> HTML = { HTML() }
    ) -> HTML {
        let name = name.description
        var source = "<\(name)"
        for (key, value) in attributes { source += " \(key)=\"\(escaped(value))\"" }
        let inner = content().source
        if empty.contains(name) {
            source += " />"
        } else {
            source += ">\(inner)</\(name)>"
        }
        if blocks.contains(name) { source += "\n" }
        return HTML(source: source)
    }

    /// The stylesheet; it holds no text from outside.
    static func style(_ css: String) -> HTML {
        precondition(!css.contains("<") && !css.contains("&"), "the stylesheet could end itself")
        return HTML(source: "<style>\n\(css)</style>\n")
    }

    /// The whole file; the doctype makes browsers follow the standard.
    static func document(_ content: HTML) -> String { "<!DOCTYPE html>\n" + content.source }

    static func + (left: HTML, right: HTML) -> HTML { HTML(source: left.source + right.source) }

    /// Neither markup nor anything that hides or turns text around.
    private static func escaped(_ text: String) -> String {
        VisibleText.escaped(text).rewriting { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }

    /// Lines of a program's output or of a script, for inside `pre`.
    static func lines(_ text: String) -> HTML {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return HTML(source: lines.map { escaped(String($0)) }.joined(separator: "\n"))
    }
}

/// Puts the elements and texts of a closure one behind the other.
@resultBuilder
enum HTMLBuilder {
    static func buildExpression(_ html: HTML) -> HTML { html }
    static func buildExpression(_ text: String) -> HTML { HTML(text) }
    static func buildBlock(_ parts: HTML...) -> HTML { parts.reduce(HTML(), +) }
    static func buildOptional(_ part: HTML?) -> HTML { part ?? HTML() }
    static func buildEither(first part: HTML) -> HTML { part }
    static func buildEither(second part: HTML) -> HTML { part }
    static func buildArray(_ parts: [HTML]) -> HTML { parts.reduce(HTML(), +) }
}
