internal import Glibc

/// The directory with the runs of this machine.
package struct StateDirectory: Sendable, Hashable {
    package let path: String
    private var runs: String { "\(path)/runs" }

    /// Makes the directory where it is missing, for this user alone.
    ///
    /// - Throws: `StateDirectoryUnsafe` or `SystemFailure`.
    package init(makingAt path: String) throws {
        self.path = path
        // what is missing is made below what is there: that must be ours first
        try requireSafe(path)
        try Directory.make(path)
        try requireSafe(path)
        try Directory.make(runs)
        try requireSafe(runs)
    }

    /// The directory that is there; nil where there is none, and so no run.
    ///
    /// - Throws: `StateDirectoryUnsafe` or `SystemFailure`.
    package init?(existingAt path: String) throws {
        self.path = path
        guard access("\(path)/runs", F_OK) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemFailure("look into", path, code: errno)
        }
        try requireSafe(path)
        try requireSafe(runs)
    }

    /// Makes the directory of a new run.
    ///
    /// - Throws: `SystemFailure`; with `EEXIST` where the run is there already.
    package func create(_ id: String) throws(SystemFailure) -> RunDirectory {
        precondition(RunDirectory.isValid(id), "run id \(id)")
        let run = RunDirectory(id: id, in: runs)
        guard try Directory.make(run.path) else {
            throw SystemFailure("create", run.path, code: EEXIST)
        }
        return run
    }

    /// Where a run keeps the output of what it starts on this machine; made for this user alone.
    /// - Throws: `SystemFailure`.
    package func logs(of id: String) throws(SystemFailure) -> String {
        precondition(RunDirectory.isValid(id), "run id \(id)")
        let logs = "\(path)/logs"
        try Directory.make(logs)
        try Directory.make("\(logs)/\(id)")
        return "\(logs)/\(id)"
    }

    /// Every run, oldest first.
    package func all() throws(SystemFailure) -> [RunDirectory] {
        try Directory.names(in: runs).filter(RunDirectory.isValid).sorted()
            .map { RunDirectory(id: $0, in: runs) }
            .filter { isDirectory($0.path) }
    }

    /// The run that a person means: by id, by an unambiguous prefix of one, or the newest.
    ///
    /// - Throws: `RunNotFound` or `SystemFailure`.
    package func resolve(_ text: String?) throws -> RunDirectory {
        let all = try all()
        guard let text else {
            guard let newest = all.last else { throw RunNotFound.noRuns }
            return newest
        }
        if let exact = all.first(where: { $0.id == text }) { return exact }
        let matches = all.filter { $0.id.hasPrefix(text) }
        guard let match = matches.first else {
            throw RunNotFound.unknown(text, newest: all.suffix(5).map(\.id))
        }
        guard matches.count == 1 else {
            throw RunNotFound.ambiguous(text, candidates: matches.map(\.id))
        }
        return match
    }

    /// Whoever can write there can make a journal say anything, and a journal is acted upon.
    ///
    /// This holds for commands that only look, too: what they say of a run is believed.
    private func requireSafe(_ directory: String) throws {
        try Ownership().require(directory: directory)
    }

    private func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// No run is meant, or more than one.
package enum RunNotFound: Error, Sendable, Hashable {
    case noRuns
    case unknown(String, newest: [String])
    case ambiguous(String, candidates: [String])

    package var hint: String {
        switch self {
        case .noRuns: "is --state-dir the one that the run was begun with?"
        case .unknown(_, let newest):
            newest.isEmpty
                ? "there are no runs; is --state-dir the one that the run was begun with?"
                : "the newest are: \(newest.joined(separator: ", "))"
        case .ambiguous(_, let candidates): "one of: \(candidates.joined(separator: ", "))"
        }
    }
}

extension RunNotFound: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRuns: "there are no runs"
        case .unknown(let text, _): "there is no run \(text)"
        case .ambiguous(let text, let candidates): "\(candidates.count) runs begin with \(text)"
        }
    }
}
