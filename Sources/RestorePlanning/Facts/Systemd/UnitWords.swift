/// Splits a setting's value into words as systemd does.
///
/// `extract_first_word` with `EXTRACT_UNQUOTE | EXTRACT_CUNESCAPE` (src/basic/extract-word.c of systemd 252);
/// an escape that systemd does not know stays as it stands, as `extract_first_word_and_warn` has it.
enum UnitWords {
    /// nil if a quote is not closed: systemd then ignores the whole setting.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let next = rest.popFirst() {
            switch (quote, next) {
            case (_, "\\"):
                word = (word ?? "") + unescaped(&rest)
            case (let open?, _):
                if next == open { quote = nil } else { word?.append(next) }
            case (nil, "'"), (nil, "\""):
                quote = next
                word = word ?? ""
            case (nil, _) where next.isWhitespace:
                if let whole = word { words.append(whole) }
                word = nil
            case (nil, _):
                word = (word ?? "") + String(next)
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(word) }
        return words
    }

    /// What follows a backslash (`cunescape_one`, src/basic/escape.c of systemd 252).
    private static func unescaped(_ rest: inout Substring) -> String {
        guard let next = rest.popFirst() else { return "\\" }
        if let plain = plainEscapes[next] { return plain }
        let start = rest
        switch next {
        case "x": if let one = number(&rest, digits: 2, radix: 16) { return one }
        case "u": if let one = number(&rest, digits: 4, radix: 16) { return one }
        case "U": if let one = number(&rest, digits: 8, radix: 16) { return one }
        case "0"..."7":
            rest = text(next, rest)
            if let one = number(&rest, digits: 3, radix: 8) { return one }
        default: break
        }
        rest = start
        return "\\\(next)"
    }

    private static func text(_ first: Character, _ rest: Substring) -> Substring {
        (String(first) + rest)[...]
    }

    /// nil if the digits are not all there, or stand for no character.
    private static func number(_ rest: inout Substring, digits: Int, radix: Int) -> String? {
        let digitsText = rest.prefix(digits)
        guard digitsText.count == digits, let value = UInt32(digitsText, radix: radix), value != 0,
            let scalar = Unicode.Scalar(value)
        else { return nil }
        rest = rest.dropFirst(digits)
        return String(Character(scalar))
    }

    private static let plainEscapes: [Character: String] = [
        "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
        "\\": "\\", "\"": "\"", "'": "'", "s": " ",
    ]
}
