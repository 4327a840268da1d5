/// One mapping of a file, read key by key; unknown and repeated keys are reported on the way.
package struct YAMLSection: Sendable {
    /// As the messages call it: `ssh`, `member "etcd-1"`.
    package let name: String
    package let place: TextPlace
    private var entries: [String: YAMLEntry] = [:]
    /// The section that a key came from, where it is not this one.
    private var origins: [String: String] = [:]

    /// Reads a mapping that may have the given keys; an empty value is an empty mapping.
    ///
    /// `elsewhere` has keys that people put here, and the section that they belong into. The result
    /// is nil where the value is something else than a mapping.
    package init?(
        _ value: YAMLValue,
        name: String,
        keys: [String],
        elsewhere: [String: String] = [:],
        findings: inout Findings
    ) {
        self.init(value, name: name, findings: &findings)
        for entry in entries.values where !keys.contains(entry.key.value) {
            let key = entry.key.value
            let hint =
                elsewhere[key].map { "\"\(key)\" belongs under \"\($0)\"" }
                ?? KeySuggestion.nearest(to: key, among: keys).map { "did you mean \"\($0)\"?" }
                ?? "it can have: \(keys.joined(separator: ", "))"
            findings.error("unknown key \"\(key)\" in \(name)", at: entry.key.place, hint: hint)
        }
    }

    /// Reads a mapping whose keys are the user's own names.
    package init?(_ value: YAMLValue, name: String, findings: inout Findings) {
        self.name = name
        place = value.place
        switch value.content {
        case .null:
            break
        case .mapping(let given):
            for entry in given {
                guard let first = entries[entry.key.value] else {
                    entries[entry.key.value] = entry
                    continue
                }
                findings.error(
                    "key \"\(entry.key.value)\" is given twice in \(name)",
                    at: entry.key.place,
                    hint: "it is first given on line \(first.key.place.line); keep one of them"
                )
            }
        case .scalar, .list:
            findings.error("\(name) must be a mapping, not \(value.kind)", at: value.place)
            return nil
        }
    }

    /// The keys that are given, in the order of the file.
    package var keys: [Located<String>] {
        entries.values.map(\.key).sorted { $0.place < $1.place }
    }

    /// These settings where they are given, the defaults elsewhere; `~` is given, and means none.
    package func over(_ defaults: YAMLSection?) -> YAMLSection {
        guard let defaults else { return self }
        var merged = self
        for (key, entry) in defaults.entries where entries[key] == nil {
            merged.entries[key] = entry
            merged.origins[key] = defaults.origin(of: key)
        }
        return merged
    }

    /// The name of the section that a key was written in.
    package func origin(of key: String) -> String { origins[key] ?? name }

    /// nil where the key is left out or empty.
    package func value(_ key: String) -> YAMLValue? {
        guard let value = entries[key]?.value, value.content != .null else { return nil }
        return value
    }

    /// Reports the key as missing unless it has a value.
    package func require(_ key: String, hint: String? = nil, findings: inout Findings) {
        guard value(key) == nil else { return }
        if let entry = entries[key] {
            findings.error("\"\(key)\" is empty in \(name)", at: entry.value.place, hint: hint)
        } else {
            findings.error("\"\(key)\" is missing in \(name)", at: place, hint: hint)
        }
    }
}
