import RestorePlanning
import RestoreRun

/// One run, step by step: what is done, what is open, where it stopped.
package enum RunShow {
    package static func render(_ summary: RunSummary, style: Style) -> String {
        var page = Page(style)
        let parts = RunParts(summary: summary)
        parts.addHeadline(to: &page)
        page.blank()
        parts.addFacts(to: &page)
        page.heading("STEPS", "(times are UTC)")
        for (index, step) in summary.plan.steps.enumerated() {
            add(step, index, summary, &page)
        }
        parts.addFailures(to: &page)
        parts.addNext(to: &page)
        return page.text
    }

    private static func add(
        _ step: PlannedStep,
        _ index: Int,
        _ summary: RunSummary,
        _ page: inout Page
    ) {
        let timing = summary.begunSteps.first { $0.number == index + 1 }
        let time = timing.map { timing in
            let tries = timing.attempts > 1 ? ", \(timing.attempts) tries" : ""
            return "  \(TimeText.clock(timing.beganAt)), \(TimeText.length(timing.seconds))\(tries)"
        }
        page.line(
            StyledLine("\(index < 9 ? " " : "")\(index + 1)  ") + StyledLine(step.name, .bold)
                + StyledLine(time ?? "", .dim)
        )
        for (stageIndex, stage) in step.stages.enumerated() {
            let id = StageID(step: index, stage: stageIndex)
            page.line(
                StyledLine(glyph(id, summary)) + StyledLine(" \(stage.title)"),
                indent: 4
            )
            for line in open(stage, id, summary) { page.line(line, indent: 8) }
        }
    }

    private static func glyph(_ id: StageID, _ summary: RunSummary) -> Glyph {
        if summary.state.endedStages.contains(id) { return .good }
        let isBegun = summary.state.openStage == id || !effects(id, summary).isEmpty
        guard isBegun else { return .pending }
        switch summary.phase {
        case .halted(_, .failed): return .bad
        case .planned, .underWay, .halted, .completed, .refused: return .open
        }
    }

    private static func effects(
        _ id: StageID,
        _ summary: RunSummary
    ) -> [EffectID: RunState.EffectProgress] {
        summary.state.effects.filter { $0.key.stage == id }
    }

    private static func hasFailed(_ effect: EffectID, _ summary: RunSummary) -> Bool {
        summary.failures.contains { $0.host == effect.member }
            && summary.state.stumbles.contains { $0.effect == effect && !$0.willRetry }
    }

    /// Of a stage that is not over: what is settled on whom, and what nobody knows.
    private static func open(
        _ stage: Stage,
        _ id: StageID,
        _ summary: RunSummary
    ) -> [StyledLine] {
        let effects = effects(id, summary)
        guard !summary.state.endedStages.contains(id), !effects.isEmpty else { return [] }
        return stage.effects.map { effect in
            let effectID = EffectID(stage: id, member: effect.member, kind: effect.kind)
            let words: StyledLine =
                switch effects[effectID] {
                case .intended where hasFailed(effectID, summary): StyledLine("failed", .bad)
                case .settled(.acted): StyledLine("done", .good)
                case .settled(.found): StyledLine("nothing to do", .good)
                case .intended(let attempt):
                    StyledLine(
                        "begun (try \(attempt)); whether it happened is not known until a resume "
                            + "looks",
                        .warn
                    )
                case nil: StyledLine("not begun", .dim)
                }
            return StyledLine("\(effect.member): ", .bold) + StyledLine("\(effect.kind.rawValue) ")
                + words
        }
    }
}
