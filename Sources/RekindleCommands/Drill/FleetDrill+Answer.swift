import FoundationEssentials
import RemoteHost
import RunReport

extension FleetDrill {
    /// What the process of one drill ended with, and said of it.
    mutating func take(_ answer: CommandResult) {
        switch answer.ending {
        case .exited(let code):
            status = code
            words = ExitStatus(rawValue: code)?.ofDrill ?? "exit status \(code)"
        case .signalled(let name):
            status = ExitStatus.failed.rawValue
            words = "killed by SIG\(name)"
        }
        if let document = try? JSONDecoder().decode(Document.self, from: Data(answer.output)) {
            run = document.run
            secondsToProof = document.drill?.secondsToProof
            snapshotAge = document.drill?.snapshotAgeSeconds
            reason = document.error.map { ($0.host.map { "\($0): " } ?? "") + $0.message }
        } else if status != ExitStatus.done.rawValue {
            reason =
                answer.errorText.split(separator: "\n").first { $0.hasPrefix("error:") }
                .map(String.init) ?? answer.lastLines(1)
        }
    }

    /// Of the object that a drill ends with, what a summary needs.
    private struct Document: Decodable {
        struct Drill: Decodable {
            var secondsToProof: Double?
            var snapshotAgeSeconds: Double?
        }
        struct Failure: Decodable {
            var host: String?
            var message: String
        }
        var run: String
        var drill: Drill?
        var error: Failure?
    }
}

extension ExitStatus {
    /// In a list of drills.
    fileprivate var ofDrill: String {
        switch self {
        case .done: "passed"
        case .failed: "failed"
        case .refused: "refused by a check"
        case .interrupted: "interrupted"
        case .locked: "locked by another run"
        case .missedObjective: "missed an objective"
        case .usage, .invalidInput: "could not begin"
        }
    }
}
