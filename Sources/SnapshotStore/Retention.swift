/// Which snapshots are kept: restic's words, and what restic means by them.
///
/// Of each rule with a count, going from the newest back, the newest snapshot of each hour, day, ISO
/// week or month is kept until the count is used up; hours and days without one count for nothing.
/// Where some of the count is left at the end, the oldest is kept too (`ApplyPolicy`,
/// internal/data/snapshot_policy.go of restic 0.18). All times are UTC.
package struct Retention: Sendable, Hashable {
    package var last: Int
    package var hourly: Int
    package var daily: Int
    package var weekly: Int
    package var monthly: Int

    package init(
        last: Int = 0,
        hourly: Int = 0,
        daily: Int = 0,
        weekly: Int = 0,
        monthly: Int = 0
    ) {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
    }

    /// It would keep nothing.
    package var isEmpty: Bool { rules.allSatisfy { $0.count <= 0 } }

    private struct Rule {
        let word: String
        var count: Int
        /// Of the place in the list and the second; two in one period give the same.
        let period: (Int, Int64) -> Int64
        var latest: Int64?
    }

    private var rules: [Rule] {
        [
            Rule(word: "last", count: last) { place, _ in Int64(place) },
            Rule(word: "hourly", count: hourly) { $1.floored(by: 3600) },
            Rule(word: "daily", count: daily) { $1.floored(by: 86_400) },
            // 1970-01-01 was a Thursday, and ISO weeks begin on Mondays
            Rule(word: "weekly", count: weekly) { ($1.floored(by: 86_400) + 3).floored(by: 7) },
            Rule(word: "monthly", count: monthly) { Self.month(ofDay: $1.floored(by: 86_400)) },
        ]
    }

    /// Why each snapshot is kept, in the order given; of those that are not, there is no reason.
    ///
    /// The times are when each was taken, the newest first, in seconds since 1970.
    package func reasons(newestFirst times: [Double]) -> [[String]] {
        var rules = rules.filter { $0.count > 0 }
        return times.enumerated().map { place, time in
            var reasons: [String] = []
            for index in rules.indices where rules[index].count > 0 {
                let period = rules[index].period(place, Int64(time.rounded(.down)))
                guard period != rules[index].latest || place == times.count - 1 else { continue }
                rules[index].latest = period
                rules[index].count -= 1
                reasons.append(rules[index].word)
            }
            return reasons
        }
    }

    /// A number that every month has for itself (`civil_from_days`, howardhinnant.github.io).
    private static func month(ofDay day: Int64) -> Int64 {
        let shifted = day + 719_468
        let era = shifted.floored(by: 146_097)
        let inEra = shifted - era * 146_097
        let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        // months from March on: the leap day is the last of its year
        return (era * 400 + year) * 12 + (5 * inYear + 2) / 153
    }
}

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
