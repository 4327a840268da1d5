import EtcdModel
import TestSupport
import Testing

@testable import SnapshotStore

@Suite("What a retention keeps")
struct RetentionTests {
    /// Seconds since 1970.
    private func times(_ texts: [String]) throws -> [Double] {
        try texts.map { try #require(UTCTime.seconds($0)) }
    }

    @Test(
        "is the newest of each period, going back",
        arguments: [
            (Retention(last: 2), [0, 1]),
            (Retention(hourly: 2), [0, 2]),
            (Retention(daily: 2), [0, 3]),
            // 23 November 2026 is a Monday: the Sunday before is of another ISO week
            (Retention(weekly: 2), [0, 3]),
            (Retention(monthly: 2), [0, 5]),
            (Retention(last: 1, monthly: 3), [0, 5, 6]),
        ]
    )
    func periods(_ retention: Retention, _ kept: [Int]) throws {
        let times = try times([
            "2026-11-23T10:45:00Z", "2026-11-23T10:15:00Z", "2026-11-23T09:59:59Z",
            "2026-11-22T23:00:00Z", "2026-11-22T03:00:00Z", "2026-10-31T23:59:59Z",
            "2025-10-31T23:59:59Z", "2025-10-01T00:00:00Z", "2025-10-01T00:00:00Z",
        ])
        let reasons = retention.reasons(newestFirst: times)
        #expect(reasons.indices.filter { !reasons[$0].isEmpty } == kept)
    }

    @Test("is the oldest too, where some of a count is left")
    func oldest() throws {
        let times = try times(["2026-11-23T10:45:00Z", "2026-11-23T10:15:00Z"])
        #expect(Retention(daily: 2).reasons(newestFirst: times) == [["daily"], ["daily"]])
        #expect(Retention(daily: 1).reasons(newestFirst: times) == [["daily"], []])
    }

    @Test("never grows beyond its counts, and is never without the newest", arguments: 0..<40)
    func properties(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let now: Double = 1_795_000_000
        let times = (0..<Int.random(in: 1...200, using: &random))
            .map { _ in now - Double.random(in: 0...90_000_000, using: &random) }
            .sorted(by: >)
        func count() -> Int { Int.random(in: 0...5, using: &random) }
        let retention = Retention(
            last: count() + 1,
            hourly: count(),
            daily: count(),
            weekly: count(),
            monthly: count()
        )
        let reasons = retention.reasons(newestFirst: times)
        #expect(reasons[0].contains("last"))
        for (word, most) in [
            ("last", retention.last), ("hourly", retention.hourly), ("daily", retention.daily),
            ("weekly", retention.weekly), ("monthly", retention.monthly),
        ] {
            let kept = reasons.filter { $0.contains(word) }.count
            #expect(kept <= most, "\(word)")
        }
        // what was kept is kept again: a second prune deletes nothing
        let rest = times.indices.filter { !reasons[$0].isEmpty }.map { times[$0] }
        #expect(retention.reasons(newestFirst: rest).allSatisfy { !$0.isEmpty })
    }

    @Test("is nothing where no rule has a count")
    func nothing() {
        #expect(Retention().isEmpty)
        #expect(!Retention(monthly: 1).isEmpty)
    }
}
