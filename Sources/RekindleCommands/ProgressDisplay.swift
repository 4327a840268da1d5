import RestoreEngine
import RestorePlanning
import RestoreRun
import RunReport
import Synchronization

/// A run as it goes, on stderr: a line for each event, and on a terminal the bytes under way.
final class ProgressDisplay: RunObserver {
    private struct State {
        var lines: EventLines
        var sent: [String: UInt64] = [:]
        var total: UInt64 = 0
        var sendingBegan: Double?
        var drawnAt: Double = 0
        var isDrawn = false
        var waitsSince: Double?
    }

    private let terminal: Terminal
    private let members: [String]
    private let state: Mutex<State>
    private var isLive: Bool { terminal.world.errorIsTerminal && !terminal.isQuiet }

    init(terminal: Terminal, plan: Plan, isResumed: Bool) {
        self.terminal = terminal
        members = plan.targets.map(\.name)
        state = Mutex(State(lines: EventLines(plan: plan, resuming: isResumed)))
    }

    func saw(_ event: RunEvent, state run: RunState) {
        guard !terminal.isQuiet else { return }
        let now = terminal.world.now
        state.withLock { state in
            let lines = state.lines.lines(for: event, at: now)
            guard !lines.isEmpty else { return }
            erase(&state)
            for line in lines { terminal.note(line) }
            draw(&state, now: now)
        }
    }

    func sent(_ bytes: UInt64, of total: UInt64, to member: String) {
        guard isLive else { return }
        let now = terminal.world.now
        state.withLock { state in
            state.sent[member] = bytes
            state.total = total
            if state.sendingBegan == nil { state.sendingBegan = now }
            guard now - state.drawnAt > 0.1 else { return }
            erase(&state)
            draw(&state, now: now)
        }
    }

    func waits(for members: [String: String]) {
        guard !terminal.isQuiet else { return }
        let now = terminal.world.now
        state.withLock { state in
            // a cluster that comes up as it should says enough by being proven
            if state.waitsSince == nil { state.waitsSince = now }
            guard now - (state.waitsSince ?? now) > 5 else { return }
            state.waitsSince = now
            for (member, why) in members.sorted(by: { $0.key < $1.key }) {
                terminal.note(
                    "\(TimeText.clock(now)) \(member)  waits: \(VisibleText.escaped(why))"
                )
            }
        }
    }

    func end() {
        state.withLock { erase(&$0) }
    }

    /// One line: how far each member is, the rate of all together, and the time that is left.
    private func draw(_ state: inout State, now: Double) {
        guard isLive, state.total > 0, let began = state.sendingBegan else { return }
        let sum = state.sent.values.reduce(0, +)
        let all = state.total * UInt64(members.count)
        guard sum < all else { return }
        state.drawnAt = now
        let each = members.map { member in
            "\(member) \((state.sent[member] ?? 0) * 100 / state.total)%"
        }
        let rate = Double(sum) / max(now - began, 0.001)
        let left = Double(all - sum) / max(rate, 1)
        terminal.world.sayInPlace(
            "  copying: \(each.joined(separator: "  "))  "
                + "\(ByteText.describe(sum)) of \(ByteText.describe(all))  "
                + "\(ByteText.describe(UInt64(rate)))/s  \(TimeText.length(left)) left"
        )
        state.isDrawn = true
    }

    private func erase(_ state: inout State) {
        guard state.isDrawn else { return }
        terminal.world.sayInPlace("")
        state.isDrawn = false
    }
}
