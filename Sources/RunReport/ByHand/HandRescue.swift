import RemoteHost
import RestorePlanning

/// What a run has on one host, and how its old data is put back there without the run's journal.
///
/// Every command looks before it acts and can be given again; none of them deletes data.
struct HandRescue {
    let target: MemberTarget

    private var builder: EffectBuilder { EffectBuilder(target) }

    /// The set-aside data, the lock and the hold, each with a word for it.
    var places: [(what: String, path: String)] {
        SetAside.places(target.paths).map { ("old \($0.what)", $0.to) } + [
            ("lock", target.paths.lock), ("hold", target.serviceManager.holdPath),
        ]
    }

    /// Lines for a shell on the host, as root: stop etcd, put the old data back, let it start.
    ///
    /// A separate WAL has a line of its own; it goes back first, as the database opens what log
    /// there is.
    var commands: [String] {
        let moves = zip(SetAside.returned(target.paths), SetAside.discarded(target.paths))
        return [joined(builder.stopService())] + moves.reversed().map(putBack) + [letGo]
    }

    /// The restored data, where it is in place, is renamed aside first.
    ///
    /// `mv -n` does nothing where its goal is there, and says so to nobody: the test behind it does.
    private func putBack(_ old: SetAside, _ restored: SetAside) -> String {
        let isTwin = old.what != "data"
        func named(_ path: String) -> String {
            guard isTwin, let twin = target.paths.walTwin else { return target.paths.named(path) }
            return path == target.paths.walDir
                ? "../\(twin.wal)" : String(path.split(separator: "/").last ?? "")
        }
        func word(_ path: String) -> String { ShellWord.quoted(named(path)) }
        let folder = [
            "mkdir", "-p", "-m", "0700", "--", MemberPaths.parent(of: named(restored.to)),
        ]
        let away =
            (isTwin ? "" : ShellWord.line(folder) + " && ")
            + rename(named(restored.from), named(restored.to))
        let back = rename(named(old.from), named(old.to))
        let place = "[ ! -e \(word(old.to)) ]"
        return "if [ -e \(ShellWord.quoted(old.from)) ]; then (\(entering(isTwin)) && "
            + "{ \(place) || { \(away); }; } && \(place) && \(back)); fi"
    }

    /// A rename that is never a copy: mv, which copies if the kernel refuses to rename, may write no byte.
    private func rename(_ from: String, _ to: String) -> String {
        "(ulimit -f 0 && exec \(ShellWord.line(["mv", "-T", "-n", "--", from, to])))"
    }

    /// Goes where root works, and no further where that is not root's own: etcd's user may rename it.
    private func entering(_ isTwin: Bool) -> String {
        let paths = target.paths
        let folder = isTwin ? paths.walRunDirectory ?? paths.root : paths.root
        let parent = isTwin ? paths.walTwin?.parent ?? paths.dataDir : paths.dataDir
        return "cd -P -- \(ShellWord.quoted(folder)) && [ -O . ] && "
            + "[ .. -ef \(ShellWord.quoted(parent)) ]"
    }

    /// A service that was stopped before the run stays stopped.
    private var letGo: String {
        let start =
            target.hasOldData && target.wasActive
            ? builder.startOldService() : builder.leaveOldServiceStopped()
        let unlocked =
            "if [ -e \(ShellWord.quoted(target.paths.root)) ]; then "
            + "(\(entering(false)) && rm -f -- lock); fi"
        return "\(unlocked) && \(joined(start.commands))"
    }

    private func joined(_ effect: PlannedEffect) -> String { joined(effect.commands) }

    private func joined(_ commands: [[String]]) -> String {
        commands.map(ShellWord.line).joined(separator: " && ")
    }
}
