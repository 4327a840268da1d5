import EtcdModel
import RestorePlanning

/// Times and lengths of time, as people and as programs read them; no clock, no time zone but UTC.
package enum TimeText {
    /// RFC 3339 in UTC with milliseconds, of seconds since 1970: `2026-11-22T16:45:12.345Z`.
    package static func rfc3339(_ time: Double) -> String {
        let moment = Moment(time)
        let millisecond = padded(moment.millisecond, 3)
        return "\(moment.date)T\(moment.clock).\(millisecond)Z"
    }

    /// `16:45:12`, UTC.
    package static func clock(_ time: Double) -> String { Moment(time).clock }

    /// `2026-11-22 16:45:12`, UTC.
    package static func dateAndClock(_ time: Double) -> String {
        let moment = Moment(time)
        return "\(moment.date) \(moment.clock)"
    }

    /// `0.04 s`, `1.84 s`, `12.3 s`, `2 min 03 s`, `1 h 02 min`, `3 d 04 h`.
    package static func length(_ seconds: Double) -> String {
        let seconds = max(seconds, 0)
        if seconds < 9.995 { return "\(ByteText.fixed(seconds, digits: 2)) s" }
        if seconds < 59.95 { return "\(ByteText.fixed(seconds, digits: 1)) s" }
        // nothing that is measured here lasts longer, and no number of seconds may overflow
        let whole = Int(saturating: min(seconds, 1e12).rounded())
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60, 2)) s" }
        if whole < 86_400 { return "\(whole / 3600) h \(padded(whole % 3600 / 60, 2)) min" }
        return "\(whole / 86_400) d \(padded(whole % 86_400 / 3600, 2)) h"
    }

    fileprivate static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}

/// A time as a date of the Gregorian calendar and a time of day, UTC.
private struct Moment {
    let date: String
    let clock: String
    let millisecond: Int

    init(_ time: Double) {
        // a damaged journal may hold any number: the years 1970 to 9999 are shown
        let bounded = time.isFinite ? min(max(time, 0), 253_402_300_799.999) : 0
        let milliseconds = Int((bounded * 1000).rounded())
        millisecond = milliseconds % 1000
        let seconds = milliseconds / 1000
        let ofDay = seconds % 86_400
        clock = [ofDay / 3600, ofDay % 3600 / 60, ofDay % 60].map { TimeText.padded($0, 2) }
            .joined(separator: ":")
        date = Moment.date(daysSince1970: seconds / 86_400)
    }

    /// Howard Hinnant's `civil_from_days`: years begin in March, so that leap days come last.
    private static func date(daysSince1970 days: Int) -> String {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(TimeText.padded(year, 4))-\(TimeText.padded(month, 2))-\(TimeText.padded(day, 2))"
    }
}
