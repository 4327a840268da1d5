import EtcdModel
import RestorePlanning
import RestoreRun

/// What became of a run, for the person who has to say so.
package enum RunReportText {
    /// The whole text; `seal` is given where the journal was read for it.
    package static func render(
        _ summary: RunSummary,
        seal: JournalSeal? = nil,
        style: Style
    ) -> String {
        var page = Page(style)
        RunParts(summary: summary).addHeadline(to: &page)
        page.blank()
        RunParts(summary: summary).addFacts(to: &page)
        members(summary, &page)
        steps(summary, &page)
        proofs(summary, &page)
        stumbles(summary, &page)
        RunParts(summary: summary).addFailures(to: &page)
        RunParts(summary: summary).addDependents(to: &page)
        RunParts(summary: summary).addSetAside(to: &page)
        RunParts(summary: summary).addInventoryChange(to: &page)
        RunParts(summary: summary).addNext(to: &page)
        if let seal { journal(seal, &page) }
        return page.text
    }

    private static func members(_ summary: RunSummary, _ page: inout Page) {
        page.heading(summary.plan.kind == .drill ? "SCRATCH MEMBERS" : "MEMBERS")
        page.table(RunTables(summary: summary).members)
    }

    private static func steps(_ summary: RunSummary, _ page: inout Page) {
        guard !summary.begunSteps.isEmpty else { return }
        page.heading("STEPS", "(times are UTC)")
        page.table(RunTables(summary: summary).steps)
    }

    private static func proofs(_ summary: RunSummary, _ page: inout Page) {
        guard !summary.state.proofs.isEmpty else { return }
        let tables = RunTables(summary: summary)
        page.heading("PROOF", "(expected: \(tables.originOfExpected))")
        page.table(tables.proofs { $0.utf8.count == 64 ? "\($0.prefix(16))…" : $0 })
    }

    private static func journal(_ seal: JournalSeal, _ page: inout Page) {
        page.heading("JOURNAL")
        page.fields(seal.fields)
    }

    private static func stumbles(_ summary: RunSummary, _ page: inout Page) {
        let mended = summary.state.stumbles.filter(\.willRetry)
        guard !mended.isEmpty else { return }
        page.heading("TRIED AGAIN")
        for stumble in mended {
            page.wrapped(
                StyledLine("\(stumble.effect.member), ", .bold)
                    + StyledLine("\(stumble.effect.kind.rawValue), try \(stumble.attempt): ")
                    + StyledLine(stumble.failure.message),
                indent: 2,
                hanging: 2
            )
            if let evidence = stumble.failure.evidence { page.evidence(evidence, indent: 6) }
        }
    }
}
