import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport

@testable import RestoreEngine

/// A journal in memory that can break at any write, and tells what came between its events.
///
/// Once broken it stays so, as the real writer does, until somebody takes the run up again.
final class RunLog: EventLog {
    /// What a coordinator that dies at a write leaves of it.
    enum Break: Sendable, CaseIterable {
        case beforeItIsDurable
        case afterItIsDurable
    }

    struct Broken: Error {}

    enum Entry: Sendable {
        case event(RunEvent)
        case command(ModelSighting)
    }

    private struct State {
        var timeline: [Entry] = []
        /// Events in the timeline.
        var durable = 0
        /// Since the run was taken up.
        var appends = 0
        var breaksAt: (append: Int, how: Break)?
        var isBroken = false
        var breaksOn: (kind: EffectKind, member: String)?
    }

    private let state: Mutex<State>

    init() {
        state = Mutex(State())
    }

    init(copying other: RunLog) {
        state = Mutex(other.state.withLock { $0 })
    }

    /// What is durable, with the commands that reached hosts between.
    var timeline: [Entry] { state.withLock(\.timeline) }
    var isBroken: Bool { state.withLock(\.isBroken) }

    var events: [RunEvent] {
        timeline.compactMap {
            if case .event(let event) = $0 { event } else { nil }
        }
    }

    /// Whether the command has reached its host.
    func saw(_ sighting: ModelSighting) -> Bool {
        timeline.contains {
            if case .command(sighting) = $0 { true } else { false }
        }
    }

    /// The fold of what is durable, as another coordinator would read it.
    func folded() throws -> RunState {
        var state = RunState()
        for (time, event) in events.enumerated() { try state.apply(event, at: Double(time)) }
        return state
    }

    /// Breaks at the given append from now, counted from 1; mends what was broken.
    func takeUp(breakingAt append: Int? = nil, _ how: Break = .beforeItIsDurable) {
        state.withLock { state in
            state.isBroken = false
            state.appends = 0
            state.breaksAt = append.map { ($0, how) }
            state.breaksOn = nil
        }
    }

    /// Breaks when an effect of this kind is done on the member.
    func breakOnSettlement(of kind: EffectKind, on member: String) {
        state.withLock { $0.breaksOn = (kind, member) }
    }

    func note(_ sighting: ModelSighting) {
        state.withLock { $0.timeline.append(.command(sighting)) }
    }

    func append(_ event: RunEvent) async throws -> Recorded {
        try state.withLock { state in
            if state.isBroken { throw Broken() }
            state.appends += 1
            if case .settled(let effect, _) = event, let breaksOn = state.breaksOn,
                effect.kind == breaksOn.kind, effect.member == breaksOn.member
            {
                state.isBroken = true
                throw Broken()
            }
            if let breaksAt = state.breaksAt, breaksAt.append == state.appends {
                state.isBroken = true
                if breaksAt.how == .beforeItIsDurable { throw Broken() }
            }
            let time = state.durable
            state.durable += 1
            state.timeline.append(.event(event))
            if state.isBroken { throw Broken() }
            return Recorded(at: Double(time), sequence: time)
        }
    }
}
