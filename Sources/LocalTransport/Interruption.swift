import Synchronization

/// Asks a command that runs to end.
final class Interruption: Sendable {
    private let isAsked = Atomic(false)

    func interrupt() { isAsked.store(true, ordering: .releasing) }

    var isInterrupted: Bool { isAsked.load(ordering: .acquiring) }
}
