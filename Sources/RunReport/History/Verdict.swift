import EtcdModel
import RestorePlanning
import RestoreRun

/// What is to be known of a run before anything else.
struct Verdict {
    /// One number with what it counts.
    struct Figure {
        var label: String
        var value: String
        var note: String
        var ink: Ink
    }

    let glyph: Glyph
    /// A few words, with a capital letter.
    let headline: String
    /// One or two sentences on what that means.
    let meaning: String
    let figures: [Figure]
    /// When, by whom and from where the run was begun; empty where nobody did.
    let begun: String

    init(_ history: RunHistory) {
        let subject = history.subject
        let (glyph, words) = RunParts(summary: subject.summary).headline
        self.glyph = glyph
        headline = words.prefix(1).uppercased() + words.dropFirst()
        let teller = VerdictWords(history: history, chapter: subject)
        meaning = ([teller.meaning] + teller.afterwards).joined(separator: " ")
        figures = teller.figures
        begun =
            history.chapters.first?.sittings.first.map { sitting in
                let who = sitting.coordinator.operator
                return "begun \(TimeText.dateAndClock(sitting.beganAt)) UTC by \(who.user) on "
                    + who.coordinator
            } ?? ""
    }
}

private struct VerdictWords {
    let history: RunHistory
    let chapter: RunHistory.Chapter
    private var summary: RunSummary { chapter.summary }
    private var state: RunState { summary.state }

    var meaning: String {
        switch summary.phase {
        case .completed: completed
        case .halted(_, .failed):
            "It stopped in \(places). \(standing)\(kept)\(ways)"
        case .halted(_, .interrupted):
            "A signal stopped it\(lastStep.map { " in \($0)" } ?? ""). \(standing)\(kept)\(ways)"
        case .refused:
            "Another run holds a host. What was locked was unlocked; nothing else was done."
        case .underWay:
            "No ending is recorded: its coordinator is at work, or died\(lastStep.map { " in \($0)" } ?? ""). "
                + "\(standing)\(ways)"
        case .planned: "No coordinator has taken it up."
        }
    }

    private var kept: String {
        summary.plan.kind == .drill ? "" : " Nothing that it had was deleted."
    }

    private var completed: String {
        // the look before has nothing to differ from
        let proofs = state.proofs.filter { $0.name != ProductionLook.nameBefore }
        guard !proofs.isEmpty, proofs.allSatisfy(\.holds) else {
            return "All of its plan was done; it had no proof of a running cluster to make."
        }
        let hosts = Set(proofs.compactMap(\.member)).count
        return
            "All \(proofs.count) proofs hold on \(counted(hosts, "member", "members")): what was "
            + "seen is what was expected, \(RunTables(summary: summary).originOfExpected)."
            + (drill.map { " " + $0.sentences.joined(separator: " ") } ?? "")
    }

    /// Where failures were, each place once.
    private var places: String {
        let pairs = summary.failures.map { ($0.host ?? "", $0.step ?? "") }
        let groups = MemberGroups.of(pairs).map { group in
            let hosts = group.names.filter { !$0.isEmpty }.joined(separator: ", ")
            let step = group.value.isEmpty ? "its work" : group.value
            return hosts.isEmpty ? step : "\(step) on \(hosts)"
        }
        return groups.isEmpty ? "its work" : groups.joined(separator: "; ")
    }

    private var drill: DrillVerdict? { DrillVerdict(summary) }

    private var standing: String {
        if let drill { return drill.standing }
        if let since = summary.downSince {
            return
                "etcd was stopped from \(TimeText.clock(since)) UTC on, and is not proven to serve "
                + "again."
        }
        if summary.plan.isOfMember { return "The other members serve on." }
        return summary.plan.kind == .join
            ? "The members that do not join were not stopped." : "No member was stopped."
    }

    private var lastStep: String? {
        guard let step = chapter.sittings.last?.rows.last?.step,
            summary.plan.steps.indices.contains(step)
        else { return nil }
        return summary.plan.steps[step].name
    }

    private var ways: String {
        let requests = history.summary.requests.map(\.rawValue)
        return requests.isEmpty ? "" : " To go on: \(requests.joined(separator: " or "))."
    }

    /// A clean changes nothing of what a restore proved.
    var afterwards: [String] {
        guard let last = history.chapters.last, last.summary.plan.kind == .clean,
            history.chapters.count > 1
        else { return [] }
        switch last.summary.phase {
        case .completed:
            let what = summary.plan.kind == .drill ? "made" : "set aside"
            let when = last.summary.endedAt.map { " at \(TimeText.dateAndClock($0)) UTC" } ?? ""
            return ["What it had \(what) was deleted\(when)."]
        case .planned, .underWay, .halted, .refused:
            let what = summary.plan.kind == .drill ? "made" : "set aside"
            return ["The deletion of what it had \(what) was begun, and is not complete."]
        }
    }

    var figures: [Verdict.Figure] {
        (drill?.figures ?? [downtime, clientsOut].compactMap { $0 })
            + [total, members, data].compactMap { $0 }
    }

    private var clientsOut: Verdict.Figure? {
        summary.clientsOut.map { away in
            Verdict.Figure(
                label: away.title,
                value: TimeText.length(away.seconds),
                note: String(away.note.dropFirst(2)),
                ink: .plain
            )
        }
    }

    private var downtime: Verdict.Figure? {
        if let seconds = summary.downtimeSeconds {
            return Verdict.Figure(
                label: "Downtime",
                value: TimeText.length(seconds),
                note: "from the first stop to the last proof",
                ink: .plain
            )
        }
        if let since = summary.downSince {
            return Verdict.Figure(
                label: "Down since",
                value: TimeText.clock(since),
                note: "UTC; not proven to serve again",
                ink: .bad
            )
        }
        if summary.plan.isOfMember { return nil }
        switch summary.phase {
        case .refused, .planned:
            return Verdict.Figure(
                label: "Downtime",
                value: "none",
                note: "no member was stopped",
                ink: .plain
            )
        case .completed, .halted, .underWay: return nil
        }
    }

    private var total: Verdict.Figure? {
        guard let seconds = summary.totalSeconds, let ended = summary.endedAt else { return nil }
        let resumed = chapter.sittings.count > 1 ? ", with the pauses between" : ""
        return Verdict.Figure(
            // the downtime may be longer: it began with the restore
            label: summary.plan.kind == .restore
                ? "Took" : "The \(summary.plan.kind.rawValue) took",
            value: TimeText.length(seconds),
            note: "to \(TimeText.clock(ended)) UTC\(resumed)",
            ink: .plain
        )
    }

    private var members: Verdict.Figure? {
        let all = summary.members
        let proven = all.count { $0.state == "proven" }
        let others = MemberGroups.of(
            all.filter { $0.state != "proven" }.map { ($0.name, word($0)) }
        )
        .map { "\($0.names.joined(separator: ", ")): \($0.value)" }
        return Verdict.Figure(
            label: "Members proven",
            value: "\(proven) of \(all.count)",
            note: others.joined(separator: "; "),
            ink: .plain
        )
    }

    private func word(_ member: RunSummary.MemberSummary) -> String {
        let isLeft = state.effects.keys.contains {
            $0.member == member.name && $0.kind == .leaveOldServiceStopped
        }
        return isLeft && member.state == "done" ? "left stopped, as it was before" : member.state
    }

    private var data: Verdict.Figure? {
        guard summary.plan.kind != .rollback, summary.plan.kind != .clean,
            let proof = summary.plan.snapshot?.proof
        else { return nil }
        return Verdict.Figure(
            label: "Snapshot’s revision",
            value: "\(proof.revision)",
            note: "\(counted(proof.keys, "key", "keys")), \(ByteText.describe(proof.bytes))",
            ink: .plain
        )
    }
}
