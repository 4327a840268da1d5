import RestorePlanning
import RestoreRun

/// What the top of a drill's report says beyond that of a restore: nothing of it was production's.
struct DrillVerdict {
    let summary: RunSummary
    private let facts: DrillFacts
    private var drill: DrillFigures { facts.figures }

    /// nil for what is no drill.
    init?(_ summary: RunSummary) {
        guard let facts = DrillFacts(summary) else { return nil }
        self.summary = summary
        self.facts = facts
    }

    /// After the proofs: what was missed and by how much, and that production is untouched.
    var sentences: [String] { [missedRTO, missedRPO, standing].compactMap { $0 } }

    private var missedRTO: String? {
        guard drill.meetsRTO == false, let seconds = drill.secondsToProof,
            let objective = drill.rtoObjective
        else { return nil }
        return "It took \(TimeText.length(seconds)) to the proof, "
            + "\(TimeText.length(seconds - objective)) longer than the RTO of "
            + "\(TimeText.length(objective))\(longest)."
    }

    private var missedRPO: String? {
        guard drill.meetsRPO == false, let age = drill.snapshotAge,
            let objective = drill.rpoObjective
        else { return nil }
        return
            "The snapshot was \(TimeText.length(age)) old, \(TimeText.length(age - objective)) older "
            + "than the RPO of \(TimeText.length(objective))."
    }

    /// Of what the RTO counts: the steps up to the proof.
    private var longest: String {
        let counted = summary.begunSteps.prefix { $0.name != "remove-scratch-cluster" }
        let steps = counted.sorted { $0.seconds > $1.seconds }.prefix(2)
            .map { "\($0.name) \(TimeText.length($0.seconds))" }
        return steps.isEmpty ? "" : "; the longest: \(steps.joined(separator: ", "))"
    }

    /// How production is, as far as it was looked at.
    var standing: String {
        if summary.plan.isLocal {
            return "It ran on the coordinator alone, and no other host was touched."
        }
        let looks = summary.state.proofs.filter { $0.name == ProductionLook.name }
        if looks.contains(where: { !$0.holds }) {
            return "Production is not as it was before the drill: the proof says what differs."
        }
        return looks.count == summary.plan.targets.count
            ? "Production is proven untouched: its units, directories and ports are as they were."
            : "A drill stops nothing of production; that it is as it was before was not compared."
    }

    var figures: [Verdict.Figure] {
        [rto, rpo, estimate].compactMap { $0 }
    }

    private var rto: Verdict.Figure {
        Verdict.Figure(
            label: "Time to proof",
            value: drill.secondsToProof.map(TimeText.length) ?? "none",
            note: drill.secondsToProof == nil
                ? "it was not proven"
                : note("RTO", drill.rtoObjective, drill.meetsRTO),
            ink: ink(drill.meetsRTO)
        )
    }

    private var rpo: Verdict.Figure {
        let behind = drill.revisionsBehind.map {
            "; \(counted(Int(clamping: $0), "revision", "revisions")) behind the running cluster"
        }
        return Verdict.Figure(
            label: "Snapshot’s age",
            value: drill.snapshotAge.map(TimeText.length) ?? "not known",
            note: (drill.snapshotAge == nil
                ? "nothing tells when it was taken"
                : note("RPO", drill.rpoObjective, drill.meetsRPO)) + (behind ?? ""),
            ink: ink(drill.meetsRPO)
        )
    }

    private var estimate: Verdict.Figure? {
        guard let whole = drill.downtimeEstimate, let staged = drill.stagedDowntimeEstimate else {
            return nil
        }
        return Verdict.Figure(
            label: "A real restore",
            value: "about \(TimeText.length(whole))",
            note: "without etcd, and what stopping takes; staged about \(TimeText.length(staged))",
            ink: .plain
        )
    }

    private func note(_ name: String, _ objective: Double?, _ isMet: Bool?) -> String {
        guard let objective else { return "no \(name) is given" }
        return
            "\(isMet == false ? "misses" : "within") the \(name) of \(TimeText.length(objective))"
    }

    private func ink(_ isMet: Bool?) -> Ink { isMet == false ? .bad : .plain }
}
