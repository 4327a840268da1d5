import RestorePlanning
import RestoreRun

/// All drills as one self-contained page: how long to the proof, how old the snapshot, how large.
///
/// No script, no network, no clock: the same history gives the same bytes.
package enum DrillTrendHTML {
    package static func render(_ listings: [DrillListing]) -> String {
        let series = DrillSeries.of(listings)
        let head = TrendHead(series: series)
        return HTML.document(
            .tag("html", ["lang": "en"]) {
                HTML.head(
                    title: "\(head.headline): \(head.subject)",
                    css: Stylesheet.css(footer: "rekindle drills") + TrendStyle.css
                )
                HTML.tag("body") {
                    head.html
                    HTML.tag("main") {
                        for (index, one) in series.enumerated() {
                            TrendSection(series: one, number: index + 1).html
                        }
                    }
                    HTML.tag("footer") {
                        HTML.tag("p") {
                            "Made from the journals of the drills alone: the same journals give the same page. "
                            "Times are the coordinator’s, in UTC. "
                            HTML.prose("`rekindle report RUN --format html` tells of one drill.")
                        }
                    }
                }
            }
        )
    }
}

/// The drills that can be compared: three drawings, then every number.
private struct TrendSection {
    let series: DrillSeries
    let number: Int

    private var charts: [TrendChart] {
        [
            TrendChart(
                id: "proof-\(number)",
                title: "Time to proof",
                objectiveName: "RTO",
                points: series.drills.map {
                    TrendPoint(
                        $0,
                        value: $0.secondsToProof,
                        objective: $0.rtoObjective,
                        describe: TimeText.length
                    )
                },
                unit: .seconds
            ),
            TrendChart(
                id: "age-\(number)",
                title: "Age of the snapshot",
                objectiveName: "RPO",
                points: series.drills.map {
                    TrendPoint(
                        $0,
                        value: $0.snapshotAge,
                        objective: $0.rpoObjective,
                        describe: TimeText.length
                    )
                },
                unit: .seconds
            ),
            TrendChart(
                id: "size-\(number)",
                title: "Size of the snapshot",
                objectiveName: nil,
                points: series.drills.map { drill in
                    TrendPoint(drill, value: Double(drill.snapshotBytes), objective: nil) { _ in
                        ByteText.describe(drill.snapshotBytes)
                    }
                },
                unit: .bytes
            ),
        ]
    }

    var html: HTML {
        .tag("section", ["class": "series"]) {
            HTML.tag("h2") { series.title }
            if series.isLocal {
                HTML.tag("p", ["class": "note"]) {
                    "These ran on the coordinator: their times say nothing of the members."
                }
            }
            legend
            for chart in charts { chart.html }
            HTML.tag("h3") { "Every drill" }
            DrillsTable.table(series.drills.reversed()).html("Every drill, the newest first")
            failures
        }
    }

    /// Only of the marks that occur.
    private var legend: HTML {
        let seen = Set(charts.flatMap(\.points).map(\.mark))
        return .tag("ul", ["class": "legend", "aria-hidden": "true"]) {
            for mark in TrendPoint.Mark.allCases.filter(seen.contains) {
                HTML.tag("li") {
                    HTML.tag("svg", ["class": "swatch", "viewBox": "-12 -6 24 12"]) { mark.html }
                    mark.meaning
                }
            }
        }
    }

    @HTMLBuilder private var failures: HTML {
        let failed = series.drills.reversed().filter { !$0.failures.isEmpty }
        if !failed.isEmpty {
            HTML.tag("h3") { "What went wrong" }
            HTML.tag("dl") {
                for drill in failed {
                    HTML.tag("dt") { drill.run.rawValue }
                    HTML.tag("dd") {
                        for failure in drill.failures {
                            HTML.tag("p") { HTML.prose(failure) }
                        }
                    }
                }
            }
        }
    }
}
