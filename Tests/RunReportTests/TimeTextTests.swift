import RunReport
import Testing

@Suite("Times")
struct TimeTextTests {
    @Test(
        "are RFC 3339 in UTC, computed from the seconds since 1970",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199.9994, "2024-02-29T23:59:59.999Z"),
            (1_709_251_199.9996, "2024-03-01T00:00:00.000Z"),
            (1_795_365_912.25, "2026-11-22T16:45:12.250Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (-1, "1970-01-01T00:00:00.000Z"), (.infinity, "1970-01-01T00:00:00.000Z"),
            (1e300, "9999-12-31T23:59:59.999Z"),
        ]
    )
    func rfc3339(seconds: Double, text: String) {
        #expect(TimeText.rfc3339(seconds) == text)
    }

    @Test(
        "that pass are told in the units that matter",
        arguments: [
            (0, "0.00 s"), (1.84, "1.84 s"), (9.994, "9.99 s"), (9.996, "10.0 s"),
            (59.94, "59.9 s"), (59.96, "1 min 00 s"), (123, "2 min 03 s"),
            (3599.6, "1 h 00 min"), (3720, "1 h 02 min"), (273_600, "3 d 04 h"), (-3, "0.00 s"),
        ]
    )
    func lengths(seconds: Double, text: String) {
        #expect(TimeText.length(seconds) == text)
    }
}
