import RestorePlanning
import RestoreRun

/// Tells how the search came to a state, in words and by the members' names.
struct Story {
    private let search: Search
    private var machine: Machine { search.machine }

    init(_ search: Search) {
        self.search = search
    }

    private struct Line {
        var text: String
        /// Whether it is what a run does that nothing disturbs.
        var isUsual: Bool
        var endsStage: Bool
    }

    /// One line for each step; a stage that nothing disturbed is told in one.
    func lines(to index: Int, then future: ([String]) -> [String]) -> [String] {
        var path: [UInt64] = []
        var current = index
        while current >= 0 {
            path.append(search.seen.key(at: current))
            current = search.seen.parent(of: current)
        }
        path.reverse()
        var names = machine.rules.restore.targets.map(\.name)
        var lines: [Line] = []
        for (from, to) in zip(path, path.dropFirst()) {
            if let line = line(from, to, &names) { lines.append(line) }
        }
        return condensed(lines) + future(names)
    }

    private func line(_ from: UInt64, _ to: UInt64, _ names: inout [String]) -> Line? {
        let successors = search.successors
        successors.find(after: from)
        guard let number = (0..<successors.count).first(where: { successors.keys[$0] == to }) else {
            return nil
        }
        let note = successors.notes[number]
        let world = World(key: from)
        let line = note.slot < 0 ? runLine(world, note.move) : memberLine(world, note, names)
        if note.isSwapped { names.swapAt(1, 2) }
        return line
    }

    private func memberLine(_ world: World, _ note: Successors.Note, _ names: [String]) -> Line? {
        let state = [world.first, world.second, world.third][note.slot]
        let place = machine.place(of: world.run)
        let step = machine.table(note.slot).steps(of: state, at: place)[note.move]
        let hasOrphan = machine.book(note.slot).states[state].orphan != nil
        return Line(
            text: "\(names[note.slot]): \(step.words)",
            isUsual: step.cost == .nothing && !hasOrphan,
            endsStage: false
        )
    }

    private func runLine(_ world: World, _ move: Int) -> Line? {
        guard let step = Successors.RunStep(rawValue: move) else { return nil }
        let entry = machine.coordinators.runs.entries[world.run]
        let title =
            switch entry.coordinator {
            case .gone: ""
            case .inStage(let stage, _): machine.stages.entries[stage].title
            case .givingBack: "give back the locks"
            }
        let text =
            switch step {
            case .stagePassed: "\(entry.kind.rawValue): all members pass `\(title)`"
            case .stageFailed, .lockRefused: "\(entry.kind.rawValue): stops in `\(title)`"
            case .killed: "the coordinator is killed in `\(title)`"
            case .resumed:
                entry.state.coordinators.isEmpty && entry.ended == 0
                    ? "operator: begins the \(entry.kind.rawValue)"
                    : "operator: resumes the \(entry.kind.rawValue)"
            case .rollbackAsked: "operator: rollback"
            case .cleanAsked: "operator: clean"
            case .othersRestored: "another coordinator's run restores the cluster, and ends"
            }
        return Line(text: text, isUsual: false, endsStage: step == .stagePassed)
    }

    private func condensed(_ lines: [Line]) -> [String] {
        var told: [String] = []
        var stage: [Line] = []
        for line in lines {
            if line.isUsual {
                stage.append(line)
                continue
            }
            // what led to a passed stage is told by its passing
            if !line.endsStage { told += stage.map(\.text) }
            stage = []
            told.append(line.text)
        }
        return told + stage.map(\.text)
    }
}
