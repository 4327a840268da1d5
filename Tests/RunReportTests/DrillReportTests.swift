import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

@Suite("The report of a drill")
struct DrillReportTests {
    @Test("looks as it did, in every form", arguments: SampleDrill.allCases)
    func golden(_ drill: SampleDrill) throws {
        let history = try drill.history()
        let name = "drill-\(drill.rawValue)"
        GoldenFile.expect(
            RunReportText.render(history.told, seal: history.seal, style: .plain),
            in: "\(name).txt"
        )
        GoldenFile.expect(
            try RunReportJSON.encode(history.told, seal: history.seal),
            in: "\(name).json"
        )
        GoldenFile.expect(RunReportMarkdown.render(history), in: "\(name).md")
        GoldenFile.expect(RunReportHTML.render(history), in: "\(name).html")
    }

    @Test(
        "never reads as if production had been stopped or restored",
        arguments: SampleDrill.allCases
    )
    func notProduction(_ drill: SampleDrill) throws {
        let history = try drill.history()
        let page = try WellFormedPage(RunReportHTML.render(history)).text
        let text = RunReportText.render(history.told, seal: history.seal, style: .plain)
        for words in [
            "Restored and proven", "rekindle rollback", "rekindle resume", "THE OLD DATA",
            "The old data", "Set aside", "set aside was deleted", "No member was stopped",
            "first stop to the last proof", "planned before the stop",
        ] {
            #expect(!page.contains(words), "\(words)")
            #expect(!text.contains(words), "\(words)")
            #expect(!RunReportMarkdown.render(history).contains(words), "\(words)")
        }
    }

    @Test(
        "has the verdict in its title, and says how production is",
        arguments: [
            (
                SampleDrill.passed, "The drill passed: restored beside production, proven, removed",
                "Production is proven untouched"
            ),
            (
                .missed, "The drill was proven, but missed its RTO and its RPO",
                "longer than the RTO of 30.0 s; the longest: distribute-snapshot"
            ),
            (
                .swept, "The drill failed; what it had made is removed",
                "that it is as it was before was not compared"
            ),
        ]
    )
    func verdict(_ drill: SampleDrill, _ title: String, _ words: String) throws {
        let text = RunReportHTML.render(try drill.history())
        #expect(text.contains("<title>\(title): prod, run 20261122T164512Z-3fa9c1</title>"))
        #expect(try WellFormedPage(text).text.contains(words))
    }

    @Test(
        "of a failed drill that was removed still tells of the failure, and asks for nothing more"
    )
    func swept() throws {
        let history = try SampleDrill.swept.history()
        let text = RunReportText.render(history.told, style: .plain)
        #expect(text.contains("not proven: data hash"))
        #expect(!text.contains("NEXT"))
        #expect(history.told.outcome == .failed)
        let listing = RunListing(run: history.run, state: try SampleDrill.swept.run().state)
        #expect(
            RunsTable.render([listing], style: .plain).contains("drill did not pass, removed")
        )
    }
}
