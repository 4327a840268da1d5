internal import RemoteHost

/// An inventory file to `Inventory`, with every problem of the file told at once.
package enum InventoryReader {
    /// Reads the bytes of a file; messages name it as it is given.
    ///
    /// - Returns: the inventory, or nil where a finding is an error; and the findings in the order
    ///   of the file.
    package static func read(
        _ bytes: [UInt8],
        file: String,
        surroundings: Surroundings
    ) -> (inventory: Inventory?, diagnostics: [Diagnostic]) {
        var findings = Findings(file: file)
        guard let root = YAMLParser.parse(bytes, findings: &findings) else {
            return (nil, findings.diagnostics)
        }
        let inventory = assemble(root, surroundings: surroundings, findings: &findings)
        return (findings.hasErrors ? nil : inventory, findings.diagnostics)
    }

    private static let keys = [
        "cluster", "etcd", "service", "ssh", "members", "groups", "objectives",
        "notify",
    ]

    private static func assemble(
        _ root: YAMLValue,
        surroundings: Surroundings,
        findings: inout Findings
    ) -> Inventory? {
        var homes = SharedSections.homes
        homes["initial-cluster-token"] = "cluster"
        homes["rto"] = "objectives"
        homes["rpo"] = "objectives"
        guard
            let top = YAMLSection(
                root,
                name: "the inventory",
                keys: keys,
                elsewhere: homes,
                findings: &findings
            )
        else { return nil }
        for key in ["cluster", "members"] { top.require(key, findings: &findings) }
        let cluster = ClusterReading(top.value("cluster"), findings: &findings)
        let defaults = SharedSections(of: top, title: nil, findings: &findings)
        // Defaults are checked even where no member is there to have them.
        _ = EtcdReading(defaults.etcd, surroundings, findings: &findings)
        _ = ServiceReading.read(defaults.service, place: root.place, findings: &findings)
        let anyHost = SSHReading.endpoint(
            of: "",
            from: defaults.ssh,
            surroundings: surroundings,
            findings: &findings
        )
        let members = members(top, defaults, surroundings, &findings)
        for rule in MemberRules.all { rule(members, &findings) }
        let groups = GroupReading.read(top.value("groups"), findings: &findings)
        let objectives = ObjectivesReading.read(top.value("objectives"), findings: &findings)
        let notify = NotifyReading.read(
            top.value("notify"),
            surroundings: surroundings,
            findings: &findings
        )
        guard let name = cluster.name else { return nil }
        let good = members.compactMap(\.member)
        var hosts: [String: HostEndpoint] = [:]
        for host in Set(groups.values.joined()) where !good.contains(where: { $0.isAt(host) }) {
            hosts[host] = SSHReading.endpoint(
                of: host,
                from: defaults.ssh,
                surroundings: surroundings,
                findings: &findings
            )
        }
        return Inventory(
            clusterName: name,
            token: cluster.token,
            members: good,
            groups: groups,
            objectives: objectives,
            notify: notify,
            otherHosts: anyHost,
            groupHosts: hosts
        )
    }

    private static func members(
        _ top: YAMLSection,
        _ defaults: SharedSections,
        _ surroundings: Surroundings,
        _ findings: inout Findings
    ) -> [MemberReading] {
        guard let value = top.value("members") else { return [] }
        guard case .list(let values) = value.content else {
            findings.error(
                "\"members\" must be a list, not \(value.kind)",
                at: value.place,
                hint: "begin each member with \"- \""
            )
            return []
        }
        if values.isEmpty {
            findings.error(
                "there are no members",
                at: value.place,
                hint: "list them as - {name: …, host: …, initial-advertise-peer-urls: […]}"
            )
        }
        let members = values.enumerated().compactMap { index, value in
            MemberReading(
                value,
                number: index + 1,
                defaults: defaults,
                surroundings: surroundings,
                findings: &findings
            )
        }
        MemberRules.count(values, &findings)
        return members
    }
}
