internal import Glibc

/// The one coordinator on this machine that drives a run; let go when it goes out of use, or the
/// process ends in whatever way.
package struct RunLock: ~Copyable, Sendable {
    /// The run that it is of.
    let run: String
    private let file: OpenFile

    /// Takes the lock of a run, at once or not at all.
    ///
    /// - Throws: `RunLockHeld` where another process has it, or `SystemFailure`.
    package init(_ run: RunDirectory) throws {
        file = try Self.lockedFile(of: run)
        self.run = run.id
    }

    deinit {
        // closing is not enough: a child that is being started has the file until its exec
        flock(file.descriptor, LOCK_UN)
    }

    private static func lockedFile(of run: RunDirectory) throws -> OpenFile {
        let file = try OpenFile(run.lockPath, O_RDWR | O_CREAT)
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR:
                continue
            case EWOULDBLOCK:
                let holder = String(decoding: try file.readAll(), as: UTF8.self)
                throw RunLockHeld(run: run.id, pid: Int32(holder.prefix { $0 != "\n" }))
            case let code:
                throw SystemFailure("lock", run.lockPath, code: code)
            }
        }
        // For people only; the lock is the kernel's and outlives no process.
        try file.truncate(to: 0)
        try file.writeAll(Array("\(getpid())\n".utf8))
        return file
    }
}

/// Another process on this machine drives the run.
package struct RunLockHeld: Error, Sendable, Hashable, CustomStringConvertible {
    package var run: String
    /// nil where the other one has not written it yet.
    package var pid: Int32?

    package init(run: String, pid: Int32?) {
        self.run = run
        self.pid = pid
    }

    package var description: String {
        "this machine: run \(run) is being driven by another process"
            + (pid.map { ", pid \($0)" } ?? "")
    }

    package var hint: String { "wait for it to end, or end it; then resume the run" }
}
