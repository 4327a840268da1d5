import CLinux
import Glibc

/// A program that reads one descriptor and writes another.
///
/// It is in a session of its own: a Ctrl-C reaches Rekindle alone, which ends it, and it can ask
/// nothing at the terminal. Used from one thread at a time.
final class ChildProgram {
    let name: String
    /// What its failure means, by its last words.
    let explain: ([String]) -> SourceFailure
    private let process: pid_t
    let errors: Descriptor
    private var tail: [UInt8] = []
    private var isReaped = false

    private static let keptBytes = 4096

    /// - Throws: `SourceFailure`.
    init(
        _ path: String,
        _ arguments: [String],
        input: Int32,
        output: Int32,
        environment: [String: String],
        explain: @escaping ([String]) -> SourceFailure
    ) throws(SourceFailure) {
        let ends = try Descriptor.pipe()
        name = path.split(separator: "/").last.map(String.init) ?? path
        self.explain = explain
        errors = ends.read
        _ = fcntl(errors.number, F_SETFL, O_NONBLOCK)
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (from, to) in [
            (input, STDIN_FILENO), (output, STDOUT_FILENO), (ends.write.number, STDERR_FILENO),
        ] {
            posix_spawn_file_actions_adddup2(&actions, from, to)
        }
        // what this process ignores or blocks, the program must not
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
        let settings = environment.merging(["LC_ALL": "C"]) { $1 }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = settings.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, &words, &variables)
        guard code == 0 else {
            throw SourceFailure(
                "cannot start \(path): \(SystemText.of(code))",
                hint: "try it by hand: `\(path) --version`"
            )
        }
        self.process = process
    }

    deinit { end() }

    /// Takes what it said meanwhile, so that it never waits for somebody to listen.
    func listen() {
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(errors.number, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            tail = (tail + block.prefix(count)).suffix(Self.keptBytes)
        }
    }

    /// Its last words; what it says of a folder that it does not need is left out.
    private var said: [String] {
        String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingPrefix(while: \.isWhitespace) }
            .filter { !$0.isEmpty && !$0.contains("keyblock resource") }
            .suffix(5).map(String.init)
    }

    enum Ending {
        case succeeded
        case failed(SourceFailure)
        /// It ended because nobody read on: never the cause of anything.
        case broken
    }

    /// Waits for its end, for at most so many seconds once its output has ended.
    func finish(within seconds: Int = 20) -> Ending {
        var status: Int32 = 0
        for _ in 0..<(seconds * 100) {
            listen()
            let found = waitpid(process, &status, WNOHANG)
            if found == process || (found < 0 && errno != EINTR) {
                isReaped = true
                listen()
                return ending(status)
            }
            usleep(10_000)
        }
        return .failed(
            SourceFailure(
                "\(name) gave its last byte and did not end within \(seconds) s",
                evidence: said,
                hint: "try it by hand"
            )
        )
    }

    private func ending(_ status: Int32) -> Ending {
        let signal = status & 0x7F
        if status == 0 { return .succeeded }
        if signal == SIGPIPE || said.contains(where: { $0.lowercased().contains("broken pipe") }) {
            return .broken
        }
        if signal != 0 {
            return .failed(
                SourceFailure(
                    "\(name) was killed by signal \(signal)",
                    evidence: said,
                    hint: signal == SIGKILL
                        ? "did this machine run out of memory? see `dmesg`"
                        : "try it by hand"
                )
            )
        }
        return .failed(explain(said))
    }

    /// Ends it and all that it started, and leaves no zombie.
    func end() {
        guard !isReaped else { return }
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
    }
}
