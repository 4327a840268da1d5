internal import Glibc

/// A moment as the journal has it: UTC, to the millisecond, and the same after being read back.
package struct JournalTime: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// What this machine's clock says; it may be set back, so only `seq` tells what came first.
    package static func now() -> JournalTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return JournalTime(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }

    package static func < (left: JournalTime, right: JournalTime) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension JournalTime: CustomStringConvertible {
    /// RFC 3339: `2026-11-22T16:45:12.123Z`.
    package var description: String {
        let (days, inDay) = milliseconds.quotientFloored(by: 86_400_000)
        let date = Self.date(ofDay: days)
        return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-"
            + Self.padded(date.day, 2) + "T" + Self.padded(inDay / 3_600_000, 2) + ":"
            + Self.padded(inDay / 60_000 % 60, 2) + ":" + Self.padded(inDay / 1000 % 60, 2) + "."
            + Self.padded(inDay % 1000, 3) + "Z"
    }

    /// Reads what `description` writes, and nothing else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            bytes[range].allSatisfy { (0x30...0x39).contains($0) }
                ? Int64(String(decoding: bytes[range], as: UTF8.self)) : nil
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let fraction = number(20..<23)
        else { return nil }
        let inDay = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
        self.init(milliseconds: Self.day(of: year, month, day) * 86_400_000 + inDay)
        // A thirteenth month or a twenty-fifth hour comes back as something else.
        guard description == text else { return nil }
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, inEra) = (day + 719_468).quotientFloored(by: 146_097)
        let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        let shifted = (5 * inYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (
            year + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * shifted + 2) / 5 + 1
        )
    }

    /// The same source, `days_from_civil`.
    private static func day(of year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, inEra) = (month <= 2 ? year - 1 : year).quotientFloored(by: 400)
        let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
    }
}

extension JournalTime: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = JournalTime(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not a time in UTC with milliseconds: \(text)"
            )
        }
        self = time
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int64 {
    fileprivate func quotientFloored(by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
