import Glibc

/// Work that blocks, on a thread of its own.
///
/// A machine may have one core, and then one thread for all tasks: one that waits for a pipe would
/// keep the task from running that fills it.
enum OwnThread {
    // unchecked: handed from the thread that makes it to the one that takes it, and used once
    private final class Work: @unchecked Sendable {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Runs it to its end; the patience is ended where the task is cancelled.
    /// - Throws: what the body throws.
    static func run<Value: Sendable>(
        _ patience: Patience,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                start { continuation.resume(with: Result(catching: body)) }
            }
        } onCancel: {
            patience.end()
        }
    }

    private static func start(_ run: @escaping () -> Void) {
        let work = Unmanaged.passRetained(Work(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            // no thread to be had: better slowly than not at all
            return work.takeRetainedValue().run()
        }
        pthread_detach(thread)
    }
}
