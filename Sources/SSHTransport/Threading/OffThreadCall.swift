import Synchronization

/// A blocking call that cannot be interrupted, on a thread that can be left behind.
///
/// Name resolution and a person at a prompt take as long as they take; the connection must still
/// keep its deadline and hear its interrupt.
enum OffThreadCall {
    private final class Slot<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let isReady: Interrupt
        init() throws(SSHError) { isReady = try Interrupt() }
    }

    /// - Returns: nil where the instant came first.
    /// - Throws: `.cancelled` where the interrupt was raised first.
    static func value<Value: Sendable>(
        of body: @escaping @Sendable () -> Value,
        operation: String,
        interrupt: Interrupt,
        until: ContinuousClock.Instant
    ) throws(SSHError) -> Value? {
        let slot = try Slot<Value>()
        try DetachedThread.start {
            let value = body()
            slot.value.withLock { $0 = value }
            slot.isReady.raise()
        }
        let readiness = Readiness.of(
            slot.isReady.descriptor,
            interrupt: interrupt,
            until: until
        )
        if readiness.isInterrupted { throw .cancelled(operation) }
        return slot.value.withLock { $0 }
    }
}
