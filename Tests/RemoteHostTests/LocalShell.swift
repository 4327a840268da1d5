import Foundation
import RemoteHost

/// Runs a manager's commands on this machine, in a directory of the test's own.
final class LocalShell {
    let directory: String
    private var children: [Process] = []

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/rekindle-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true
        )
    }

    deinit {
        for child in children where child.isRunning { kill(child.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: directory)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Ends at the first that fails.
    func run(_ commands: [RemoteCommand]) throws {
        for command in commands { _ = try text(command.shellLine(become: .none)) }
    }

    /// What the manager sees, by its own script.
    func state(of manager: any ServiceManager) throws -> ServiceState {
        let output = try text(
            "say() { printf '%s=%s\\n' \"$1\" \"$2\"; }\n\(manager.observation)\n:"
        )
        var lines: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            lines[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        return manager.state(from: lines)
    }

    func holds(_ test: String) -> Bool { (try? text(test)) != nil }

    @discardableResult
    func text(_ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: said, as: UTF8.self))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A process that is called etcd and has these words, until it is asked to end: it blocks no signal, whatever
    /// this thread does.
    func start(_ words: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments =
            [
                "-c",
                "exec -a /usr/local/bin/etcd perl -MPOSIX -e 'sigprocmask(SIG_SETMASK, POSIX::SigSet->new); sleep 600' -- \"$@\"",
                "bash",
            ] + words
        try process.run()
        children.append(process)
        return process
    }
}
