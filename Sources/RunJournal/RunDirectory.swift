internal import Glibc

/// The files of one run.
package struct RunDirectory: Sendable, Hashable {
    /// Sorts by time.
    package let id: String
    package let path: String

    init(id: String, in runs: String) {
        self.id = id
        path = "\(runs)/\(id)"
    }

    package var journalPath: String { "\(path)/journal.jsonl" }
    package var planPath: String { "\(path)/plan.json" }
    package var reportPath: String { "\(path)/report.json" }
    var lockPath: String { "\(path)/lock" }

    /// Takes away what there is of a run that could not be begun; no host knows of it.
    ///
    /// What cannot be removed stays, and is then told as a run without a journal.
    package func removeUnbegun() {
        for file in [journalPath, planPath, lockPath] { unlink(file) }
        rmdir(path)
    }

    /// Letters, digits, `-`, `_` and `.`, at most 64, a letter or digit first: a file name that needs
    /// no quoting anywhere.
    package static func isValid(_ id: String) -> Bool {
        guard let first = id.first, first.isLetter || first.isNumber else { return false }
        return id.utf8.count <= 64
            && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}
