import RestoreEngine
import RestorePlanning
import RestoreRun
import RunReport
import Synchronization

/// A run as it goes, on stderr: a line for each event, and on a terminal the bytes under way.
final class ProgressDisplay: RunObserver {
    private struct State {
        var lines: EventLines
        var uploads = UploadProgress()
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

    func sent(_ bytes: SentBytes, to member: String) {
        guard isLive else { return }
        let now = terminal.world.now
        state.withLock { state in
            state.uploads.note(bytes, of: member, at: now)
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
                    "\(TimeText.clock(now)) \(member)  waits: \(why)"
                )
            }
        }
    }

    func end() {
        state.withLock { erase(&$0) }
    }

    private func draw(_ state: inout State, now: Double) {
        guard isLive, let line = state.uploads.line(for: members, at: now) else { return }
        state.drawnAt = now
        terminal.draw(line)
        state.isDrawn = true
    }

    private func erase(_ state: inout State) {
        guard state.isDrawn else { return }
        terminal.draw("")
        state.isDrawn = false
    }
}
