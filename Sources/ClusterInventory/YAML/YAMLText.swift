/// Bytes that should be YAML in UTF-8, checked before the parser sees them.
///
/// The parser's own words for these are about encodings and tokens; these are about the file.
enum YAMLText {
    /// The most that is read of one file; an inventory of a hundred members is far below.
    static let largestSize = 1 << 20

    /// The text, or nil with the reason among the findings.
    static func decode(_ bytes: [UInt8], findings: inout Findings) -> String? {
        if bytes.count > largestSize {
            findings.error(
                "the file has \(bytes.count) bytes; \(largestSize) is the most that is read",
                at: nil,
                hint: "give the YAML file itself, not a snapshot or an archive"
            )
            return nil
        }
        if let mark = byteOrderMarks.first(where: { bytes.starts(with: $0.bytes) }) {
            findings.error(
                "the file begins with a byte order mark (\(mark.name))",
                at: TextPlace(line: 1, column: 1),
                hint: "save it as UTF-8 without a byte order mark"
            )
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            findings.error(
                "the file is not UTF-8",
                at: placeOfInvalidByte(in: bytes),
                hint: "save it as UTF-8"
            )
            return nil
        }
        let before = findings.diagnostics.count
        refuseControlCharacters(in: text, findings: &findings)
        return findings.diagnostics.count == before ? text : nil
    }

    private static let byteOrderMarks: [(bytes: [UInt8], name: String)] = [
        ([0xEF, 0xBB, 0xBF], "UTF-8"),
        ([0xFF, 0xFE], "UTF-16, little endian"),
        ([0xFE, 0xFF], "UTF-16, big endian"),
    ]

    private static func refuseControlCharacters(in text: String, findings: inout Findings) {
        var line = 1
        var column = 1
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n":
                line += 1
                column = 1
                continue
            case "\t", "\r", "\u{85}":
                break
            case _ where scalar.properties.generalCategory == .control:
                findings.error(
                    "control character \(scalar.codePoint)",
                    at: TextPlace(line: line, column: column),
                    hint: "remove it; YAML allows none but tab and line ends"
                )
            default:
                break
            }
            column += 1
        }
    }

    /// Decodes once more, to the first byte that is not UTF-8.
    private static func placeOfInvalidByte(in bytes: [UInt8]) -> TextPlace? {
        var line = 1
        var column = 1
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue("\n"):
                line += 1
                column = 1
            case .scalarValue:
                column += 1
            case .emptyInput, .error:
                return TextPlace(line: line, column: column)
            }
        }
    }
}
