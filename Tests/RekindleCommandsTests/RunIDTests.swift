import RestorePlanning
import RunJournal
import Testing

@testable import RekindleCommands

@Suite("The ID of a new run")
struct RunIDTests {
    private static let suffix: [UInt8] = [0, 0, 1]

    private func made(at now: String, after newest: String?) throws -> String {
        let time = try #require(JournalTime(now))
        return try #require(
            Preparation.runID(at: time, after: newest, suffix: Self.suffix)
        ).rawValue
    }

    @Test("has the time in it")
    func time() throws {
        #expect(try made(at: "2026-11-22T16:45:12.900Z", after: nil) == "20261122T164512Z-000001")
        #expect(
            try made(at: "2026-11-22T16:45:12.900Z", after: "20261122T164511Z-ffffff")
                == "20261122T164512Z-000001"
        )
    }

    @Test(
        "sorts after every run that there is, within a second and after a clock was set back",
        arguments: [
            ("20261122T164512Z-ffffff", "20261122T164513Z-000001"),
            ("20261122T175959Z-ffffff", "20261122T180000Z-000001"),
        ]
    )
    func order(_ newest: String, _ wanted: String) throws {
        #expect(try made(at: "2026-11-22T16:45:12.000Z", after: newest) == wanted)
    }

    @Test("does not follow a clock that was wrong by days, nor a name that is no run's")
    func strange() throws {
        for newest in ["99991231T235959Z-ffffff", "20261231T000000Z-ffffff", "x", ""] {
            #expect(
                try made(at: "2026-11-22T16:45:12.000Z", after: newest)
                    == "20261122T164512Z-000001"
            )
        }
    }
}
