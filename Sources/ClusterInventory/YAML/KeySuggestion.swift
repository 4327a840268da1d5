/// Which of the known words was meant.
package enum KeySuggestion {
    /// The nearest known word, or nil where none is near enough to be worth saying.
    package static func nearest(to word: String, among known: [String]) -> String? {
        let plain = normalised(word)
        if let same = known.first(where: { normalised($0) == plain }) { return same }
        // `peer-urls` for `initial-advertise-peer-urls`
        let longer = known.filter { plain.count > 3 && normalised($0).hasSuffix("-" + plain) }
        if longer.count == 1 { return longer.first }
        let ranked = known.map { (word: $0, distance: distance(plain, normalised($0))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, plain.count / 3)
        else { return nil }
        return best.word
    }

    /// How many letters of one word are others in the other word.
    static func distance(to word: String, _ known: String) -> Int {
        distance(normalised(word), normalised(known))
    }

    private static func normalised(_ word: String) -> String {
        String(word.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let cost = left[row] == right[column] ? 0 : 1
                var best = Swift.min(
                    last[column + 1] + 1,
                    current[column] + 1,
                    last[column] + cost
                )
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    best = Swift.min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
