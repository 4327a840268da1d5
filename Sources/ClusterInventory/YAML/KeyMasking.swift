/// Makes repeated keys differ, so that the rest of the text can still be read.
///
/// Yams refuses a mapping with a repeated key and stops there, which would hide every other
/// problem of the file. One of the two is replaced by as many private-use characters (so that no
/// place moves) and the text is composed again; the readers see the key by its true name.
struct KeyMasking {
    private(set) var text: String
    private var names: [Unicode.Scalar: String] = [:]

    /// U+E000…: as many repeated keys as are told before it is enough.
    private static let masks = (0..<64).compactMap { Unicode.Scalar(0xE000 + UInt32($0)) }
    private let isUsable: Bool

    init(_ text: String) {
        self.text = text
        isUsable = !text.unicodeScalars.contains { Self.masks.contains($0) }
    }

    /// Masks the key that is written at a place.
    /// - Returns: false where that cannot be done: it is not written there as it reads.
    mutating func mask(_ key: String, at place: TextPlace) -> Bool {
        guard isUsable, names.count < Self.masks.count, !key.isEmpty else { return false }
        var scalars = Array(text.unicodeScalars)
        guard let offset = TextLines.offset(of: place, in: scalars) else { return false }
        let plain = Array(key.unicodeScalars)
        for written in [plain, ["\""] + plain + ["\""], ["'"] + plain + ["'"]]
        where scalars[offset...].starts(with: written) {
            let mask = Self.masks[names.count]
            names[mask] = key
            scalars.replaceSubrange(
                offset..<(offset + written.count),
                with: repeatElement(mask, count: written.count)
            )
            text = String(String.UnicodeScalarView(scalars))
            return true
        }
        return false
    }

    /// The key as it was written, whether or not it is masked.
    func name(of key: String) -> String {
        key.unicodeScalars.first.flatMap { names[$0] } ?? key
    }
}

/// Lines as libyaml counts them.
enum TextLines {
    /// The index of a place; nil where the text has no such line or it is shorter.
    static func offset(of place: TextPlace, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = 0
        while line < place.line {
            guard index < scalars.count else { return nil }
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\r" where index < scalars.count && scalars[index] == "\n":
                index += 1
                line += 1
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                line += 1
            default:
                break
            }
        }
        let offset = index + place.column - 1
        return offset <= scalars.count ? offset : nil
    }

    /// The place behind the last character.
    static func end(of scalars: [Unicode.Scalar]) -> TextPlace {
        var place = TextPlace(line: 1, column: 1)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\r" where scalars.dropFirst(index + 1).first == "\n":
                break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                place = TextPlace(line: place.line + 1, column: 1)
            default:
                place.column += 1
            }
        }
        return place
    }
}
