/// A journal that is not as it was written; nothing may be decided from it without a person.
package struct JournalFault: Error, Sendable, Hashable {
    package enum Problem: Sendable, Hashable {
        /// The first line was never whole: the run did not begin.
        case neverBegun
        /// The first line is no header of a journal.
        case notAJournal
        /// Written by a version of Rekindle that this one does not know.
        case unknownVersion(Int)
        /// The header names another run.
        case otherRun(String)
        /// The line is not one that a journal has.
        case unreadable(String)
        /// The line's bytes are not those that were written.
        case wrongHash
        /// A line is missing, repeated or out of its place.
        case wrongSequence(expected: Int, found: Int)
        /// The line follows another one than the one before it.
        case brokenChain
        /// The line is as it was written, and has an event that this version does not know.
        case unknownEvent(String)
    }

    package var problem: Problem
    /// From 1, counting the header.
    package var line: Int
    /// How many records before that line are as they were written.
    package var trustworthyRecords: Int

    package init(_ problem: Problem, line: Int, trustworthyRecords: Int) {
        self.problem = problem
        self.line = line
        self.trustworthyRecords = trustworthyRecords
    }

    package var hint: String {
        switch problem {
        case .neverBegun:
            "the run did not begin and touched no host; its directory can be deleted"
        case .notAJournal, .otherRun:
            "the file was put there by something else; look for the run's own journal in a backup"
        case .unknownVersion, .unknownEvent:
            "use the version of rekindle that began the run, or a newer one"
        case .unreadable, .wrongHash, .wrongSequence, .brokenChain:
            "the disk or somebody changed it: copy the run's directory first. "
                + (trustworthyRecords == 0
                    ? "No record of it can be trusted"
                    : "Records 1 to \(trustworthyRecords) can be trusted")
                + "; go on by hand from what the hosts show"
        }
    }
}

extension JournalFault: CustomStringConvertible {
    package var description: String { "journal, line \(line): \(problem)" }
}

extension JournalFault.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .neverBegun: "there is no whole line in it"
        case .notAJournal: "it does not begin as a journal of rekindle does"
        case .unknownVersion(let version):
            "its format is version \(version), and this rekindle knows version "
                + "\(JournalLine.version)"
        case .otherRun(let run): "it is the journal of another run, \(run)"
        case .unreadable(let reason): "it is not a line of a journal: \(reason)"
        case .wrongHash: "its bytes are not those that were written: the hash differs"
        case .wrongSequence(let expected, let found):
            "record \(found) stands where record \(expected) should be: "
                + (found > expected ? "a line is missing" : "a line is repeated or out of place")
        case .brokenChain: "it does not follow the line before it: the hash of that one differs"
        case .unknownEvent(let reason):
            "it has an event that this rekindle does not know: \(reason)"
        }
    }
}
