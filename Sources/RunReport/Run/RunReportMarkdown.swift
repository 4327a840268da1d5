import RestorePlanning
import RestoreRun

/// What became of a run, for a wiki, a ticket or a pull request.
package enum RunReportMarkdown {
    package static func render(_ history: RunHistory) -> String {
        let verdict = Verdict(history)
        let subject = history.subject.summary
        let facts = AuditFacts(history: history)
        var text = "# \(MarkdownText.plain("\(verdict.headline): \(subject.plan.cluster)"))\n\n"
        text += "\(MarkdownText.prose(verdict.meaning))\n\n"
        text += MarkdownText.fields(verdict.figures.map(field))
        for chapter in history.chapters { text += failures(chapter.summary) }
        text += section("The run")
        text += MarkdownText.fields(
            [("run", StyledLine(subject.plan.run.rawValue))] + facts.facts
        )
        for chapter in history.chapters { text += timeline(chapter) + proofs(chapter.summary) }
        text +=
            section(subject.plan.kind == .drill ? "The scratch members" : "Members at the end")
            + RunTables(summary: subject).members.markdown
        text += stumbles(facts)
        if !facts.exceptions.isEmpty {
            text += section("Exceptions and warnings") + MarkdownText.fields(facts.exceptions)
        }
        text += setAside(history) + inventoryChange(subject)
        text += section("Environment") + facts.hosts.markdown + "\n" + facts.coordinators.markdown
        let next = RunParts(summary: history.summary).next
        if !next.isEmpty {
            text +=
                section("What can be done now")
                + MarkdownText.fields(next.map { ("`\($0.0)`", $0.1) })
        }
        return text + section("The journal") + MarkdownText.fields(facts.journal)
    }

    private static func section(_ title: String) -> String {
        "\n## \(MarkdownText.prose(title))\n\n"
    }

    private static func field(_ figure: Verdict.Figure) -> (String, StyledLine) {
        let note = figure.note.isEmpty ? "" : " (\(figure.note))"
        return (figure.label, StyledLine(figure.value + note))
    }

    private static func failures(_ summary: RunSummary) -> String {
        guard !summary.failures.isEmpty else { return "" }
        let blocks = FailureGroups.of(summary.failures).map { group in
            let hosts = group.names.filter { !$0.isEmpty }.joined(separator: ", ")
            return block(group.value, of: hosts.isEmpty ? "" : "**\(MarkdownText.plain(hosts))**: ")
        }
        return section(summary.phase == .refused ? "Refused for" : "What failed")
            + blocks.joined(separator: "\n")
    }

    private static func block(_ failure: RunFailure, of whom: String) -> String {
        var text = "\(whom)\(MarkdownText.prose(failure.message))\n"
        if let evidence = failure.evidence {
            let lines = evidence.split(whereSeparator: \.isNewline)
            text += "\n" + MarkdownText.block(lines.map { VisibleText.escaped(String($0)) }, "text")
        }
        if let hint = failure.hint { text += "\nHINT: \(MarkdownText.prose(hint))\n" }
        return text
    }

    private static func timeline(_ chapter: RunHistory.Chapter) -> String {
        chapter.sittings.map { sitting in
            let kind = chapter.summary.plan.kind.rawValue
            let rows = TimelineRows(sitting, of: chapter.summary.plan).steps.flatMap { step in
                step.rows.map { row in
                    [
                        StyledLine("\(step.number) \(step.name)"),
                        StyledLine(row.member ?? "the cluster"),
                        StyledLine(TimeText.clock(row.from)),
                        StyledLine(TimeText.length(row.to - row.from)),
                        StyledLine(TimelineRows.outcome(row).words),
                    ]
                }
            }
            let table = Table(
                [
                    Table.Column("step"), Table.Column("member"), Table.Column("began (UTC)"),
                    Table.Column("took", .right), Table.Column("outcome"),
                ],
                rows: rows
            )
            let who = sitting.coordinator.operator
            return section(
                "Timeline: \(kind) by \(who.user) on \(who.coordinator), from "
                    + "\(TimeText.dateAndClock(sitting.beganAt)) UTC"
            ) + table.markdown
        }
        .joined()
    }

    private static func proofs(_ summary: RunSummary) -> String {
        guard !summary.state.proofs.isEmpty else { return "" }
        let tables = RunTables(summary: summary)
        return section("Proof of the \(summary.plan.kind.rawValue)")
            + "Expected: \(tables.originOfExpected).\n\n" + tables.proofs().markdown
    }

    private static func stumbles(_ facts: AuditFacts) -> String {
        guard !facts.stumbles.isEmpty else { return "" }
        return section("Every try that failed")
            + facts.stumbles.map { timed in
                let stumble = timed.stumble
                let what =
                    "\(TimeText.clock(timed.time)) \(stumble.effect.member), "
                    + "\(stumble.effect.kind.rawValue), try \(stumble.attempt), "
                    + "\(stumble.willRetry ? "tried again" : "given up"): "
                return block(stumble.failure, of: MarkdownText.plain(what))
            }
            .joined(separator: "\n")
    }

    private static func setAside(_ history: RunHistory) -> String {
        guard history.summary.plan.kind != .clean,
            let aside = RunParts(summary: history.subject.summary).setAside
        else { return "" }
        let rows = MemberGroups.of(aside.places).flatMap { group in
            group.value.map { place in
                [
                    StyledLine(group.names.joined(separator: ", ")), StyledLine(place.what),
                    StyledLine(place.from), StyledLine(place.to),
                ]
            }
        }
        let columns = ["members", "what", "was", "is now"].map { Table.Column($0) }
        return section("Set aside, until `rekindle clean`") + Table(columns, rows: rows).markdown
    }

    private static func inventoryChange(_ summary: RunSummary) -> String {
        guard let change = summary.inventoryChange else { return "" }
        let lines = change.lines.map { "\($0) \($1)" }
        return section("The inventory must say now, of \(change.name)")
            + MarkdownText.block(lines.map(VisibleText.escaped), "yaml")
            + "\n\(MarkdownText.prose(change.rest))\n"
    }
}
