/// The `groups` section: hosts that are no members, by the names that playbooks use.
enum GroupReading {
    static func read(_ value: YAMLValue?, findings: inout Findings) -> [String: [String]] {
        guard let value, let section = YAMLSection(value, name: "groups", findings: &findings)
        else { return [:] }
        var groups: [String: [String]] = [:]
        for key in section.keys {
            findings.check(key, called: "group name", fault)
            section.require(key.value, findings: &findings)
            guard let hosts = section.texts(key.value, findings: &findings) else { continue }
            if hosts.isEmpty, let list = section.value(key.value), list.content == .list([]) {
                findings.error("group \(key.value.quotedForMessage) has no hosts", at: list.place)
            }
            var seen: Set<String> = []
            for host in hosts where findings.check(host, called: "host", HostName.fault) {
                guard seen.insert(host.value).inserted else {
                    findings.error(
                        "host \(host.value.quotedForMessage) is twice in the group "
                            + key.value.quotedForMessage,
                        at: host.place
                    )
                    continue
                }
                groups[key.value, default: []].append(host.value)
            }
        }
        return groups
    }

    private static func fault(_ name: String) -> Fault? {
        name.isEmpty || name.hasBlankOrControl
            ? Fault("is empty or has a blank or control character in it") : nil
    }
}
