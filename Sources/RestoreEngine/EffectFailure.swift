package import RestoreRun

/// Why an effect did not come about.
package struct EffectFailure: Sendable {
    package var failure: RunFailure
    /// Whether another try may succeed without anybody doing anything.
    package var isTransient: Bool

    package init(_ failure: RunFailure, isTransient: Bool = false) {
        self.failure = failure
        self.isTransient = isTransient
    }
}
