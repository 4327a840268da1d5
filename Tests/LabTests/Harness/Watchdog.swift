import Glibc

/// The end of whatever does not end: a test that hangs costs more than one that fails.
enum Watchdog {
    /// Seconds that one program may take.
    static let limit: Double = 120

    /// Waits until the process has ended or the time is up; then it is killed.
    ///
    /// The process is left for `waitpid`.
    /// - Returns: whether it had to be killed.
    static func stop(_ process: pid_t, after seconds: Double) -> Bool {
        if wait(atMost: seconds, until: { hasEnded(process) }) { return false }
        kill(process, SIGKILL)
        return true
    }

    static func hasEnded(_ process: pid_t) -> Bool {
        var info = siginfo_t()
        let code = waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT)
        return code != 0 || info.si_signo == SIGCHLD
    }

    /// Looks again and again until it holds.
    /// - Returns: whether it did in time.
    static func wait(
        atMost seconds: Double,
        every microseconds: UInt32 = 2000,
        until holds: () throws -> Bool
    ) rethrows -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(seconds)
        while try !holds() {
            if clock.now >= deadline { return false }
            usleep(microseconds)
        }
        return true
    }
}
