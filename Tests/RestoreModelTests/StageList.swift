import RestorePlanning
import RestoreRun

/// The stages of a run's three plans in one row, so that a set of them is a bit mask.
struct StageList {
    struct Entry {
        let kind: Plan.Kind
        let id: StageID
        /// The step's name and the stage's title.
        let title: String
        /// By member, in the order of the plan's targets.
        let effects: [[PlannedEffect]]
        let proof: ExpectedCluster?
    }

    let entries: [Entry]

    init(_ rules: HouseRules) {
        var entries: [Entry] = []
        for kind in Plan.Kind.allCases {
            let plan = rules.plan(kind)
            for (step, planned) in plan.steps.enumerated() {
                for (index, stage) in planned.stages.enumerated() {
                    entries.append(
                        Entry(
                            kind: kind,
                            id: StageID(step: step, stage: index),
                            title: "\(planned.name), \(stage.title)",
                            effects: plan.targets.map { target in
                                stage.effects.filter { $0.member == target.name }
                            },
                            proof: stage.proof
                        )
                    )
                }
            }
        }
        self.entries = entries
    }

    func index(of id: StageID, in kind: Plan.Kind) -> Int? {
        entries.firstIndex { $0.kind == kind && $0.id == id }
    }

    func mask(of ids: Set<StageID>, in kind: Plan.Kind) -> UInt64 {
        ids.reduce(0) { mask, id in
            index(of: id, in: kind).map { mask | 1 << UInt64($0) } ?? mask
        }
    }

    /// The stage to pass after the given one, or the first; nil where all are passed.
    func next(after stage: Int?, of kind: Plan.Kind, leavingOut passed: UInt64) -> Int? {
        entries.indices.first { index in
            entries[index].kind == kind && index > (stage ?? -1) && passed & (1 << UInt64(index)) == 0
        }
    }
}
