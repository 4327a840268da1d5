import RestorePlanning
import RunJournal

/// A run that could not be begun; no host was changed.
struct RunNotBegun: Error, CustomStringConvertible {
    enum Reason {
        case begunBefore
        case failure(SystemFailure)
    }
    let run: RunID
    let reason: Reason

    var description: String {
        switch reason {
        case .begunBefore: "run \(run) of this plan was begun already; a plan is run once"
        case .failure(let failure): "\(failure); no host was changed"
        }
    }

    var hint: String {
        switch reason {
        case .begunBefore:
            "`rekindle runs show \(run)` tells what came of it; to restore again, make a new plan: "
                + "`\(Preparation.planning)`"
        case .failure(let failure): failure.hint ?? "give another place with --state-dir"
        }
    }
}

/// A run whose journal tells nothing that can be relied on.
struct RunUnreadable: Error, CustomStringConvertible {
    enum Problem {
        case noJournal
        case fault(JournalFault)
    }
    /// Of the journal, or of the run's directory where there is none.
    let path: String
    let problem: Problem

    var description: String {
        switch problem {
        case .noJournal: "\(path) has no journal"
        case .fault(let fault): "\(path): \(fault)"
        }
    }

    var hint: String {
        switch problem {
        case .noJournal:
            "either the run ended before it began, or the journal was removed: if a host has "
                + "`.rekindle/lock` in its data directory with this run in it, look for the journal "
                + "in a backup; else delete the run's directory"
        case .fault(let fault): fault.hint
        }
    }
}

/// A plan on disk is not the one that the journal names.
struct PlanWasChanged: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) is not the plan that the journal recorded" }
}
