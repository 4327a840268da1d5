/// The `objectives` section.
enum ObjectivesReading {
    static func read(_ value: YAMLValue?, findings: inout Findings) -> Objectives {
        guard let value,
            let section = YAMLSection(
                value,
                name: "objectives",
                keys: ["rto", "rpo"],
                findings: &findings
            )
        else { return Objectives() }
        return Objectives(
            rto: section.duration("rto", findings: &findings)?.value,
            rpo: section.duration("rpo", findings: &findings)?.value
        )
    }
}
