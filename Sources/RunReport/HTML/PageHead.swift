extension HTML {
    /// Nothing but the page's own styles is allowed (Content Security Policy Level 3), so that not even a
    /// mistake of ours could load or run what came from a host.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    /// What every page begins with.
    static func head(title: String, css: String) -> HTML {
        .tag("head") {
            HTML.tag("meta", ["charset": "utf-8"])
            HTML.tag("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
            HTML.tag(
                "meta",
                ["name": "viewport", "content": "width=device-width, initial-scale=1"]
            )
            HTML.tag("meta", ["name": "color-scheme", "content": "light dark"])
            HTML.tag("meta", ["name": "referrer", "content": "no-referrer"])
            HTML.tag("title") { title }
            HTML.style(css)
        }
    }
}

extension Glyph {
    /// The verdict's sign, drawn, as fonts differ and printers may not have it.
    var mark: HTML {
        let path =
            switch self {
            case .good: "M13 25 l8 8 l15 -17"
            case .bad: "M16 16 l16 16 M32 16 l-16 16"
            case .warn: "M24 12 v15 M24 34 v1"
            case .open, .pending: "M14 24 h1 M24 24 h1 M34 24 h1"
            }
        return .tag("svg", ["class": "mark", "viewBox": "0 0 48 48", "aria-hidden": "true"]) {
            HTML.tag("circle", ["cx": "24", "cy": "24", "r": "22"])
            HTML.tag("path", ["d": path])
        }
    }
}
