/// The `cluster` section.
struct ClusterReading {
    private(set) var name: String?
    /// nil: a fresh one every run.
    private(set) var token: String?

    init(_ value: YAMLValue?, findings: inout Findings) {
        guard let value,
            let section = YAMLSection(
                value,
                name: "cluster",
                keys: ["name", "initial-cluster-token"],
                findings: &findings
            )
        else { return }
        section.require("name", findings: &findings)
        if let text = section.text("name", findings: &findings),
            findings.check(text, called: "cluster name", NameRules.clusterFault)
        {
            name = text.value
        }
        guard let text = section.text("initial-cluster-token", findings: &findings),
            text.value != "auto",
            findings.check(text, called: "initial-cluster-token", NameRules.tokenFault)
        else { return }
        token = text.value
        findings.warning(
            "initial-cluster-token is fixed: a member of the old cluster could rejoin",
            at: text.place,
            hint: "write auto, for a fresh one every run; old members are then refused"
        )
    }
}
