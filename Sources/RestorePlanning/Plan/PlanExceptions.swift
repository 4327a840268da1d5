/// What an operator takes upon himself, by flags and by name.
package struct PlanExceptions: Sendable, Hashable {
    /// Declared to be off, and left out until `resume`.
    package var fenced: [FencedMember]
    /// The run whose lock and hold may be replaced, once its coordinator is gone.
    package var takesOver: String?

    package init(fenced: [FencedMember] = [], takesOver: String? = nil) {
        self.fenced = fenced
        self.takesOver = takesOver
    }

    /// nil for a member that is not fenced.
    package func reason(toFence member: String) -> String? {
        fenced.first { $0.name == member }?.reason
    }
}
