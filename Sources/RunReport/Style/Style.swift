/// How text may look: decided once, from the terminal and the flags, and handed to every renderer.
package struct Style: Sendable, Hashable {
    /// Whether SGR sequences may be used.
    package var color: Bool
    /// Whether signs beyond ASCII may be used.
    package var unicode: Bool
    /// The columns that running text is wrapped to; tables and commands may be wider.
    package var width: Int

    package init(color: Bool, unicode: Bool, width: Int = 98) {
        self.color = color
        self.unicode = unicode
        self.width = width
    }

    package static let plain = Style(color: false, unicode: true)
    package static let ascii = Style(color: false, unicode: false)
}

/// What a piece of text means, for terminals with colour.
enum Ink: Sendable, Hashable, CaseIterable {
    case plain
    case bold
    case dim
    case good
    case warn
    case bad

    /// The SGR parameter (ECMA-48 §8.3.117); nil for plain text.
    private var parameter: String? {
        switch self {
        case .plain: nil
        case .bold: "1"
        case .dim: "2"
        case .good: "32"
        case .warn: "33"
        case .bad: "31"
        }
    }

    func paint(_ text: String, _ style: Style) -> String {
        guard style.color, !text.isEmpty, let parameter else { return text }
        return Self.sequence(parameter) + text + Self.sequence("0")
    }

    private static func sequence(_ parameter: String) -> String { "\u{1B}[\(parameter)m" }

    /// All that `paint` writes around a text.
    static let sequences: [[Unicode.Scalar]] =
        (allCases.compactMap(\.parameter) + ["0"]).map { Array(sequence($0).unicodeScalars) }
}

/// The signs that rows begin with.
enum Glyph: Sendable, Hashable, CaseIterable {
    case good
    case warn
    case bad
    case open
    case pending

    func text(_ style: Style) -> String {
        switch self {
        case .good: style.unicode ? "✓" : "ok"
        case .warn: style.unicode ? "!" : "!!"
        case .bad: style.unicode ? "✗" : "NO"
        case .open: style.unicode ? "…" : ".."
        case .pending: style.unicode ? "·" : "--"
        }
    }

    var ink: Ink {
        switch self {
        case .good: .good
        case .warn, .open: .warn
        case .bad: .bad
        case .pending: .dim
        }
    }
}
