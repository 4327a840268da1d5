/// Times as people write them: `45s`, `15m`, `6h`, `1h30m`, `2d`.
package enum DurationText {
    /// Reads one; nil unless it is one or more whole numbers, each with its unit, largest first.
    ///
    /// More than zero and at most ten years, so that no sum of them overflows.
    package static func parse(_ text: String) -> Duration? {
        var total: Int64 = 0
        var rest = text[...]
        var smaller = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), number <= longest else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let letter = rest.popFirst(),
                let index = smaller.firstIndex(where: { $0.letter == letter })
            else { return nil }
            let (seconds, overflow) = number.multipliedReportingOverflow(by: units[index].seconds)
            guard !overflow, seconds <= longest else { return nil }
            total += seconds
            smaller = units[(index + 1)...]
        }
        return total > 0 && total <= longest ? .seconds(total) : nil
    }

    /// The shortest way to write it, in whole seconds.
    package static func describe(_ duration: Duration) -> String {
        var rest = duration.components.seconds
        var text = ""
        for unit in units where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.letter)"
            rest %= unit.seconds
        }
        return text.isEmpty ? "0s" : text
    }

    private static let longest: Int64 = 10 * 366 * 86_400
    private static let units: [(letter: Character, seconds: Int64)] = [
        ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]
}
