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
    /// The stages that prove something, as a mask.
    let proofs: UInt64
    /// The stages that let etcd start again, as a mask.
    let starts: UInt64
    /// The stages of a rollback that one leaves out which need not stop anything, as a mask.
    let swap: UInt64
    private let ranges: [Plan.Kind: Range<Int>]

    init(_ rules: HouseRules) {
        var entries: [Entry] = []
        for plan in rules.plans {
            for (step, planned) in plan.steps.enumerated() {
                for (index, stage) in planned.stages.enumerated() {
                    entries.append(
                        Entry(
                            kind: plan.kind,
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
        precondition(entries.count <= 64, "more stages than a mask has bits for")
        self.entries = entries
        proofs = entries.indices.reduce(0) {
            entries[$1].proof == nil ? $0 : $0 | 1 << UInt64($1)
        }
        starts = entries.indices.reduce(0) { mask, index in
            let endsHold = entries[index].effects.joined().contains { $0.kind.endsHold }
            return endsHold ? mask | 1 << UInt64(index) : mask
        }
        let light = Set(
            rules.untouchedRollback.steps.flatMap { step in
                step.stages.map { "\(step.name), \($0.title)" }
            }
        )
        swap = entries.indices.reduce(0) { mask, index in
            let isLeftOut =
                entries[index].kind == .rollback && !light.contains(entries[index].title)
            return isLeftOut ? mask | 1 << UInt64(index) : mask
        }
        ranges = Dictionary(
            uniqueKeysWithValues: rules.plans.map(\.kind).map { kind in
                let first = entries.firstIndex { $0.kind == kind } ?? 0
                return (kind, first..<first + entries.count { $0.kind == kind })
            }
        )
    }

    /// The stages in which the member is stopped, as a mask.
    func stops(of member: Int) -> UInt64 {
        entries.indices.reduce(0) { mask, index in
            entries[index].effects[member].contains { $0.kind == .stopService }
                ? mask | 1 << UInt64(index) : mask
        }
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
        guard let range = ranges[kind] else { return nil }
        var index = stage.map { $0 + 1 } ?? range.lowerBound
        let end = range.upperBound
        while index < end {
            if passed & (1 << UInt64(truncatingIfNeeded: index)) == 0 { return index }
            index &+= 1
        }
        return nil
    }
}
