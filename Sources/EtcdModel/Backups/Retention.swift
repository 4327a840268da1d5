import FoundationEssentials

/// Which kept snapshots stay, in restic's words and by its rules (`ApplyPolicy`,
/// internal/data/snapshot_policy.go of 0.18): of every hour, day, week and month the newest, for as many of
/// these as there are snapshots in; and the oldest of all as long as a rule is not used up.
///
/// Hours, days, ISO weeks and months are those of UTC.
package struct Retention: Sendable, Hashable {
    package var last: Int
    package var hourly: Int
    package var daily: Int
    package var weekly: Int
    package var monthly: Int

    package init(last: Int = 0, hourly: Int = 0, daily: Int = 0, weekly: Int = 0, monthly: Int = 0)
    {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
    }

    /// Whether nothing would be kept by it.
    package var isEmpty: Bool { [last, hourly, daily, weekly, monthly].allSatisfy { $0 <= 0 } }

    package struct Verdict: Sendable, Hashable {
        package var snapshot: KeptSnapshot
        /// Why it stays; empty: it goes.
        package var reasons: [String]
    }

    /// The verdict on each, the newest first; each cluster's by themselves.
    ///
    /// Only what is as its manifest says is ever let go, and never a cluster's newest: what somebody else put there
    /// is not ours, and what is damaged may be all that there is.
    package func verdicts(_ snapshots: [KeptSnapshot]) -> [Verdict] {
        let proven = snapshots.filter { $0.state == .proven }
        let others = snapshots.filter { $0.state != .proven }
        let judged =
            Dictionary(grouping: proven, by: \.cluster).values.flatMap(judge)
            + others.map { Verdict(snapshot: $0, reasons: [$0.state.rawValue]) }
        return judged.sorted { Self.isNewer($0.snapshot, $1.snapshot) }
    }

    private static func isNewer(_ one: KeptSnapshot, _ other: KeptSnapshot) -> Bool {
        (one.name.takenAt, one.file) > (other.name.takenAt, other.file)
    }

    private struct Rule {
        var word: String
        var left: Int
        var bucket: (Int64, Int) -> Int64
        var previous: Int64?
    }

    private func judge(_ snapshots: [KeptSnapshot]) -> [Verdict] {
        let sorted = snapshots.sorted(by: Self.isNewer)
        var rules = [
            Rule(word: "last", left: last, bucket: { _, index in Int64(index) }),
            Rule(word: "hourly", left: hourly, bucket: { time, _ in Self.floor(time, by: 3600) }),
            Rule(word: "daily", left: daily, bucket: { time, _ in Self.floor(time, by: 86_400) }),
            // 1970-01-01 was a Thursday; ISO weeks begin on Mondays
            Rule(
                word: "weekly",
                left: weekly,
                bucket: { time, _ in Self.floor(Self.floor(time, by: 86_400) + 3, by: 7) }
            ),
            Rule(word: "monthly", left: monthly, bucket: { time, _ in Self.month(time) }),
        ]
        return sorted.enumerated().map { index, snapshot in
            var reasons = index == 0 ? ["newest proven"] : []
            for place in rules.indices where rules[place].left > 0 {
                let bucket = rules[place].bucket(snapshot.name.takenAt, index)
                guard bucket != rules[place].previous || index == sorted.count - 1 else { continue }
                rules[place].previous = bucket
                rules[place].left -= 1
                reasons.append(rules[place].word)
            }
            return Verdict(snapshot: snapshot, reasons: reasons)
        }
    }

    private static func floor(_ number: Int64, by size: Int64) -> Int64 {
        number >= 0 ? number / size : (number + 1) / size - 1
    }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    private static func month(_ time: Int64) -> Int64 {
        let parts = calendar.dateComponents(
            [.year, .month],
            from: Date(timeIntervalSince1970: Double(time))
        )
        return Int64(parts.year ?? 0) * 12 + Int64(parts.month ?? 0)
    }
}
