import Synchronization

/// Answers that are had once, whatever number of connections needs them.
final class AskedOnce<Answer: Sendable>: Sendable {
    private enum Entry {
        /// Somebody is being asked; the answer will be put here even if the asker has given up.
        case asking
        /// A wrong answer stays wrong: nobody is asked again.
        case settled(Answer)
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// The answer to a question; the time that a person takes is added to the deadline.
    ///
    /// - Throws: `.cancelled` only.
    func answer(
        to question: String,
        interrupt: Interrupt,
        deadline: inout Deadline,
        _ ask: @escaping @Sendable () -> Answer
    ) throws(SSHError) -> Answer {
        let start = ContinuousClock.now
        defer { deadline.extend(by: .now - start) }
        while true {
            let entry = entries.withLock { entries in
                defer { if entries[question] == nil { entries[question] = .asking } }
                return entries[question]
            }
            switch entry {
            case .settled(let answer): return answer
            case nil:
                _ = try OffThreadCall.value(
                    of: {
                        let answer = ask()
                        self.entries.withLock { $0[question] = .settled(answer) }
                        return true
                    },
                    operation: "waiting for the \(question)",
                    interrupt: interrupt,
                    until: .now.advanced(by: .seconds(3600))
                )
            case .asking:
                let soon = ContinuousClock.now.advanced(by: .milliseconds(50))
                if Readiness.of(nil, interrupt: interrupt, until: soon).isInterrupted {
                    throw .cancelled("waiting for the \(question)")
                }
            }
        }
    }
}
