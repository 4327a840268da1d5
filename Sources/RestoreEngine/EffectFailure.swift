package import RestorePlanning
package import RestoreRun

/// Why an effect did not come about.
package struct EffectFailure: Sendable {
    package var failure: RunFailure
    /// Whether another try may succeed without anybody doing anything.
    package var isTransient: Bool
    package var lockedBy: HostLock?

    package init(_ failure: RunFailure, isTransient: Bool = false, lockedBy: HostLock? = nil) {
        self.failure = failure
        self.isTransient = isTransient
        self.lockedBy = lockedBy
    }
}
