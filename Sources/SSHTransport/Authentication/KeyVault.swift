import Synchronization

/// The key files that were unlocked, so that a person is asked for each passphrase once, whatever
/// number of connections needs it.
final class KeyVault: Sendable {
    private typealias Outcome = Result<SigningKey, KeyFileProblem>

    private enum Entry {
        /// Somebody is being asked; the answer will be put here even if the asker has given up.
        case asking
        /// A wrong passphrase stays wrong: nobody is asked again.
        case settled(Outcome)
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let askPassphrase: @Sendable (String) -> String?

    init(askPassphrase: @escaping @Sendable (String) -> String?) {
        self.askPassphrase = askPassphrase
    }

    /// The key of a file; asks for its passphrase where it needs one.
    ///
    /// The time that this takes is added to the deadline.
    /// - Throws: `.cancelled` only.
    func key(
        of file: PrivateKeyFile,
        interrupt: Interrupt,
        deadline: inout Deadline
    ) throws(SSHError) -> Result<SigningKey, KeyFileProblem> {
        guard file.needsPassphrase else { return Self.unlocked(file, nil) }
        let start = ContinuousClock.now
        defer { deadline.extend(by: .now - start) }
        while true {
            let entry = entries.withLock { entries in
                defer { if entries[file.path] == nil { entries[file.path] = .asking } }
                return entries[file.path]
            }
            switch entry {
            case .settled(let outcome): return outcome
            case nil: try ask(file, interrupt)
            case .asking:
                let soon = ContinuousClock.now.advanced(by: .milliseconds(50))
                if Readiness.of(nil, interrupt: interrupt, until: soon).isInterrupted {
                    throw .cancelled("waiting for the passphrase of \(file.path)")
                }
            }
        }
    }

    private func ask(_ file: PrivateKeyFile, _ interrupt: Interrupt) throws(SSHError) {
        let hour = ContinuousClock.now.advanced(by: .seconds(3600))
        _ = try OffThreadCall.value(
            of: {
                let outcome = Self.unlocked(file, self.askPassphrase(file.path))
                self.entries.withLock { $0[file.path] = .settled(outcome) }
                return true
            },
            operation: "waiting for the passphrase of \(file.path)",
            interrupt: interrupt,
            until: hour
        )
    }

    private static func unlocked(_ file: PrivateKeyFile, _ passphrase: String?) -> Outcome {
        Result { () throws(KeyFileProblem) in try file.unlocked(with: passphrase) }
    }
}
