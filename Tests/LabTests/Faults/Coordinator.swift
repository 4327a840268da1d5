import Glibc
import Testing

/// Something done at a moment of a run, while its coordinator is held still.
struct Interruption {
    var moment: Moment
    var act: () throws -> Void
    /// Whether the coordinator goes on as if nothing were.
    var isWitness = false
    /// How long it goes on after the moment before it is held.
    var delay: Duration = .zero
}

extension Scene {
    /// Runs the program to its end; at each moment it is stopped, something is done, and it goes on.
    ///
    /// The relief happens by itself some seconds after the first interruption that is no witness.
    /// - Returns: how it ended, and whether all that should be done was.
    /// - Throws: what an interruption throws; the program is killed then.
    func drive(
        _ words: [String],
        environment: [String: String] = [:],
        _ interruptions: [Interruption],
        relief: (after: Double, act: () throws -> Void)? = nil
    ) throws -> (result: Program.Result, struck: Bool) {
        let earlier = interruptions.map { journal.count($0.moment) }
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let process = try Program.start(
            "\(Lab.root)/lab/run",
            ["--lab", lab.name, "env"] + variables
                + [Rekindle.path, "-i", inventory, "--state-dir", stateDirectory] + words
        )
        running = process
        defer { running = nil }
        do {
            var open = Array(interruptions.indices)
            var reliefDue: ContinuousClock.Instant?
            let clock = ContinuousClock()
            let isOver = try Watchdog.wait(atMost: Self.limit, every: 2000) {
                if let due = reliefDue, clock.now >= due {
                    reliefDue = nil
                    try relief?.act()
                }
                for index in open
                where journal.shows(interruptions[index].moment, beyond: earlier[index]) {
                    usleep(UInt32(interruptions[index].delay / .microseconds(1)))
                    process.kill(SIGSTOP)
                    try interruptions[index].act()
                    process.kill(SIGCONT)
                    open.removeAll { $0 == index }
                    if let relief, !interruptions[index].isWitness {
                        reliefDue = clock.now + .seconds(relief.after)
                    }
                }
                return Watchdog.hasEnded(process.process)
            }
            #expect(isOver, "it ended by itself")
            let struck = open.allSatisfy { interruptions[$0].isWitness }
            return (try process.finish(within: isOver ? 5 : 0), struck)
        } catch {
            process.kill(SIGKILL)
            _ = try? process.finish()
            throw error
        }
    }

    /// Seconds that one command may take; a host that is silent for ever costs several minutes.
    private static let limit: Double = 420
}

extension JournalWatch {
    /// Whether a moment has come once more than it had.
    func shows(_ moment: Moment, beyond earlier: Int) -> Bool {
        switch moment {
        case .after(_, let members): count(moment) >= earlier + members
        case .before, .begun, .proving: count(moment) > earlier
        }
    }
}
