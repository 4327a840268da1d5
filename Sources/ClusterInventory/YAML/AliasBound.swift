/// Whether the aliases of a text could stand for more than there is time to look at.
///
/// Yams hashes every key to find repeated ones, and a key may be an alias of aliases: twelve short
/// lines then take longer than anybody waits. It is estimated from the text, before it is composed.
enum AliasBound {
    /// As many values as a parser walks through in the blink of an eye.
    private static let most = 1_000_000.0

    /// The place of the first alias where there are too many; nil for any honest file.
    static func excess(in text: String) -> TextPlace? {
        var anchors = 0.0
        var aliases = 0.0
        var first: TextPlace?
        var place = TextPlace(line: 1, column: 1)
        var before: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            // a sign within a word is a part of the word
            if " \n\t[{,:?-".unicodeScalars.contains(before) {
                if scalar == "&" { anchors += 1 }
                if scalar == "*" {
                    aliases += 1
                    if first == nil { first = place }
                }
            }
            before = scalar
            place =
                scalar == "\n"
                ? TextPlace(line: place.line + 1, column: 1)
                : TextPlace(line: place.line, column: place.column + 1)
        }
        // at worst each anchor holds the one before it, as often as the others do theirs
        var values = 1.0
        var level = 0.0
        while level < anchors, values <= most {
            values *= max(aliases / anchors, 1)
            level += 1
        }
        return values > most ? first : nil
    }
}
