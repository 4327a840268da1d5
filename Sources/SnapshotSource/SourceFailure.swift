/// A snapshot that cannot be had from where it was said to be.
package struct SourceFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The fact: lower case, no final stop.
    package var fact: String
    /// What the program or the host said, line by line.
    package var evidence: [String]
    package var hint: String
    /// Whether this machine lacks something, or the way there is closed; else the source is bad.
    package var isUnreachable: Bool

    package init(
        _ fact: String,
        evidence: [String] = [],
        hint: String,
        isUnreachable: Bool = false
    ) {
        self.isUnreachable = isUnreachable
        self.fact = fact
        self.evidence = evidence
        self.hint = hint
    }

    package var description: String { fact }
}
