/// What an operator decides about one restore, by flags.
package struct PlanExceptions: Sendable, Hashable {
    /// Declared to be off, and left out until `resume`.
    package var fenced: [FencedMember]
    /// The run whose lock and hold may be replaced, once its coordinator is gone.
    package var takesOver: String?
    /// By how much the revision is raised; nil for not at all.
    package var revisionBump: Int64?

    package init(
        fenced: [FencedMember] = [],
        takesOver: String? = nil,
        revisionBump: Int64? = nil
    ) {
        self.fenced = fenced
        self.takesOver = takesOver
        self.revisionBump = revisionBump
    }

    /// nil for a member that is not fenced.
    package func reason(toFence member: String) -> String? {
        fenced.first { $0.name == member }?.reason
    }
}
