import FoundationEssentials
import Glibc

/// One line of the table: what came of one case.
struct FaultRow: Sendable {
    var fault: String
    var step: RunStep
    var seed: UInt64
    var outcome: Outcome
    /// Commands and their exit statuses, in the order they were run.
    var story: [String]
    var complaints: [String]
    var seconds: Double

    /// Appends it to the file of this test run at once: a run that is killed keeps what it had.
    func append() throws {
        guard let path = FaultRequest.current.table else { return }
        let verdict = complaints.isEmpty ? "ok" : "WRONG: " + complaints.joined(separator: "; ")
        let tenths = (seconds * 10).rounded() / 10
        let line =
            [
                fault, step.rawValue, "\(seed)", outcome.rawValue,
                story.joined(separator: ", "), "\(tenths)", verdict,
            ].map {
                $0.split(whereSeparator: { $0 == "\t" || $0.isNewline }).joined(separator: " ")
            }
            .joined(separator: "\t") + "\n"
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard file >= 0 else { throw CannotAppend(path: path) }
        defer { close(file) }
        let count = line.utf8.count
        guard line.withCString({ Glibc.write(file, $0, count) }) == count else {
            throw CannotAppend(path: path)
        }
    }

    struct CannotAppend: Error { var path: String }
}
