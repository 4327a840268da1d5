import RestorePlanning
import RestoreRun

/// What follows the verdict: the worst first, then what is known, then what it rests on.
struct ReportSections {
    let history: RunHistory
    private var subject: RunHistory.Chapter { history.subject }
    private var summary: RunSummary { subject.summary }
    private var facts: AuditFacts { AuditFacts(history: history) }

    @HTMLBuilder var html: HTML {
        failures
        if !isWell { next }
        run
        timeline
        proofs
        members
        stumbles
        exceptions
        setAside
        inventoryChange
        if isWell { next }
        environment
        journal
        plans
    }

    /// Whether nothing has to be done about the run.
    private var isWell: Bool {
        if case .completed = history.summary.phase { return true }
        return false
    }

    private func section(
        _ id: String,
        _ title: String,
        _ note: String = "",
        @HTMLBuilder _ content: () -> HTML
    ) -> HTML {
        .tag("section", ["id": id]) {
            HTML.tag("h2") { title }
            if !note.isEmpty { HTML.tag("p", ["class": "note"]) { HTML.prose(note) } }
            content()
        }
    }

    @HTMLBuilder private var failures: HTML {
        let pairs = history.chapters.filter { !$0.summary.failures.isEmpty }
        for chapter in pairs {
            let kind = chapter.summary.plan.kind
            // a drill is removed after it failed, and is what the run was about none the less
            let isLast = kind == history.summary.plan.kind || kind == .drill
            section(
                "failed-\(chapter.summary.plan.kind.rawValue)",
                chapter.summary.phase == .refused
                    ? "Refused for"
                    : isLast
                        ? "What failed"
                        : "What failed before, in the \(chapter.summary.plan.kind.rawValue)"
            ) {
                for group in FailureGroups.of(chapter.summary.failures) {
                    failure(group.value, on: group.names.filter { !$0.isEmpty })
                }
            }
        }
    }

    private func failure(_ failure: RunFailure, on hosts: [String]) -> HTML {
        .tag("div", ["class": "failure"]) {
            HTML.tag("p", ["class": "fact"]) {
                if !hosts.isEmpty { HTML.tag("b") { "\(hosts.joined(separator: ", ")): " } }
                HTML.prose(failure.message)
                if let step = failure.step {
                    HTML.tag("span", ["class": "dim"]) { " (in step \(step))" }
                }
            }
            if let evidence = failure.evidence { HTML.evidence(evidence) }
            if let hint = failure.hint { HTML.hint(hint) }
        }
    }

    @HTMLBuilder private var next: HTML {
        let commands = RunParts(summary: history.summary).next
        if !commands.isEmpty {
            section("next", "What can be done now") {
                HTML.tag("dl", ["class": "commands"]) {
                    for (command, meaning) in commands {
                        HTML.tag("dt") { HTML.tag("code") { command } }
                        HTML.tag("dd") { meaning.html }
                    }
                }
            }
        }
    }

    private var run: HTML {
        section("run", "The run") { HTML.fields(facts.facts) }
    }

    @HTMLBuilder private var timeline: HTML {
        let sittings = history.chapters.flatMap { chapter in chapter.sittings.map { (chapter, $0) }
        }
        if !sittings.isEmpty {
            section(
                "timeline",
                "Timeline",
                "Every member passes a stage before any begins the next."
            ) {
                TimelineLegend(sittings: sittings.map(\.1), chapters: sittings.map(\.0)).html
                for (index, pair) in sittings.enumerated() {
                    let record = pair.1.coordinator
                    let kind = pair.0.summary.plan.kind.rawValue
                    TimelineHTML(
                        pair.1,
                        of: pair.0,
                        title: (sittings.count > 1 ? "\(index + 1) of \(sittings.count): " : "")
                            + "\(kind) by \(record.operator.user) on \(record.operator.coordinator), "
                            + "from \(TimeText.dateAndClock(pair.1.beganAt)) UTC, "
                            + TimeText.length(pair.1.endedAt - pair.1.beganAt)
                    ).html
                }
            }
        }
    }

    @HTMLBuilder private var proofs: HTML {
        for chapter in history.chapters where !chapter.summary.state.proofs.isEmpty {
            let kind = chapter.summary.plan.kind.rawValue
            let tables = RunTables(summary: chapter.summary)
            section(
                "proof-\(kind)",
                "Proof" + (chapter.summary.plan.kind == .restore ? "" : " of the \(kind)"),
                "Expected: \(tables.originOfExpected). Observed: what each member answered."
            ) {
                tables.proofs().html("What was expected and what was seen")
                ProofMeanings.html(chapter.summary)
            }
        }
    }

    private var members: HTML {
        section(
            "members",
            summary.plan.kind == .drill ? "The scratch members" : "Members at the end"
        ) {
            RunTables(summary: summary).members.html("Each member at the end of the run")
        }
    }

    @HTMLBuilder private var stumbles: HTML {
        let stumbles = facts.stumbles
        if !stumbles.isEmpty {
            section("stumbles", "Every try that failed", "In the order in which they failed.") {
                for timed in stumbles { stumble(timed.stumble, at: timed.time) }
            }
        }
    }

    private func stumble(_ stumble: RunState.Stumble, at time: Double) -> HTML {
        .tag("div", ["class": "stumble"]) {
            HTML.tag("p", ["class": "fact"]) {
                HTML.tag("span", ["class": "dim"]) { "\(TimeText.clock(time)) " }
                HTML.tag("b") { "\(stumble.effect.member), \(stumble.effect.kind.rawValue)" }
                ", try \(stumble.attempt), \(stumble.willRetry ? "tried again" : "given up"): "
                HTML.prose(stumble.failure.message)
            }
            if let evidence = stumble.failure.evidence { HTML.evidence(evidence) }
            if let hint = stumble.failure.hint { HTML.hint(hint) }
        }
    }

    private var exceptions: HTML {
        section("exceptions", "Exceptions and warnings") {
            if facts.exceptions.isEmpty {
                HTML.tag("p") { "None: no member was left out, and no check warned of anything." }
            } else {
                HTML.fields(facts.exceptions)
            }
        }
    }

    @HTMLBuilder private var setAside: HTML {
        if history.summary.plan.kind != .clean, let aside = RunParts(summary: summary).setAside {
            section(
                "aside",
                summary.plan.kind == .rollback ? "The restored data" : "The old data",
                "Renamed, not deleted: it stays until `rekindle clean \(summary.plan.run)`."
            ) {
                for group in MemberGroups.of(aside.places) {
                    HTML.tag("h3") { group.names.joined(separator: ", ") }
                    HTML.tag("dl") {
                        for place in group.value {
                            HTML.tag("dt") { place.what }
                            HTML.tag("dd") {
                                HTML.tag("code") { place.from }
                                HTML.tag("br")
                                "is now "
                                HTML.tag("code") { place.to }
                            }
                        }
                    }
                }
            }
        }
    }

    @HTMLBuilder private var inventoryChange: HTML {
        if let change = summary.inventoryChange {
            section("inventory", "The inventory must say now", "Of \(change.name).") {
                HTML.tag("dl") {
                    for (key, value) in change.lines {
                        HTML.tag("dt") { key }
                        HTML.tag("dd") { HTML.tag("code") { value } }
                    }
                }
                HTML.tag("p") { change.rest }
            }
        }
    }

    private var environment: HTML {
        section("environment", "Environment") {
            HTML.tag("h3") { "Hosts, as the plan found them" }
            facts.hosts.html("Each host")
            HTML.tag("h3") { "Coordinators" }
            facts.coordinators.html("Each coordinator")
        }
    }

    private var plans: HTML {
        section(
            "plan",
            "The plan",
            "As it was shown before any host was changed, with every command. What is not in it was not done."
        ) {
            for chapter in history.chapters {
                HTML.tag("details") {
                    HTML.tag("summary") {
                        "The \(chapter.summary.plan.kind.rawValue), planned at \(chapter.summary.plan.createdAt)"
                    }
                    HTML.tag("pre", ["tabindex": "0"]) {
                        HTML.lines(
                            PlanText.render(chapter.summary.plan, style: .plain, verbose: true)
                        )
                    }
                }
            }
        }
    }

    private var journal: HTML {
        section(
            "journal",
            "The journal",
            "Each line holds the hash of the one before it: the last hash stands for the whole run."
        ) { HTML.fields(facts.journal) }
    }
}
