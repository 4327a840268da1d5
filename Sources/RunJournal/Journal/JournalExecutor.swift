internal import Dispatch

/// Runs the journal's writer on a thread of its own: a sync may block for seconds, and the shared
/// threads must not.
final class JournalExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "rekindle.journal")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
