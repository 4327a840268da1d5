/// Work that a signal cancels, and that is waited for all the same.
struct SignalTask {
    func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
        let task = Task { await body() }
        let signals = SignalWatch { task.cancel() }
        defer { signals.stop() }
        return await task.value
    }
}
