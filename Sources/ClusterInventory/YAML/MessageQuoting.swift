extension String {
    /// In double quotes, with what cannot be seen written out, so that a terminal shows the truth.
    package var quotedForMessage: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Characters that end a word, a line or a terminal's patience.
    var hasBlankOrControl: Bool {
        unicodeScalars.contains { scalar in
            scalar.properties.isWhitespace || scalar.isInvisible
        }
    }

    var hasControl: Bool { unicodeScalars.contains(where: \.isInvisible) }
}

extension Unicode.Scalar {
    /// `U+0007`.
    var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
