import RunJournal
import Testing

@Suite("Journal: times")
struct JournalTimeTests {
    @Test(
        "are RFC 3339 in UTC to the millisecond, and come back the same",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_365_912_123, "2026-11-22T16:45:12.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func text(_ milliseconds: Int64, text: String) {
        #expect(JournalTime(milliseconds: milliseconds).description == text)
        #expect(JournalTime(text) == JournalTime(milliseconds: milliseconds))
    }

    @Test(
        "refuses another form, and days that are none",
        arguments: [
            "", "2026-11-22T16:45:12Z", "2026-11-22 16:45:12.123Z", "2026-11-22T16:45:12.123z",
            "2026-13-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-11-22T24:00:00.000Z",
            "2026-11-22T16:60:12.123Z", "2026-11-22T16:45:12.123+", "+026-11-22T16:45:12.123Z",
        ]
    )
    func refused(_ text: String) {
        #expect(JournalTime(text) == nil)
    }
}
