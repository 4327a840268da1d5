import RestorePlanning
import RestoreRun

/// One coordinator's work on a run, from its first event to its last, its ending or its death.
struct Sitting: Sendable, Hashable {
    /// One try of one effect, or the proofs of one member.
    struct Bar: Sendable, Hashable {
        enum Outcome: Sendable, Hashable {
            case acted
            /// A look at the host showed it done.
            case found
            case stumbled(willRetry: Bool)
            case proved(holding: Int, of: Int)
            /// Nobody told how it ended: its coordinator died, or was told to stop.
            case open
        }

        /// Seconds since 1970.
        var from: Double
        var to: Double
        var outcome: Outcome
    }

    /// What one member went through in one step.
    struct Row: Sendable, Hashable {
        /// Of the plan, from 0.
        var step: Int
        /// nil for what was proven of the cluster as a whole.
        var member: String?
        var bars: [Bar]

        var from: Double { bars.map(\.from).min() ?? 0 }
        var to: Double { bars.map(\.to).max() ?? 0 }
        var stumbles: Int {
            bars.count { if case .stumbled = $0.outcome { true } else { false } }
        }
    }

    /// A failure with its time, also one that a retry mended.
    struct TimedStumble: Sendable, Hashable {
        var time: Double
        var stumble: RunState.Stumble
    }

    let coordinator: CoordinatorRecord
    /// Seconds since 1970.
    let beganAt: Double
    /// Of its last event.
    private(set) var endedAt: Double
    /// nil for one that died, or is at work.
    private(set) var ending: RunEnding?
    /// In the order in which their first event came.
    private(set) var rows: [Row] = []
    private(set) var stumbles: [TimedStumble] = []
    private(set) var relays: [RelayRecord] = []
    private var stageBeganAt: [StageID: Double] = [:]
    private var openStage: StageID?
    private var openBars: [EffectID: Place] = [:]

    private struct Place: Sendable, Hashable {
        var row: Int
        var bar: Int
    }

    init(_ coordinator: CoordinatorRecord, at time: Double) {
        self.coordinator = coordinator
        beganAt = time
        endedAt = time
    }

    /// Takes in what the sitting's coordinator recorded next.
    mutating func add(_ event: RunEvent, at told: Double) {
        // a clock that is set back would draw bars that end before they begin
        let time = max(told, endedAt)
        endedAt = time
        for place in openBars.values { rows[place.row].bars[place.bar].to = time }
        switch event {
        case .planned, .began, .fenced: break
        case .stageBegan(let stage):
            openStage = stage
            stageBeganAt[stage] = time
        case .stageEnded: openStage = nil
        case .intended(let effect, _):
            openBars[effect] = add(
                Bar(from: time, to: time, outcome: .open),
                to: effect.member,
                in: effect.stage
            )
        case .settled(let effect, .acted): close(effect, .acted, at: time)
        case .settled(let effect, .found): close(effect, .found, at: time)
        case .stumbled(let effect, let attempt, let failure, let willRetry):
            close(effect, .stumbled(willRetry: willRetry), at: time)
            stumbles.append(
                TimedStumble(
                    time: time,
                    stumble: RunState.Stumble(
                        effect: effect,
                        attempt: attempt,
                        failure: failure,
                        willRetry: willRetry
                    )
                )
            )
        case .proved(let proof): add(proof, at: time)
        case .relayed(let relay): relays.append(relay)
        // the newest word on them is the state's
        case .startedDependents: break
        case .ended(let ending): self.ending = ending
        }
    }

    private mutating func close(
        _ effect: EffectID,
        _ outcome: Bar.Outcome,
        at time: Double
    ) {
        if let place = openBars.removeValue(forKey: effect) {
            rows[place.row].bars[place.bar].outcome = outcome
        } else {
            // what is found done was never intended
            _ = add(
                Bar(from: time, to: time, outcome: outcome),
                to: effect.member,
                in: effect.stage
            )
        }
    }

    /// The proofs of a member are one bar, from where the cluster was first asked.
    private mutating func add(_ proof: ProofRecord, at time: Double) {
        guard let stage = openStage else { return }
        let row = row(proof.member, stage.step)
        let began = stageBeganAt[stage] ?? time
        if let last = rows[row].bars.indices.last, rows[row].bars[last].from == began,
            case .proved(let holding, let all) = rows[row].bars[last].outcome
        {
            rows[row].bars[last].to = time
            rows[row].bars[last].outcome = .proved(
                holding: holding + (proof.holds ? 1 : 0),
                of: all + 1
            )
        } else {
            rows[row].bars.append(
                Bar(
                    from: began,
                    to: time,
                    outcome: .proved(holding: proof.holds ? 1 : 0, of: 1)
                )
            )
        }
    }

    private mutating func add(_ bar: Bar, to member: String, in stage: StageID) -> Place {
        let row = row(member, stage.step)
        rows[row].bars.append(bar)
        return Place(row: row, bar: rows[row].bars.count - 1)
    }

    private mutating func row(_ member: String?, _ step: Int) -> Int {
        if let index = rows.firstIndex(where: { $0.step == step && $0.member == member }) {
            return index
        }
        rows.append(Row(step: step, member: member, bars: []))
        return rows.count - 1
    }
}
