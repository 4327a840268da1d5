import RestorePlanning
import RestoreRun

extension RunSummary {
    /// What systemd had stopped with etcd and did not come back, in the order of the members.
    var missingDependents: [(member: String, unit: DependentUnit)] {
        plan.targets.flatMap { target in
            (state.missingDependents[target.name] ?? []).map { (target.name, $0) }
        }
    }
}

extension RunParts {
    /// What keeps a run from having left all as it was; empty for nothing.
    var missing: String {
        let missing = summary.missingDependents
        guard !missing.isEmpty else { return "" }
        let units = missing.map { "\($0.unit.name) on \($0.member)" }.joined(separator: ", ")
        return "; not back: \(units)"
    }

    /// The units, each with the end of its journal.
    func addDependents(to page: inout Page) {
        let missing = summary.missingDependents
        guard !missing.isEmpty else { return }
        page.heading("NOT BACK", "(systemd stopped it with etcd; it was up before)")
        for (member, unit) in missing {
            page.wrapped(
                StyledLine("\(member): ") + StyledLine("\(unit.name): \(unit.state)", .warn),
                indent: 2
            )
            for line in unit.log { page.wrapped(StyledLine(line, .dim), indent: 4, hanging: 2) }
        }
        page.wrapped(
            StyledLine("HINT: `systemctl status UNIT` there, then `systemctl start UNIT`"),
            indent: 2
        )
    }
}
