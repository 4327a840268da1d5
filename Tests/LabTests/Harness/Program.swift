import FoundationEssentials
import Glibc
import TestSupport

/// Programs that a test runs, to their end.
///
/// Not by Foundation's Process: it waits for a descriptor that every background child inherits, and
/// so for the lab's hosts.
enum Program {
    struct Result: Sendable {
        /// The exit status, or 128 and the signal's number, as a shell has it.
        var status: Int32
        var output: Data
        var error: Data

        var outputText: String { String(decoding: output, as: UTF8.self) }
        var errorText: String { String(decoding: error, as: UTF8.self) }
    }

    struct Failed: Error, CustomStringConvertible {
        var command: [String]
        var result: Result
        var description: String {
            "\(command.joined(separator: " ")): exit \(result.status)\n\(result.outputText)"
                + result.errorText
        }
    }

    /// Runs it and throws unless it ends with 0.
    @discardableResult
    static func require(_ program: String, _ arguments: [String]) throws -> Result {
        let result = try run(program, arguments)
        guard result.status == 0 else {
            throw Failed(command: [program] + arguments, result: result)
        }
        return result
    }

    static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = ""
    ) throws -> Result {
        try start(program, arguments, environment: environment, input: input).finish()
    }

    /// Starts it; its output goes to files, so that nothing blocks however much it says.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = ""
    ) throws -> Running {
        let folder = "/tmp/rekindle-lab-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(input.utf8).write(to: URL(filePath: "\(folder)/in"))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "\(folder)/in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "\(folder)/out", create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(folder)/error", create, 0o600)
        let variables = CleanEnvironment.variables.merging(environment) { $1 }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, nil, &words, &settings)
        guard code == 0 else {
            throw Failed(
                command: [program] + arguments,
                result: Result(
                    status: 127,
                    output: Data(),
                    error: Data(String(cString: strerror(code)).utf8)
                )
            )
        }
        return Running(process: process, folder: folder)
    }

    /// A program under way.
    struct Running: Sendable {
        let process: pid_t
        fileprivate let folder: String

        var errorSoFar: String {
            (try? String(
                decoding: Data(contentsOf: URL(filePath: "\(folder)/error")),
                as: UTF8.self
            ))
                ?? ""
        }

        func kill(_ signal: Int32) { _ = Glibc.kill(process, signal) }

        /// Waits for its end, and ends it by force after the given seconds.
        func finish(within seconds: Double = Watchdog.limit) throws -> Result {
            let wasStopped = Watchdog.stop(process, after: seconds)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let signal = status & 0x7F
            let note = wasStopped ? "ended by the test's watchdog after \(Int(seconds)) s\n" : ""
            return Result(
                status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
                output: try Data(contentsOf: URL(filePath: "\(folder)/out")),
                error: try Data(contentsOf: URL(filePath: "\(folder)/error")) + Data(note.utf8)
            )
        }
    }
}
