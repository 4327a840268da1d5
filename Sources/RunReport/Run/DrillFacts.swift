import RestorePlanning
import RestoreRun

/// What a drill says of a real restore.
struct DrillFacts {
    let figures: DrillFigures

    init(figures: DrillFigures) { self.figures = figures }

    /// nil for what is no drill.
    init?(_ summary: RunSummary) {
        guard summary.plan.kind == .drill else { return nil }
        figures = DrillFigures(plan: summary.plan, state: summary.state)
    }

    var lines: [(String, StyledLine)] {
        [
            ("time to proof", rto), ("snapshot's age", rpo), ("a real restore", estimate),
        ].compactMap { label, line in line.map { (label, $0) } }
    }

    /// What was missed, as words that follow on "but".
    var missed: String? {
        let words = [
            figures.meetsRTO == false ? "its RTO" : nil,
            figures.meetsRPO == false ? "its RPO" : nil,
        ].compactMap { $0 }
        return words.isEmpty ? nil : "missed \(words.joined(separator: " and "))"
    }

    private var rto: StyledLine? {
        figures.secondsToProof.map { seconds in
            StyledLine(TimeText.length(seconds), .bold)
                + objective("RTO", figures.rtoObjective, figures.meetsRTO)
        }
    }

    private var rpo: StyledLine? {
        guard let age = figures.snapshotAge else {
            return StyledLine("not known: nothing tells when it was taken")
                + objective("RPO", figures.rpoObjective, nil)
        }
        let behind = figures.revisionsBehind.map {
            $0 == 0
                ? ", no revision behind the running cluster"
                : ", \(counted(Int(clamping: $0), "revision", "revisions")) behind the running cluster"
        }
        return StyledLine(TimeText.length(age), .bold)
            + objective("RPO", figures.rpoObjective, figures.meetsRPO)
            + StyledLine(behind ?? "")
    }

    private func objective(_ name: String, _ seconds: Double?, _ isMet: Bool?) -> StyledLine {
        guard let seconds else { return StyledLine("; no \(name) is given") }
        let limit = "\(name) \(TimeText.length(seconds))"
        return switch isMet {
        case true?: StyledLine("; within the \(limit)", .good)
        case false?: StyledLine("; MISSES the \(limit)", .bad)
        case nil: StyledLine("; the \(limit) cannot be judged", .warn)
        }
    }

    private var estimate: StyledLine? {
        guard let whole = figures.downtimeEstimate, let staged = figures.stagedDowntimeEstimate
        else { return nil }
        return StyledLine(
            "about \(TimeText.length(whole)) without etcd, staged \(TimeText.length(staged)), and what "
                + "stopping takes"
        )
    }
}

extension DrillFacts {
    var document: JSONValue {
        [
            "secondsToProof": .seconds(figures.secondsToProof),
            "rtoSeconds": .seconds(figures.rtoObjective),
            "meetsRTO": figures.meetsRTO.map { .bool($0) } ?? .null,
            "snapshotTakenAt": .time(figures.snapshotTakenAt),
            "snapshotAgeSeconds": .seconds(figures.snapshotAge),
            "rpoSeconds": .seconds(figures.rpoObjective),
            "meetsRPO": figures.meetsRPO.map { .bool($0) } ?? .null,
            "revisionsBehind": figures.revisionsBehind.map(JSONValue.int) ?? .null,
            "downtimeEstimateSeconds": .seconds(figures.downtimeEstimate),
            "stagedDowntimeEstimateSeconds": .seconds(figures.stagedDowntimeEstimate),
        ]
    }
}
