import CLibSSH2
import Glibc
import Synchronization

/// A serial executor with a thread of its own.
///
/// An actor on it may block (in poll, in a file, in a cipher) without taking a thread from the
/// cooperative pool, which has only as many as there are cores.
final class ThreadExecutor: SerialExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var isStopping = false
    }

    private let queue = Mutex(Queue())
    /// Counts what was enqueued since the thread last looked; reading it blocks at zero.
    private let bell: Int32

    init() throws(SSHError) {
        bell = eventfd(0, REKINDLE_EVENTFD_BLOCKING)
        guard bell >= 0 else { throw .local("eventfd: \(systemError(errno))") }
        // The thread keeps the executor alive until it is stopped.
        try DetachedThread.start { self.runJobs() }
    }

    deinit { close(bell) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
        ring()
    }

    /// Ends the thread once the jobs that are waiting have run.
    func stop() {
        queue.withLock { $0.isStopping = true }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        unsafe write(bell, &one, 8)
    }

    private func runJobs() {
        while true {
            var count: UInt64 = 0
            unsafe read(bell, &count, 8)
            let (jobs, isStopping) = queue.withLock { queue in
                defer { queue.jobs.removeAll() }
                return (queue.jobs, queue.isStopping)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isStopping { return }
        }
    }
}
