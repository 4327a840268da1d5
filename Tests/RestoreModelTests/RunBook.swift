import RestorePlanning
import RestoreRun

/// Everything that a run and its coordinator can be, by number; every change goes through the real
/// `RunState`.
///
/// Of the state's fold only what decides is told apart, not what a report would count.
final class RunBook {
    enum Coordinator: Hashable {
        /// None: it was killed, or has ended in good order.
        case gone
        /// At work in a stage, leaving out the ones in the mask.
        case inStage(Int, leavingOut: UInt64)
        /// A restore that was refused a lock gives back the others.
        case givingBack(Int)
    }

    struct Entry {
        var state: RunState
        var phase: RunPhase
        var kind: Plan.Kind
        var coordinator: Coordinator
        /// The ended stages of its plan.
        var ended: UInt64
        /// Whether something was let go again: from then on hosts go their own way.
        var hasLetGo: Bool
        /// Whether a rollback need not stop anything; decided when it is planned.
        var leavesServing: Bool
    }

    private struct Key: Hashable {
        var phase: RunPhase
        var coordinator: Coordinator
        var ended: UInt64
        var open: StageID?
        var hasLetGo: Bool
        var isUntouched: Bool
        var leavesServing: Bool
    }

    private struct Ask: Hashable {
        var run: Int
        var event: RunEvent
        var coordinator: Coordinator
    }

    let stages: StageList
    private(set) var entries: [Entry] = []
    private var numbers: [Key: Int] = [:]
    private var answers: [Ask: Int] = [:]
    /// Events that the real fold refused: the searched machine wrote what no journal may hold.
    private(set) var illegal: [String] = []

    private let isUntouched: (RunState) -> Bool

    init(stages: StageList, isUntouched: @escaping (RunState) -> Bool) {
        self.stages = stages
        self.isUntouched = isUntouched
    }

    static func planned(_ kind: Plan.Kind) -> RunEvent {
        .planned(PlanRecord(kind: kind, cluster: "prod", playbook: kind.rawValue, sha256: "00"))
    }

    static let began = RunEvent.began(
        CoordinatorRecord(
            operator: Operator(user: "ops", coordinator: "laptop"),
            process: 1,
            version: "model"
        )
    )

    static let failure = RunFailure(host: nil, message: "a member did not pass the stage")

    /// A run that is planned and nothing more.
    func first() -> Int? { next(RunState(), Self.planned(.restore), .gone, false) }

    /// The run after the event, with the coordinator as it is then; nil where the event is illegal.
    func after(_ run: Int, _ event: RunEvent, _ coordinator: Coordinator) -> Int? {
        let ask = Ask(run: run, event: event, coordinator: coordinator)
        if let known = answers[ask] { return known }
        let entry = entries[run]
        let isTurned = event == Self.planned(.rollback)
        let found = next(
            entry.state,
            event,
            coordinator,
            isTurned ? isUntouched(entry.state) : entry.leavesServing
        )
        answers[ask] = found
        return found
    }

    /// The same run with another coordinator, and nothing on record.
    func with(_ coordinator: Coordinator, _ run: Int) -> Int? {
        number(entries[run].state, coordinator, entries[run].leavesServing)
    }

    private func next(
        _ state: RunState,
        _ event: RunEvent,
        _ coordinator: Coordinator,
        _ leavesServing: Bool
    ) -> Int? {
        var state = state
        do {
            try state.apply(event, at: 0)
        } catch {
            illegal.append(error.description)
            return nil
        }
        return number(state, coordinator, leavesServing)
    }

    private func number(
        _ state: RunState,
        _ coordinator: Coordinator,
        _ leavesServing: Bool
    ) -> Int? {
        guard let phase = state.phase, let kind = state.plan?.kind else { return nil }
        let hasLetGo = state.effects.keys.contains { $0.kind.endsHold }
        let ended = stages.mask(of: state.endedStages, in: kind)
        let key = Key(
            phase: phase,
            coordinator: coordinator,
            ended: ended,
            open: state.openStage,
            hasLetGo: hasLetGo,
            isUntouched: isUntouched(state),
            leavesServing: leavesServing
        )
        if let known = numbers[key] { return known }
        numbers[key] = entries.count
        entries.append(
            Entry(
                state: state,
                phase: phase,
                kind: kind,
                coordinator: coordinator,
                ended: ended,
                hasLetGo: hasLetGo,
                leavesServing: leavesServing
            )
        )
        return entries.count - 1
    }
}
