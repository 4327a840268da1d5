/// Text with `1️⃣`-style markers, so that a test names a place without counting columns.
package struct MarkedText {
    package struct Place: Hashable, Sendable {
        package var line: Int
        package var column: Int
    }
    package private(set) var text = ""
    package private(set) var places: [Character: Place] = [:]

    package init(_ marked: String) {
        var line = 1
        var column = 1
        for character in marked {
            if Self.markers.contains(character) {
                places[character] = Place(line: line, column: column)
                continue
            }
            text.append(character)
            if character == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
    }

    private static let markers: Set<Character> = [
        "1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣",
    ]
}
