package import RestorePlanning
package import RestoreRun

/// One event of a journal with its time.
package struct TimedEvent: Sendable, Hashable {
    package var event: RunEvent
    /// Seconds since 1970, by the coordinator's clock.
    package var time: Double

    package init(_ event: RunEvent, at time: Double) {
        self.event = event
        self.time = time
    }
}

/// What the journal itself is, for whoever wants to check it later.
package struct JournalSeal: Sendable, Hashable {
    /// Without the header.
    package var records: Int
    /// The hash of the last whole line, which stands for all before it; lower-case hex.
    package var lastHash: String
    /// The length of a last line that broke off, in bytes.
    package var tornBytes: Int

    package init(records: Int, lastHash: String, tornBytes: Int) {
        self.records = records
        self.lastHash = lastHash
        self.tornBytes = tornBytes
    }

    var fields: [(String, StyledLine)] {
        var fields: [(String, StyledLine)] = [
            ("records", StyledLine("\(records), and every hash fits the line before it")),
            ("last hash", StyledLine(lastHash)),
        ]
        if tornBytes > 0 {
            let text =
                "\(counted(tornBytes, "byte follows", "bytes follow")) of a line that broke off; it "
                + "was never acknowledged, so nothing was done because of it"
            fields.append(("torn line", StyledLine(text, .warn)))
        }
        return fields
    }
}

/// A run from its first event to its last, one chapter for each plan that it had.
///
/// `RunState` is where a run stands; this is also how it came there.
package struct RunHistory: Sendable {
    /// What was done under one plan: the restore, the join, the rollback, the clean.
    struct Chapter: Sendable {
        /// As it stood when the chapter ended.
        var summary: RunSummary
        var sittings: [Sitting]
        /// SHA-256 of the plan's file as the journal recorded it, lower-case hex.
        var planSHA256: String?
    }

    /// In the order in which they happened; at least one.
    let chapters: [Chapter]
    package let seal: JournalSeal
    /// Seconds since 1970; nil for a journal without a record.
    let firstAt: Double?
    let lastAt: Double?

    /// Folds a journal's events; `plans` has every plan that they name, the restore's first, and those of one
    /// kind in their order.
    ///
    /// - Throws: `IllegalTransition` where an event cannot follow on those before it, or its plan is not given.
    package init(
        _ events: [TimedEvent],
        plans: [Plan],
        seal: JournalSeal
    ) throws(IllegalTransition) {
        var folding = HistoryFold(plans: plans)
        for event in events { try folding.apply(event) }
        var chapters = try folding.finished()
        if chapters[0].summary.plan.kind == .drill {
            let last = chapters[chapters.count - 1].summary
            chapters[0].summary.isRemoved = last.phase == .completed(.clean)
        }
        self.chapters = chapters
        self.seal = seal
        firstAt = events.first?.time
        lastAt = events.last?.time
    }

    package var run: RunID { summary.plan.run }

    /// Where the run stands now.
    package var summary: RunSummary { chapters[chapters.count - 1].summary }

    /// What a report is about: where the run stands, and for a drill what it showed.
    ///
    /// That a failed drill was removed afterwards does not make it less of a failure.
    package var told: RunSummary {
        subject.summary.plan.kind == .drill ? subject.summary : summary
    }

    /// What the run is judged by: what it did last to the cluster, which a clean does not.
    var subject: Chapter {
        chapters.last { $0.summary.plan.kind != .clean } ?? chapters[chapters.count - 1]
    }
}

/// A history under way.
private struct HistoryFold {
    let plans: [Plan]
    private var state = RunState()
    private var chapters: [RunHistory.Chapter] = []
    private var plan: Plan?
    private var sittings: [Sitting] = []
    private var refusals: [RunFailure] = []

    init(plans: [Plan]) {
        self.plans = plans
    }

    mutating func apply(_ timed: TimedEvent) throws(IllegalTransition) {
        if case .planned(let record) = timed.event {
            closeChapter()
            try state.apply(timed.event, at: timed.time)
            let alike = plans.filter { $0.kind == record.kind }
            let number = state.planCounts[record.kind, default: 1]
            guard let own = alike.prefix(number).last else {
                throw IllegalTransition(description: "there is no plan for the \(record.kind)")
            }
            plan = own
            return
        }
        try state.apply(timed.event, at: timed.time)
        if case .began(let coordinator) = timed.event {
            sittings.append(Sitting(coordinator, at: timed.time))
        } else if !sittings.isEmpty {
            sittings[sittings.count - 1].add(timed.event, at: timed.time)
        }
        if case .ended(.refused(let failures)) = timed.event { refusals = failures }
    }

    private mutating func closeChapter() {
        guard let plan else { return }
        chapters.append(
            RunHistory.Chapter(
                summary: state.phase == .refused
                    ? RunSummary(plan: plan, refusedFor: refusals, state: state)
                    : RunSummary(plan: plan, state: state),
                sittings: sittings,
                planSHA256: state.plan?.sha256
            )
        )
        sittings = []
    }

    /// A coordinator that died before its first record left a plan, and nothing that was done.
    mutating func finished() throws(IllegalTransition) -> [RunHistory.Chapter] {
        closeChapter()
        if chapters.isEmpty {
            guard let first = plans.first else {
                throw IllegalTransition(description: "there is no plan of the run")
            }
            chapters = [
                RunHistory.Chapter(
                    summary: RunSummary(plan: first, state: state),
                    sittings: [],
                    planSHA256: nil
                )
            ]
        }
        return chapters
    }
}
