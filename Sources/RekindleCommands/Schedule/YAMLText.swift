/// Text as a double-quoted scalar of YAML 1.1 and 1.2, whatever is in it.
enum YAMLText {
    static func quoted(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            default:
                if isShown(scalar) {
                    escaped.unicodeScalars.append(scalar)
                } else {
                    escaped += escape(scalar)
                }
            }
        }
        return escaped + "\""
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
        default: true
        }
    }

    /// `\uXXXX`, or `\UXXXXXXXX` beyond the first plane (YAML 1.2.2 §5.7).
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (letter, width) = scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }
}
