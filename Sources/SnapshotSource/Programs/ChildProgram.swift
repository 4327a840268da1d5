import CLinux
import Glibc

/// A program that reads one descriptor and writes another.
///
/// It is in a session of its own: a Ctrl-C reaches Rekindle alone, which ends it, and it can ask
/// nothing at the terminal. Used from one thread at a time.
final class ChildProgram {
    let name: String
    let process: pid_t
    /// What its end means.
    private let judge: (ProgramExit) -> ProgramVerdict
    private var errors: ProgramTail
    private var reports: ProgramTail?
    private var isReaped = false
    /// What is to be told of it although it gave everything; known once it has ended.
    private(set) var remark: String?

    /// The failure of a program that exits unsuccessfully is explained by its last words.
    /// - Throws: `SourceFailure`.
    convenience init(
        _ path: String,
        _ arguments: [String],
        input: Int32,
        output: Int32,
        environment: [String: String],
        explain: @escaping ([String]) -> SourceFailure
    ) throws(SourceFailure) {
        try self.init(path, arguments, input: input, output: output, environment: environment) {
            $0.code == 0 ? .whole(remark: nil) : .failed(explain($0.said))
        }
    }

    /// Starts it, with descriptor 3 open if it has something to report there.
    /// - Throws: `SourceFailure`.
    init(
        _ path: String,
        _ arguments: [String],
        input: Int32,
        output: Int32,
        hasReports: Bool = false,
        environment: [String: String],
        judge: @escaping (ProgramExit) -> ProgramVerdict
    ) throws(SourceFailure) {
        let ends = try Descriptor.pipe()
        let reportEnds = hasReports ? try Descriptor.pipe() : nil
        name = path.split(separator: "/").last.map(String.init) ?? path
        self.judge = judge
        errors = ProgramTail(ends.read)
        reports = reportEnds.map { ProgramTail($0.read) }
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
        if let reportEnds {
            posix_spawn_file_actions_adddup2(&actions, reportEnds.write.number, 3)
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
        errors.listen()
        reports?.listen()
    }

    /// Its last words; what it says of a folder that it does not need is left out.
    private var said: [String] {
        errors.lines.filter { !$0.contains("keyblock resource") }.suffix(10)
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
        let isBroken = said.contains { $0.lowercased().contains("broken pipe") }
        if signal == SIGPIPE || status != 0 && isBroken {
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
        let exit = ProgramExit(
            code: (status >> 8) & 0xFF,
            said: said,
            reports: reports?.lines ?? []
        )
        switch judge(exit) {
        case .failed(let failure): return .failed(failure)
        case .whole(let remark):
            self.remark = remark
            return .succeeded
        }
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
