import CLinux
import Glibc
import RemoteHost

/// A shell with one line, in a session of its own, with a pipe to each of its streams.
///
/// Used from one thread.
final class ShellChild {
    enum Stream { case output, errors }

    private let process: pid_t
    private var input: Int32
    private var outputs: [Stream: Int32] = [:]
    private var status: Int32?

    init(
        line: String,
        environment: [String: String],
        failed: (Int32) -> HostFailure
    ) throws(HostFailure) {
        var pipes: [[Int32]] = []
        func discard() { for end in pipes.joined() { Glibc.close(end) } }
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard pipe2(&ends, O_CLOEXEC) == 0 else {
                let code = errno
                discard()
                throw failed(code)
            }
            pipes.append(ends)
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, pipes[0][0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipes[1][1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipes[2][1], STDERR_FILENO)
        // what this process ignores or blocks, the command must not
        var signals = sigset_t()
        sigfillset(&signals)
        sigdelset(&signals, SIGKILL)
        sigdelset(&signals, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(REKINDLE_SPAWN_SETSID) | Int16(POSIX_SPAWN_SETSIGDEF)
                | Int16(POSIX_SPAWN_SETSIGMASK)
        )
        // one simple command: the shell becomes it, so that its end is the command's
        let given: [String] = ["/bin/sh", "-c", "exec \(line)"]
        var words = given.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, &variables)
        guard code == 0 else {
            discard()
            throw failed(code)
        }
        self.process = process
        for end in [pipes[0][0], pipes[1][1], pipes[2][1]] { Glibc.close(end) }
        input = pipes[0][1]
        outputs = [.output: pipes[1][0], .errors: pipes[2][0]]
        for end in [input, pipes[1][0], pipes[2][0]] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    /// Whether it will write nothing any more.
    var isSilent: Bool { outputs.isEmpty }

    /// Waits until something can be read or, where wanted, written; for a tenth of a second at most.
    func wait(wantsInput: Bool) {
        var waiting = outputs.values.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        if wantsInput, input >= 0 {
            waiting.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0))
        }
        poll(&waiting, nfds_t(waiting.count), 100)
    }

    /// - Returns: how many bytes there were; nil for none now.
    func read(_ stream: Stream, into block: inout [UInt8]) -> Int? {
        guard let end = outputs[stream] else { return nil }
        let count = Glibc.read(end, &block, block.count)
        if count > 0 { return count }
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        Glibc.close(end)
        outputs[stream] = nil
        return nil
    }

    /// - Returns: how many bytes were taken; nil where nobody reads them any more.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard input >= 0 else { return nil }
        let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    func closeInput() {
        guard input >= 0 else { return }
        Glibc.close(input)
        input = -1
    }

    /// Waits for its end; nil where that does not come in time.
    func reap(until isOver: () -> Bool) -> CommandResult.Ending? {
        var status: Int32 = 0
        while true {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { break }
            if found < 0, errno != EINTR { return nil }
            if isOver() { return nil }
            usleep(1000)
        }
        self.status = status
        let signal = status & 0x7F
        if signal == 0 { return .exited((status >> 8) & 0xFF) }
        let name = sigabbrev(signal)
        return .signalled(name)
    }

    /// Closes all, and ends the command and all that it started, if it still runs.
    ///
    /// It is asked first, and killed once the grace is over.
    func end(within grace: Duration) {
        closeInput()
        defer {
            for end in outputs.values { Glibc.close(end) }
            outputs = [:]
        }
        guard status == nil else { return }
        kill(-process, SIGTERM)
        let clock = ContinuousClock()
        let end = clock.now + grace
        var rest = [UInt8](repeating: 0, count: 64 << 10)
        let ending = reap {
            // what it says meanwhile must not hold it up
            for stream in [Stream.output, .errors] { _ = read(stream, into: &rest) }
            return clock.now >= end
        }
        if ending != nil { return }
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        self.status = status
    }

    /// The names of POSIX, without `SIG`, as SSH gives them.
    private func sigabbrev(_ signal: Int32) -> String {
        let names: [Int32: String] = [
            SIGABRT: "ABRT", SIGALRM: "ALRM", SIGFPE: "FPE", SIGHUP: "HUP", SIGILL: "ILL",
            SIGINT: "INT", SIGKILL: "KILL", SIGPIPE: "PIPE", SIGQUIT: "QUIT", SIGSEGV: "SEGV",
            SIGTERM: "TERM", SIGUSR1: "USR1", SIGUSR2: "USR2",
        ]
        return names[signal] ?? "\(signal)"
    }
}
