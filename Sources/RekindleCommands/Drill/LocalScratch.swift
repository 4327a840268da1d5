import FoundationEssentials
import Glibc
import RestorePlanning
import RunJournal

/// The directory of a drill on this machine: its sockets, its data, and nothing else.
enum LocalScratch {
    /// Makes it, for this user alone.
    /// - Throws: `SystemFailure`, also where something of that name is there.
    static func make(in parent: String, for run: RunID) throws -> String {
        let path = "\(parent)/rekindle-\(run)"
        guard mkdir(path, 0o700) == 0 else {
            throw SystemFailure("create", path, code: errno)
        }
        return path
    }

    /// Removes it once nothing runs there any more; nothing of it is worth keeping.
    static func remove(after plan: Plan) {
        guard plan.isLocal, plan.kind == .drill || plan.kind == .clean,
            let directory = plan.targets.first?.scratch?.directory,
            directory.hasSuffix("/rekindle-\(plan.run)")
        else { return }
        try? FileManager.default.removeItem(atPath: directory)
    }
}
