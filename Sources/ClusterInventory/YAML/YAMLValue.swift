/// One value of a YAML text, with its place.
///
/// Scalars are kept as they were written: whether `no` or `12` is a text or a number is for the
/// key to say, not for YAML 1.1.
package struct YAMLValue: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// `~`, `null`, or nothing after the colon.
        case null
        case scalar(String)
        case list([YAMLValue])
        case mapping([YAMLEntry])
    }

    package var content: Content
    package var place: TextPlace

    package init(_ content: Content, at place: TextPlace) {
        self.content = content
        self.place = place
    }

    /// What it is, for "must be a list, not …".
    package var kind: String {
        switch content {
        case .null: "empty"
        case .scalar: "a single value"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One key of a mapping and its value.
package struct YAMLEntry: Sendable, Hashable {
    package var key: Located<String>
    package var value: YAMLValue

    package init(key: Located<String>, value: YAMLValue) {
        self.key = key
        self.value = value
    }
}
