import ArgumentParser

/// How the process ends; the one table of it (CONTRACT §2).
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    case refused = 3
    case interrupted = 4
    case locked = 5
    case missedObjective = 6
    /// EX_USAGE of sysexits.h, as ArgumentParser gives it.
    case usage = 64
    /// EX_DATAERR of sysexits.h.
    case invalidInput = 65

    var meaning: String {
        switch self {
        case .done: "done and proven"
        case .failed: "failed, state kept: resume or rollback is possible"
        case .refused: "refused by a check, nothing was changed"
        case .interrupted: "interrupted by a signal, resumable"
        case .locked: "another run holds the lock"
        case .missedObjective: "it worked but missed an objective (RTO, RPO)"
        case .usage: "wrong usage"
        case .invalidInput: "a file given to it is invalid"
        }
    }

    /// The end of a command's `--help`.
    static func help(_ statuses: ExitStatus...) -> String {
        "EXIT STATUS\n"
            + statuses.map { status in
                let number = String(status.rawValue)
                return "  \(number)\(String(repeating: " ", count: 4 - number.count))"
                    + status.meaning
            }
            .joined(separator: "\n")
    }
}

/// Ends the command with a status; what there is to say was said.
struct CommandEnd: Error {
    var status: ExitStatus
}
