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

/// A run whose files tell nothing that can be relied on.
struct RunUnreadable: Error, CustomStringConvertible {
    enum Problem {
        case noJournal
        case fault(JournalFault)
        /// The line is as it was written, and what it tells cannot have happened then.
        case impossible(line: Int, String)
        /// Why a plan beside the journal cannot be read.
        case noPlan(String)
        /// A plan beside the journal is not the one that it recorded.
        case planChanged(String)
    }
    let directory: RunDirectory
    let problem: Problem

    init(_ directory: RunDirectory, _ problem: Problem) {
        self.directory = directory
        self.problem = problem
    }

    var description: String {
        switch problem {
        case .noJournal: "\(directory.path) has no journal"
        case .fault(let fault):
            "\(directory.journalPath), line \(fault.line): \(fault.problem)"
        case .impossible(let line, let why):
            "\(directory.journalPath), line \(line): it tells what cannot have happened: \(why)"
        case .noPlan(let why): why
        case .planChanged(let path): "\(path) is not the plan that the journal recorded"
        }
    }

    var hint: String { "\(Self.pointer(directory.id)); \(reason)" }

    /// Where every command points that cannot go on from such a run.
    static func pointer(_ run: String) -> String {
        "`rekindle runs verify \(run)` tells how far it can be trusted, and what to do by hand"
    }

    /// What to think of it.
    var reason: String {
        switch problem {
        case .noJournal:
            "either the run ended before it began, or the journal was removed: if a host has "
                + "`.rekindle/lock` in its data directory with this run in it, look for the journal "
                + "in a backup; else delete the run's directory"
        case .fault(let fault): fault.hint
        case .impossible(let line, _):
            "a rekindle with a mistake wrote it, or somebody wrote the chain anew: copy the run's "
                + "directory first. Records 1 to \(line - 2) make sense; go on by hand from what "
                + "the hosts show"
        case .noPlan, .planChanged:
            "the run's files were changed; what is on the hosts is untouched. Look for the plan "
                + "in a backup"
        }
    }
}

/// Another process drove the run between the moment in which this one read it and the moment in which it took it up.
struct RunWentOn: Error, CustomStringConvertible {
    let run: String

    var description: String {
        "another process went on with run \(run) while this one looked and asked; nothing was changed"
    }

    var hint: String {
        "`rekindle runs show \(run)` tells where it is now; then the command again, if it is still due"
    }
}
