import Foundation
import RestoreRun
import Testing

@testable import RunReport

@Suite("The notice of a drill")
struct DrillNoticeTests {
    @Test("has every figure under a key that stays")
    func keys() throws {
        #expect(
            try DrillNotice.json(.sample(), version: "1.2.3") == """
                {
                  "beganAt" : "2025-11-23T12:13:20.000Z",
                  "cluster" : "prod",
                  "durationSeconds" : 70,
                  "endedAt" : "2025-11-23T12:14:30.000Z",
                  "event" : "drill",
                  "failures" : [

                  ],
                  "objectives" : {
                    "meetsRPO" : true,
                    "meetsRTO" : true,
                    "rpoSeconds" : 21600,
                    "rtoSeconds" : 900
                  },
                  "outcome" : "passed",
                  "rpoSeconds" : 3600,
                  "rtoSeconds" : 45.123,
                  "run" : "00000000T000000Z-000000",
                  "snapshot" : {
                    "bytes" : 52428800,
                    "keys" : 3413,
                    "revision" : 4711,
                    "revisionsBehind" : 12,
                    "takenAt" : "2025-11-23T11:13:20.000Z"
                  },
                  "text" : "Drill 00000000T000000Z-000000 of cluster prod passed: proven in 45.1 s, \
                from data 1 h 00 min old.",
                  "version" : "1.2.3"
                }

                """
        )
    }

    @Test(
        "says in one sentence how it ended",
        arguments: [
            (.missedObjectives, "missed an objective (RTO): proven in 45.1 s"),
            (.failed, "failed: etcd-2: no space left on device."),
            (.interrupted, "was interrupted: etcd-2: no space left on device."),
            (.refused, "was refused, nothing was changed: etcd-2: no space left on device."),
        ] as [(DrillFigures.Outcome, String)]
    )
    func sentence(_ outcome: DrillFigures.Outcome, words: String) {
        var figures = DrillFigures.sample(outcome)
        if outcome == .missedObjectives { figures.rtoObjective = 45 }
        let text = DrillNotice.sentence(figures)
        #expect(text.contains(words), "\(text)")
        #expect(text.hasSuffix("."), "\(text)")
        #expect(!text.hasSuffix(".."), "\(text)")
    }

    @Test("stays small, whatever failed")
    func bounded() throws {
        var figures = DrillFigures.sample(.failed)
        let hostile = String(repeating: "\u{1B}\"\\\u{202E}e\u{301}\u{301}", count: 10_000)
        figures.failures = Array(repeating: hostile, count: 1000)
        let json = try DrillNotice.json(figures, version: "1")
        #expect(json.utf8.count < 60_000)
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        )
        #expect((read["failures"] as? [String])?.count == 20)
        #expect(!json.unicodeScalars.contains("\u{1B}"))
    }

    @Test("has every key where nothing is known, too")
    func unknown() throws {
        var figures = DrillFigures.sample(.refused)
        figures.snapshotTakenAt = nil
        figures.revisionsBehind = nil
        figures.rtoObjective = nil
        let all = try Self.keys(DrillNotice.json(.sample(), version: "1"))
        #expect(try Self.keys(DrillNotice.json(figures, version: "1")) == all)
        #expect(all.count == 14)
    }

    private static func keys(_ json: String) throws -> Set<String> {
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return Set(try #require(read).keys)
    }
}
