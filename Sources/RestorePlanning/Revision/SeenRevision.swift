/// A revision that clients of the cluster may have seen, and how that is known.
package struct SeenRevision: Sendable, Hashable {
    package var revision: Int64
    /// Where it was seen, as `etcd-1 serves it`.
    package var place: String
    /// Whether a restore of Rekindle raised the cluster to it.
    package var isRaised: Bool

    package init(_ revision: Int64, _ place: String, isRaised: Bool = false) {
        self.revision = revision
        self.place = place
        self.isRaised = isRaised
    }

    /// As a sentence's end: `2681 (etcd-1 serves it)`.
    var words: String { "\(revision) (\(place))" }
}

extension Sequence<SeenRevision> {
    /// The highest; nil if there is none.
    package var highest: SeenRevision? { self.max { $0.revision < $1.revision } }
}
