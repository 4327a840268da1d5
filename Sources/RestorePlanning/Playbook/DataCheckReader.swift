import ClusterInventory

/// The `checks` section of a playbook.
enum DataCheckReader {
    private static let form =
        "as `- key: K`, `- {key: K, value: V}`, `- {prefix: P, at-least: N}` or "
        + "`- command: [PROGRAM, …]`"

    static func read(_ value: YAMLValue?, findings: inout Findings) -> [DataCheck] {
        guard let value else { return [] }
        guard case .list(let entries) = value.content else {
            findings.error(
                "\"checks\" must be a list, not \(value.kind)",
                at: value.place,
                hint: form
            )
            return []
        }
        return entries.compactMap { check($0, findings: &findings) }
    }

    private static func check(_ value: YAMLValue, findings: inout Findings) -> DataCheck? {
        guard
            let section = YAMLSection(
                value,
                name: "a check",
                keys: ["key", "value", "prefix", "at-least", "command"],
                findings: &findings
            )
        else { return nil }
        switch section.keys.map(\.value).sorted() {
        case ["key"]:
            return section.text("key", findings: &findings).map { .exists(key: $0.value) }
        case ["key", "value"]:
            guard let key = section.text("key", findings: &findings),
                let wanted = section.text("value", findings: &findings)
            else { return nil }
            // from here on nothing has the value itself: plans are shown, kept and sent around
            return .hasValue(key: key.value, value: ExpectedValue(Array(wanted.value.utf8)))
        case ["at-least", "prefix"]:
            guard let prefix = section.text("prefix", findings: &findings),
                let least = section.number("at-least", in: 1...1_000_000_000, findings: &findings)
            else { return nil }
            return .count(prefix: prefix.value, atLeast: least.value)
        case ["command"]:
            guard let words = section.texts("command", findings: &findings) else { return nil }
            guard !words.isEmpty else {
                findings.error("\"command\" is empty", at: section.place, hint: form)
                return nil
            }
            return .command(words.map(\.value))
        default:
            findings.error("this is no check", at: section.place, hint: form)
            return nil
        }
    }
}
