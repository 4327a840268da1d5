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
        let away = joined([
            ["mkdir", "-p", "-m", "0700", "--", MemberPaths.parent(of: restored.to)],
            ["mv", "-T", "-n", "--", restored.from, restored.to],
        ])
        let aside = ShellWord.quoted(old.from)
        let place = ShellWord.quoted(old.to)
        let back = ShellWord.line(["mv", "-T", "-n", "--", old.from, old.to])
        return "if [ -e \(aside) ]; then { [ ! -e \(place) ] || { \(away); }; } && "
            + "[ ! -e \(place) ] && \(back); fi"
    }

    /// A service that was stopped before the run stays stopped.
    private var letGo: String {
        let start =
            target.hasOldData && target.wasActive
            ? builder.startOldService() : builder.leaveOldServiceStopped()
        return joined([["rm", "-f", "--", target.paths.lock]] + start.commands)
    }

    private func joined(_ effect: PlannedEffect) -> String { joined(effect.commands) }

    private func joined(_ commands: [[String]]) -> String {
        commands.map(ShellWord.line).joined(separator: " && ")
    }
}
