/// Makes bytes that nobody would write out of bytes that somebody wrote; the same from one seed.
package struct Mutator {
    /// What is put in besides random bytes: words of the format, and what breaks parsers.
    package var dictionary: [[UInt8]]
    /// The result is cut to this many bytes.
    package var largest = 1 << 16
    package private(set) var random: SeededRandom

    package init(seed: UInt64, dictionary: [[UInt8]]) {
        random = SeededRandom(seed: seed)
        self.dictionary = dictionary + Self.everywhere
    }

    /// One to six changes to one of the samples.
    package mutating func mutate(_ samples: [[UInt8]]) -> [UInt8] {
        var bytes = samples.randomElement(using: &random) ?? []
        // mostly one: what is changed all over is refused at once
        let changes = [1, 1, 1, 2, 3, 6].randomElement(using: &random) ?? 1
        for _ in 0..<changes { change(&bytes, samples) }
        return bytes.count > largest ? Array(bytes[..<largest]) : bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ samples: [[UInt8]]) {
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: flipBit(&bytes)
        case 2: replace(&bytes, with: [UInt8.random(in: 0...255, using: &random)])
        case 3: bytes.removeSubrange(range(in: bytes, most: 64))
        case 4: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 5: repeatRange(&bytes)
        case 6, 7, 8: insert(dictionary.randomElement(using: &random) ?? [], into: &bytes)
        case 9: replace(&bytes, with: dictionary.randomElement(using: &random) ?? [])
        case 10: replaceNumber(&bytes)
        case 11: splice(&bytes, samples)
        case 12: nest(&bytes)
        default: fill(&bytes)
        }
    }

    private mutating func flipBit(_ bytes: inout [UInt8]) {
        guard let place = bytes.indices.randomElement(using: &random) else { return }
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }

    private mutating func replace(_ bytes: inout [UInt8], with new: [UInt8]) {
        bytes.replaceSubrange(range(in: bytes, most: max(new.count, 1)), with: new)
    }

    private mutating func insert(_ new: [UInt8], into bytes: inout [UInt8]) {
        bytes.insert(contentsOf: new, at: Int.random(in: 0...bytes.count, using: &random))
    }

    /// Up to 64 times the same part again.
    private mutating func repeatRange(_ bytes: inout [UInt8]) {
        let range = range(in: bytes, most: 256)
        let part = Array(bytes[range])
        let count = 1 << Int.random(in: 0...6, using: &random)
        guard bytes.count + part.count * count <= 2 * largest else { return }
        bytes.insert(contentsOf: (0..<count).flatMap { _ in part }, at: range.upperBound)
    }

    /// One of the numbers in a text becomes one that no honest file has.
    private mutating func replaceNumber(_ bytes: inout [UInt8]) {
        let digits = bytes.indices.filter { Self.isDigit(bytes[$0]) }
        guard let place = digits.randomElement(using: &random) else { return }
        let start = bytes[..<place].lastIndex { !Self.isDigit($0) }.map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex { !Self.isDigit($0) } ?? bytes.count
        let number = Self.numbers.randomElement(using: &random) ?? "0"
        bytes.replaceSubrange(start..<end, with: Array(number.utf8))
    }

    /// The beginning of this one and the end of another.
    private mutating func splice(_ bytes: inout [UInt8], _ samples: [[UInt8]]) {
        let other = samples.randomElement(using: &random) ?? []
        let cut = Int.random(in: 0...bytes.count, using: &random)
        let from = Int.random(in: 0...other.count, using: &random)
        bytes = Array(bytes[..<cut]) + other[from...]
    }

    /// Deeper than a recursive parser's stack.
    private mutating func nest(_ bytes: inout [UInt8]) {
        let opening = Self.openings.randomElement(using: &random) ?? ""
        let depth = 1 << Int.random(in: 0...13, using: &random)
        insert(Array(String(repeating: opening, count: depth).utf8), into: &bytes)
    }

    /// Lengths and counts of binary formats are one, two, four or eight such bytes.
    private mutating func fill(_ bytes: inout [UInt8]) {
        let width = 1 << Int.random(in: 0...3, using: &random)
        let byte: UInt8 = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        guard bytes.count >= width else { return }
        let place = Int.random(in: 0...(bytes.count - width), using: &random)
        for index in place..<(place + width) { bytes[index] = byte }
    }

    private mutating func range(in bytes: [UInt8], most: Int) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let length = Int.random(in: 0...min(most, bytes.count - start), using: &random)
        return start..<(start + length)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static let numbers = [
        "0", "-1", "-0", "1e999", "0x7f", "0.1", "007", "2147483648", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616",
        String(repeating: "9", count: 400), "NaN", "١٢٣",
    ]

    private static let openings = [
        "[", "{", "{\"a\":", "(", "- ", "&a ", "\"", "- - ", "a: ", "? ",
    ]

    private static let everywhere: [[UInt8]] =
        [
            "\n", "\r\n", "\r", "\u{0}", "\t", " ", "\u{FEFF}", "\u{2028}", "\u{85}", "\u{1B}[2J",
            "\u{202E}", "🔥", "e\u{301}", "null", "true", "~", "\"", "'", "\\", "\\u0000",
            "\\ud800", "=", ":", ",", "#", "--", "---\n", "...\n", "<<: *a", "*a", "&a ", "!!int ",
            "|", ">", "%", "{}", "[]",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90]]
}
