import RestorePlanning

/// Names for the long paths of a plan, so that its steps can be read; commands are never shortened.
struct PathWords {
    let plan: Plan

    private static let run = "RUN-DIR"
    private static let walRun = "WAL-RUN-DIR"
    private static let data = "DATA-DIR"
    private static let wal = "WAL-DIR"

    /// What the effect does, with the run's own directories named.
    func short(_ effect: PlannedEffect) -> String {
        guard let paths = plan.target(named: effect.member)?.paths else { return effect.summary }
        var text = effect.summary.replacing(paths.runDirectory, with: Self.run)
        if let walRun = paths.walRunDirectory { text = text.replacing(walRun, with: Self.walRun) }
        return text
    }

    /// The same with etcd's directories named as well, for members whose directories differ.
    func shortest(_ effect: PlannedEffect) -> String {
        guard let paths = plan.target(named: effect.member)?.paths else { return effect.summary }
        var text = short(effect)
        if let walDir = paths.walDir { text = text.replacing(walDir, with: Self.wal) }
        return text.replacing(paths.dataDir, with: Self.data)
    }

    /// What each name means that is in the texts.
    func legend(for texts: [String]) -> [(String, StyledLine)] {
        let all = texts.joined(separator: " ").replacing(Self.walRun, with: "")
        let usesWALRun = texts.contains { $0.contains(Self.walRun) }
        let usesRun = all.contains(Self.run)
        let areAlike = Set(plan.targets.map(\.paths)).count == 1
        let paths = areAlike ? plan.targets.first?.paths : nil
        var legend: [(String, StyledLine)] = []
        if all.contains(Self.data) || (usesRun && !areAlike) {
            legend.append((Self.data, "the member's data directory, see above"))
        }
        if all.contains(Self.wal) || (usesWALRun && !areAlike) {
            legend.append((Self.wal, "the member's WAL directory, see above"))
        }
        if usesRun {
            legend.append(
                (
                    Self.run,
                    StyledLine(paths?.runDirectory ?? "\(Self.data)/.rekindle/\(plan.run)")
                )
            )
        }
        if usesWALRun {
            legend.append(
                (
                    Self.walRun,
                    StyledLine(
                        paths?.walRunDirectory ?? "\(Self.wal)/../.rekindle-\(plan.run)"
                    )
                )
            )
        }
        return legend
    }
}
