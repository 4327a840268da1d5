/// Text that came from outside, made safe to show.
///
/// Inventories, paths and what hosts say are input: a name with an escape sequence or a line break
/// must not move the cursor, forge a line of a plan, or turn text around.
package enum VisibleText {
    /// The text with every control and every invisible format character written as an escape.
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                shown += escape(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// The last look at a text of several lines before it leaves the program: whatever a renderer
    /// forgot to escape is escaped here.
    ///
    /// Line feeds and tabs stay. Of escape sequences only those stay that colours are made of, and only
    /// if the text is one that has colours.
    package static func atTheRim(_ text: String, inked: Bool) -> String {
        guard text.unicodeScalars.contains(where: isUnwanted) else { return text }
        let scalars = Array(text.unicodeScalars)
        var shown = ""
        var index = 0
        while index < scalars.count {
            if inked, scalars[index] == "\u{1B}",
                let ink = Ink.sequences.first(where: { scalars[index...].starts(with: $0) })
            {
                shown.unicodeScalars.append(contentsOf: ink)
                index += ink.count
                continue
            }
            if isUnwanted(scalars[index]) {
                shown += escape(scalars[index])
            } else {
                shown.unicodeScalars.append(scalars[index])
            }
            index += 1
        }
        return shown
    }

    private static func isUnwanted(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar != "\t" && isHidden(scalar)
    }

    /// Whether a terminal would act on the character instead of showing it.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        // format characters turn text around or hide in it: U+202E, U+200B, U+FEFF
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    /// How many columns of a terminal the text takes.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The blocks of East Asian Width W and F that names may hold (Unicode Standard Annex #11).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
