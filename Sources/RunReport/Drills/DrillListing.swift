import RestorePlanning
package import RestoreRun

/// One drill of the history.
package struct DrillListing: Sendable, Hashable {
    package var figures: DrillFigures
    /// Whether all of it happened on the coordinator: its times say nothing of the members.
    package var isLocal: Bool

    package init(_ figures: DrillFigures, isLocal: Bool) {
        self.figures = figures
        self.isLocal = isLocal
    }

    /// nil for a run that is no drill.
    package init?(_ history: RunHistory) {
        let summary = history.subject.summary
        guard summary.plan.kind == .drill else { return nil }
        self.init(
            DrillFigures(plan: summary.plan, state: summary.state),
            isLocal: summary.plan.isLocal
        )
    }

    /// Whether a time to proof stands for something: what failed has none that could be compared.
    var isProven: Bool {
        figures.outcome == .passed || figures.outcome == .missedObjectives
    }
}

extension DrillFigures.Outcome {
    var words: String {
        switch self {
        case .passed: "passed"
        case .missedObjectives: "missed an objective"
        case .failed: "failed"
        case .interrupted: "interrupted"
        case .refused: "refused"
        }
    }

    var glyph: Glyph {
        switch self {
        case .passed: .good
        case .missedObjectives, .interrupted: .warn
        case .failed, .refused: .bad
        }
    }
}

/// The drills that can be compared with one another: of one cluster, in one place.
struct DrillSeries {
    let cluster: String
    let isLocal: Bool
    /// The oldest first; at least one.
    let drills: [DrillFigures]

    var title: String { isLocal ? "\(cluster), on the coordinator alone" : cluster }

    static func of(_ listings: [DrillListing]) -> [DrillSeries] {
        let sorted = listings.sorted { $0.figures.beganAt < $1.figures.beganAt }
        let groups = Dictionary(grouping: sorted) { [$0.figures.cluster, $0.isLocal ? "1" : "0"] }
        return groups.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { key in
            guard let group = groups[key], let first = group.first else { return nil }
            return DrillSeries(
                cluster: first.figures.cluster,
                isLocal: first.isLocal,
                drills: group.map(\.figures)
            )
        }
    }
}
