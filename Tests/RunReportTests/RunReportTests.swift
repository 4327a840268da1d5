import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

@Suite("What became of a run")
struct RunReportTests {
    private func report(_ run: SampleRun) -> String {
        RunReportText.render(RunSummary(plan: run.plan, state: run.state), style: .plain)
    }

    @Test("that restored: the proof, the downtime, and where the old data is")
    func restored() throws {
        GoldenFile.expect(report(try .restored()), in: "report-restored.txt")
    }

    @Test("that failed: the host, the evidence, the hint, and what to do next")
    func failed() throws {
        GoldenFile.expect(report(try .failed()), in: "report-failed.txt")
    }

    @Test("that was rolled back: the old cluster, and what is left to delete")
    func rolledBack() throws {
        GoldenFile.expect(report(try .rolledBack()), in: "report-rolled-back.txt")
    }

    @Test("that was refused: by whom, and that nothing was changed")
    func refused() {
        let failure = RunFailure(
            host: "etcd-2",
            step: "take-locks",
            message: "another run holds the lock /var/lib/etcd/.rekindle/lock: run "
                + "20261122T160000Z-aaaaaa, by bob on laptop, since 2026-11-22T16:00:01Z",
            hint: "wait for it, or finish it there with `rekindle resume 20261122T160000Z-aaaaaa`"
        )
        let summary = RunSummary(plan: Sample().plan, refusedFor: [failure])
        GoldenFile.expect(RunReportText.render(summary, style: .plain), in: "report-refused.txt")
        #expect(summary.outcome == .refused)
    }

    @Test("is shown step by step, with what nobody knows yet")
    func show() throws {
        let interrupted = try SampleRun.interrupted()
        GoldenFile.expect(
            RunShow.render(
                RunSummary(plan: interrupted.plan, state: interrupted.state),
                style: .plain
            ),
            in: "show-interrupted.txt"
        )
        let failed = try SampleRun.failed()
        GoldenFile.expect(
            RunShow.render(RunSummary(plan: failed.plan, state: failed.state), style: .plain),
            in: "show-failed.txt"
        )
    }

    @Test("is one line of the history")
    func table() throws {
        let listings =
            try [SampleRun.restored(), .failed(), .rolledBack(), .interrupted()].map {
                RunListing(run: $0.plan.run, state: $0.state)
            } + [RunListing(run: Sample().run, state: RunState())]
        GoldenFile.expect(RunsTable.render(listings, style: .plain), in: "runs.txt")
        GoldenFile.expect(try RunsTable.json(listings), in: "runs.json")
        #expect(RunsTable.render([], style: .plain) == "There are no runs.\n")
    }

    @Test("as it goes is one line for each thing worth one")
    func events() throws {
        for (run, file) in [
            (try SampleRun.restored(), "events-restored.txt"),
            (try .failed(), "events-failed.txt"),
        ] {
            var lines = EventLines(plan: run.plan)
            let text = run.events.flatMap { lines.lines(for: $0.event, at: $0.time) }
            GoldenFile.expect(text.map { $0 + "\n" }.joined(), in: file)
        }
    }

    @Test("has a downtime only when it is over and proven")
    func downtime() throws {
        #expect(report(try .restored()).contains("from the first stop to the last proof"))
        #expect(report(try .failed()).contains("etcd was stopped then"))
    }

    @Test(
        "names the outcome in the contract's words",
        arguments: [
            ("restored", RunSummary.Outcome.restored), ("failed", .failed),
            ("rolled-back", .rolledBack), ("interrupted", .interrupted),
        ]
    )
    func outcomes(word: String, outcome: RunSummary.Outcome) throws {
        let run: SampleRun =
            switch outcome {
            case .restored: try .restored()
            case .failed: try .failed()
            case .rolledBack: try .rolledBack()
            default: try .interrupted()
            }
        #expect(RunSummary(plan: run.plan, state: run.state).outcome == outcome)
        #expect(outcome.rawValue == word)
    }
}
