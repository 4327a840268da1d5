/// One thing that was looked at, and what it means for a restore.
package struct Check: Sendable, Hashable, Codable {
    package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        case holds
        /// Worth knowing; does not forbid a restore.
        case warns
        /// Forbids a restore.
        case fails
    }

    package var name: String
    /// nil where it is about the cluster or the snapshot.
    package var member: String?
    package var verdict: Verdict
    /// What was seen: lower case, no final stop.
    package var saw: String
    package var hint: String?
    /// Where a value that was seen stands, for who asks; nil for what was simply looked at.
    package var source: String?

    package init(
        _ name: String,
        member: String?,
        _ verdict: Verdict,
        _ saw: String,
        hint: String? = nil,
        source: String? = nil
    ) {
        self.name = name
        self.member = member
        self.verdict = verdict
        self.saw = saw
        self.hint = hint
        self.source = source
    }
}
