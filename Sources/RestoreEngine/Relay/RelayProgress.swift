import Synchronization

/// When anything last moved in a relay, at this end or at any host of it.
final class RelayProgress: Sendable {
    private let last = Mutex(ContinuousClock.now)

    func note() {
        last.withLock { $0 = .now }
    }

    /// - Returns: true once nothing has moved for so long; false where the task is cancelled before.
    func stalls(for patience: Duration) async -> Bool {
        while true {
            let left = patience - (.now - last.withLock { $0 })
            if left <= .zero { return true }
            do { try await Task.sleep(for: left) } catch { return false }
        }
    }
}
