/// The variables of an `EnvironmentFile`, as systemd reads them.
///
/// `parse_env_file_internal` (src/basic/env-file.c of systemd 252): comments begin with `#` or `;`; a value may be
/// quoted in parts and go on over several lines; a backslash joins lines; both CR and LF end a line. What
/// is no assignment (`export A=b`) is no variable.
enum EnvironmentFileText {
    static func variables(_ text: String) -> [(name: String, value: String)] {
        var reader = Reader()
        for character in text.unicodeScalars { reader.take(character) }
        reader.end()
        return reader.found
    }

    private enum Place {
        case beforeName, name, beforeValue, value, escape, single, double, doubleEscape, comment
    }

    private struct Reader {
        private(set) var found: [(name: String, value: String)] = []
        private var place = Place.beforeName
        private var name = ""
        private var value = ""
        /// Blanks that count only if more of the value follows.
        private var blanks = ""

        mutating func take(_ next: Unicode.Scalar) {
            let endsLine = next == "\n" || next == "\r"
            let isBlank = next == " " || next == "\t"
            switch place {
            case .beforeName:
                if next == "#" || next == ";" {
                    place = .comment
                } else if !endsLine, !isBlank {
                    place = .name
                    name.unicodeScalars.append(next)
                }
            case .name:
                if endsLine {
                    reset()
                } else if next == "=" {
                    place = .beforeValue
                } else {
                    name.unicodeScalars.append(next)
                }
            case .beforeValue:
                switch next {
                case _ where endsLine: keep()
                case "'": place = .single
                case "\"": place = .double
                case "\\": place = .escape
                case _ where isBlank: break
                default: append(next)
                }
            case .value:
                switch next {
                case _ where endsLine: keep()
                case "\\": place = .escape
                case _ where isBlank: blanks.unicodeScalars.append(next)
                default: append(next)
                }
            case .escape:
                place = .value
                if !endsLine { append(next) }
            case .single:
                if next == "'" { place = .beforeValue } else { value.unicodeScalars.append(next) }
            case .double:
                if next == "\"" {
                    place = .beforeValue
                } else if next == "\\" {
                    place = .doubleEscape
                } else {
                    value.unicodeScalars.append(next)
                }
            case .doubleEscape:
                place = .double
                if next == "\n" { return }
                if !"\"\\`$".unicodeScalars.contains(next) { value.append("\\") }
                value.unicodeScalars.append(next)
            case .comment:
                if endsLine { place = .beforeName }
            }
        }

        /// The file's end ends its last line as well.
        mutating func end() {
            switch place {
            case .beforeValue, .value, .escape, .single, .double, .doubleEscape: keep()
            case .beforeName, .name, .comment: break
            }
        }

        private mutating func append(_ next: Unicode.Scalar) {
            place = .value
            value += blanks
            blanks = ""
            value.unicodeScalars.append(next)
        }

        private mutating func keep() {
            let variable = name.trimmingBlanks()
            if VariableName.isValid(variable) { found.append((variable, value)) }
            reset()
        }

        private mutating func reset() {
            (place, name, value, blanks) = (.beforeName, "", "", "")
        }
    }
}

/// What systemd takes for the name of a variable (`env_name_is_valid`, src/basic/env-util.c of systemd 252).
enum VariableName {
    static func isValid(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
