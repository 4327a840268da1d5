import FoundationEssentials

/// What a hostile, broken or strange host makes of an answer that would be right.
package enum HostileAnswer: Sendable, Hashable {
    case nothing
    case half
    /// That the script ran to its end, and not a word more.
    case theEndAlone
    case zeros
    case zerosBetween
    case invalidUTF8
    case utf16
    case carriageReturns
    /// All of it twice: the second time each number is another one.
    case twice
    /// 100 MB without a line feed.
    case hugeLine
    /// 100 MB of short lines.
    case hugeLines
    /// A number in place of all, or of the one at a place.
    case number(String, at: Int?)

    /// What no number of ours can hold, or no arithmetic on it.
    package static let numbers = [
        "18446744073709551615", "9223372036854775807", "-9223372036854775808", "-1", "0", "1e400",
        "inf", "nan", "-nan", "1e18", "0x7fffffffffffffff", "4294967296", "٣", "",
        String(repeating: "9", count: 40),
    ]

    package static let shapes: [HostileAnswer] = [
        .nothing, .half, .theEndAlone, .zeros, .zerosBetween, .invalidUTF8, .utf16,
        .carriageReturns,
        .twice, .hugeLine, .hugeLines,
    ]

    /// All shapes, each number everywhere at once, and the worst at each of so many places.
    package static func all(places: Int) -> [HostileAnswer] {
        shapes + numbers.map { .number($0, at: nil) }
            + ["18446744073709551615", "-9223372036854775808", "1e400", "inf"].flatMap { number in
                (0..<places).map { .number(number, at: $0) }
            }
    }

    private static let oneLine = [UInt8](repeating: UInt8(ascii: "x"), count: 100 << 20)
    private static let manyLines: [UInt8] = {
        var bytes = Array("data.member=yes\n".utf8)
        while bytes.count < 100 << 20 { bytes += bytes }
        return bytes
    }()

    package func made(of good: [UInt8]) -> [UInt8] {
        switch self {
        case .nothing: return []
        case .half: return Array(good.prefix(good.count / 2))
        case .theEndAlone: return Array("end=yes\n".utf8)
        case .zeros: return [UInt8](repeating: 0, count: 1 << 20)
        case .zerosBetween: return good.flatMap { $0 == UInt8(ascii: "=") ? [0, $0, 0] : [$0] }
        case .invalidUTF8:
            return good.flatMap { $0 == UInt8(ascii: "\n") ? [0xFF, 0xC3, $0] : [$0] }
        case .utf16: return good.flatMap { [$0, 0] }
        case .carriageReturns: return good.flatMap { $0 == UInt8(ascii: "\n") ? [13, $0] : [$0] }
        case .twice: return good + HostileAnswer.number("7", at: nil).made(of: good)
        case .hugeLine: return Self.oneLine
        case .hugeLines: return Self.manyLines
        case .number(let number, let place):
            var seen = 0
            let text = String(decoding: good, as: UTF8.self)
            return Array(Self.changed(text, number, place, &seen).utf8)
        }
    }

    /// The same for what a line has in base64.
    private static func changed(
        _ text: String,
        _ number: String,
        _ place: Int?,
        _ seen: inout Int
    ) -> String {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let equals = line.firstIndex(of: "="),
                let inner = Data(base64Encoded: String(line[line.index(after: equals)...])),
                inner.count > 8, inner.allSatisfy({ $0 == 10 || (32..<127).contains($0) })
            else {
                lines.append(replaced(in: String(line), number, place, &seen))
                continue
            }
            let plain = String(decoding: inner, as: UTF8.self)
            let other = changed(plain, number, place, &seen)
            lines.append(line[...equals] + Data(other.utf8).base64EncodedString())
        }
        return lines.joined(separator: "\n")
    }

    private static func replaced(
        in line: String,
        _ number: String,
        _ place: Int?,
        _ seen: inout Int
    ) -> String {
        var result = ""
        var rest = line[...]
        while let start = rest.firstIndex(where: \.isASCIIDigit) {
            result += rest[..<start]
            let digits = rest[start...].prefix(while: \.isASCIIDigit)
            result += place == nil || place == seen ? number : String(digits)
            seen += 1
            rest = rest[digits.endIndex...]
        }
        return result + rest
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension HostileAnswer: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nothing: "nothing"
        case .half: "half an answer"
        case .theEndAlone: "the end alone"
        case .zeros: "a MiB of NUL"
        case .zerosBetween: "NUL around each ="
        case .invalidUTF8: "bytes that are no UTF-8"
        case .utf16: "UTF-16"
        case .carriageReturns: "CR LF"
        case .twice: "two answers"
        case .hugeLine: "100 MB on one line"
        case .hugeLines: "100 MB of lines"
        case .number(let number, let place):
            (number.isEmpty ? "no digits" : number.count > 20 ? "\(number.count) digits" : number)
                + (place.map { " at number \($0)" } ?? " for every number")
        }
    }
}
