import RestorePlanning
import RestoreRun

/// A sitting as a timeline has it: its steps in order, and in each its members as the plan names them.
struct TimelineRows {
    struct Step {
        /// From 1.
        var number: Int
        var name: String
        var summary: String
        var rows: [Sitting.Row]

        var from: Double { rows.map(\.from).min() ?? 0 }
        var to: Double { rows.map(\.to).max() ?? 0 }
    }

    let steps: [Step]

    init(_ sitting: Sitting, of plan: Plan) {
        let order = plan.targets.map(\.name)
        let numbers = Set(sitting.rows.map(\.step)).sorted()
        steps = numbers.filter(plan.steps.indices.contains).map { number in
            let rows = sitting.rows.filter { $0.step == number }
            return Step(
                number: number + 1,
                name: plan.steps[number].name,
                summary: plan.steps[number].summary,
                rows: rows.sorted {
                    let (left, right) = (place($0, order), place($1, order))
                    return left < right
                }
            )
        }
        func place(_ row: Sitting.Row, _ order: [String]) -> Int {
            row.member.flatMap { order.firstIndex(of: $0) } ?? order.count
        }
    }

    /// What came of a member in a step, with its sign.
    static func outcome(_ row: Sitting.Row) -> (glyph: Glyph, words: String) {
        let tries = row.stumbles
        let after = tries == 0 ? "" : ", after \(counted(tries, "failed try", "failed tries"))"
        switch row.bars.last?.outcome {
        case .acted: return (.good, "done\(after)")
        case .found:
            let acted = row.bars.contains { $0.outcome == .acted }
            return (.good, (acted ? "done" : "nothing to do") + after)
        case .proved(let holding, 1):
            return holding == 1 ? (.good, "1 proof holds") : (.bad, "the proof does not hold")
        case .proved(let holding, let all):
            return (
                holding == all ? .good : .bad,
                "\(holding) of \(counted(all, "proof", "proofs")) hold"
            )
        case .stumbled: return (.bad, tries > 1 ? "failed \(tries) times" : "failed")
        case .open, nil: return (.open, "not known\(after)")
        }
    }
}

extension RunHistory.Chapter {
    /// When the cluster was down under this plan; without an end where it was not proven to serve again.
    var down: (from: Double, to: Double?)? {
        guard let stopped = summary.state.stoppedAt else { return nil }
        if summary.downtimeSeconds != nil, let proven = summary.state.provenAt {
            return (stopped, proven)
        }
        return summary.downSince.map { ($0, nil) }
    }
}
