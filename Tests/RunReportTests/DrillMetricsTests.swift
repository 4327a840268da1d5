import RestoreRun
import TestSupport
import Testing

@testable import RunReport

@Suite("The metrics of a drill")
struct DrillMetricsTests {
    @Test("have every figure, with the cluster's name on it")
    func passed() {
        #expect(
            Self.series(DrillMetrics.render(.sample(), earlier: "")) == [
                #"rekindle_drill_last_success_timestamp_seconds{cluster="prod"} 1763900070"#,
                #"rekindle_drill_last_proven_timestamp_seconds{cluster="prod"} 1763900070"#,
                #"rekindle_drill_last_run_timestamp_seconds{cluster="prod"} 1763900070"#,
                #"rekindle_drill_outcome{cluster="prod",outcome="passed"} 1"#,
                #"rekindle_drill_outcome{cluster="prod",outcome="missed-objectives"} 0"#,
                #"rekindle_drill_outcome{cluster="prod",outcome="failed"} 0"#,
                #"rekindle_drill_outcome{cluster="prod",outcome="interrupted"} 0"#,
                #"rekindle_drill_outcome{cluster="prod",outcome="refused"} 0"#,
                #"rekindle_drill_duration_seconds{cluster="prod"} 70"#,
                #"rekindle_drill_rto_seconds{cluster="prod"} 45.123"#,
                #"rekindle_drill_rto_objective_seconds{cluster="prod"} 900"#,
                #"rekindle_drill_rpo_seconds{cluster="prod"} 3600"#,
                #"rekindle_drill_rpo_objective_seconds{cluster="prod"} 21600"#,
                #"rekindle_drill_estimated_downtime_seconds{cluster="prod"} 31.5"#,
                #"rekindle_drill_estimated_staged_downtime_seconds{cluster="prod"} 8"#,
                #"rekindle_drill_snapshot_size_bytes{cluster="prod"} 52428800"#,
                #"rekindle_drill_snapshot_revision{cluster="prod"} 4711"#,
                #"rekindle_drill_snapshot_keys{cluster="prod"} 3413"#,
                #"rekindle_drill_revisions_behind{cluster="prod"} 12"#,
            ]
        )
    }

    @Test(
        "keep the last success and the last proof until there is a newer one",
        arguments: [
            (.passed, success: 2000, proven: 2000),
            (.missedObjectives, success: 1000, proven: 2000),
            (.failed, success: 1000, proven: 1000),
            (.interrupted, success: 1000, proven: 1000),
            (.refused, success: 1000, proven: 1000),
        ] as [(DrillFigures.Outcome, success: Int, proven: Int)]
    )
    func kept(_ outcome: DrillFigures.Outcome, success: Int, proven: Int) {
        let earlier = DrillMetrics.render(.sample(endedAt: 1000), earlier: "")
        let text = DrillMetrics.render(.sample(outcome, endedAt: 2000), earlier: earlier)
        #expect(Self.value("last_success_timestamp_seconds", in: text) == "\(success)")
        #expect(Self.value("last_proven_timestamp_seconds", in: text) == "\(proven)")
        #expect(Self.value("last_run_timestamp_seconds", in: text) == "2000")
        // and again, over a drill that had no success of its own
        let third = DrillMetrics.render(.sample(.failed, endedAt: 3000), earlier: text)
        #expect(Self.value("last_success_timestamp_seconds", in: third) == "\(success)")
    }

    @Test("have no figure that the newest drill does not have")
    func absent() {
        var refused = DrillFigures.sample(.refused)
        refused.snapshotBytes = 0
        refused.snapshotTakenAt = nil
        refused.revisionsBehind = nil
        refused.rtoObjective = nil
        let earlier = DrillMetrics.render(.sample(), earlier: "")
        let text = DrillMetrics.render(refused, earlier: earlier)
        for name in [
            "rto_seconds", "rto_objective_seconds", "rpo_seconds", "snapshot_size_bytes",
            "snapshot_revision", "snapshot_keys", "revisions_behind", "estimated_downtime_seconds",
        ] {
            #expect(Self.value(name, in: text) == nil, "\(name)")
            #expect(!text.contains("rekindle_drill_\(name) "), "a head without a value: \(name)")
        }
        #expect(Self.value("rpo_objective_seconds", in: text) == "21600")
    }

    @Test(
        "take nothing from a file that is damaged or another cluster's",
        arguments: [
            "", "\n\n", "rekindle_drill_last_success_timestamp_seconds",
            #"rekindle_drill_last_success_timestamp_seconds{cluster="prod"}"#,
            #"rekindle_drill_last_success_timestamp_seconds{cluster="prod"} NaN"#,
            #"rekindle_drill_last_success_timestamp_seconds{cluster="prod"} -1"#,
            #"rekindle_drill_last_success_timestamp_seconds{cluster="prod"} 12 13"#,
            #"rekindle_drill_last_success_timestamp_seconds{cluster="prod2"} 12"#,
            #"# rekindle_drill_last_success_timestamp_seconds{cluster="prod"} 12"#,
        ]
    )
    func damaged(_ earlier: String) {
        let text = DrillMetrics.render(.sample(.failed), earlier: earlier)
        #expect(!text.contains("last_success_timestamp_seconds"))
    }

    @Test("escape a label so that it cannot end")
    func label() {
        #expect(MetricsPage.label("a", "x\\\"\n}é") == #"a="x\\\"\n}é""#)
        let earlier = DrillMetrics.render(.sample(cluster: "a\"\nb", endedAt: 1000), earlier: "")
        let text = DrillMetrics.render(.sample(.failed, cluster: "a\"\nb"), earlier: earlier)
        #expect(text.contains(#"last_success_timestamp_seconds{cluster="a\"\nb"} 1000"#))
    }

    @Test("have a file of their own for each cluster")
    func file() {
        #expect(DrillMetrics.fileName(cluster: "prod") == "rekindle-prod.prom")
    }

    @Test(
        "are taken by promtool without a word",
        .enabled(
            if: Program.isInstalled("promtool"),
            "promtool is not installed (Debian: prometheus)"
        ),
        arguments: DrillFigures.Outcome.allCases
    )
    func promtool(_ outcome: DrillFigures.Outcome) throws {
        let earlier = DrillMetrics.render(.sample(cluster: "a\"\\\nb"), earlier: "")
        let text = DrillMetrics.render(.sample(outcome, cluster: "a\"\\\nb"), earlier: earlier)
        let checked = try Program.run(["promtool", "check", "metrics"], input: text)
        #expect(checked.status == 0 && checked.output == "", "\(checked.output)\n\(text)")
        // the checker is one that finds something
        let wrong = try Program.run(
            ["promtool", "check", "metrics"],
            input: text.replacing("_size_bytes", with: "_size_megabytes")
        )
        #expect(wrong.output != "")
    }

    private static func series(_ text: String) -> [String] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    private static func value(_ name: String, in text: String) -> String? {
        let start = "rekindle_drill_\(name){cluster=\"prod\"} "
        return series(text).first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }
}
