import Glibc
import Synchronization

/// How long a read may wait, and what ends it early.
///
/// A source that goes silent must not hold a restore up for ever.
package final class Patience: Sendable {
    /// Without one byte.
    let limit: Duration
    private let hasEnded = Atomic(false)

    package init(_ limit: Duration = .seconds(300)) {
        self.limit = limit
    }

    /// Makes every wait end within a tenth of a second; for a task that was cancelled.
    func end() { hasEnded.store(true, ordering: .releasing) }

    /// Waits until there is something to read, or the end of it.
    ///
    /// What the programs say is listened to meanwhile.
    /// - Throws: `SourceFailure` after the limit, `CancellationError`.
    func wait(for descriptor: Int32, of name: String, hearing programs: [ChildProgram]) throws {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while true {
            try check(end, name)
            var waiting = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            let ready = poll(&waiting, 1, 100)
            for program in programs { program.listen() }
            if ready > 0 { return }
        }
    }

    /// - Throws: `SourceFailure` after the instant, `CancellationError`.
    func check(_ end: ContinuousClock.Instant, _ name: String) throws {
        if hasEnded.load(ordering: .acquiring) { throw CancellationError() }
        guard ContinuousClock().now < end else {
            throw SourceFailure(
                "\(name) stalled: not one byte in \(limit.components.seconds) s",
                hint: "look at where it comes from, then try again; or fetch the file first"
            )
        }
    }
}
