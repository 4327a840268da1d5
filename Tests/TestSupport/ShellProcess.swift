package import Glibc

/// A line given to a shell of this machine as sshd gives it; nothing of this process but the three
/// streams reaches it, and its output goes to files, so that no pipe can fill up.
package final class ShellProcess {
    package struct Result: Sendable {
        package var status: Int32
        package var output: [UInt8]
        package var errorOutput: [UInt8]

        package var outputText: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// What the line reads.
    package enum Input: Sendable {
        case bytes([UInt8])
        /// Nothing, but open until `closeInput`, as a connection's is.
        case heldOpen
    }

    package let id: pid_t
    private let directory: String
    private var inputEnd: Int32?

    /// Starts it with this environment and no other variable.
    package init(
        _ line: String,
        shell: String = "/bin/sh",
        input: Input = .bytes([]),
        environment: [String] = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
        workingDirectory: String = "/"
    ) throws {
        var template = Array("/tmp/rekindle-shell-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: \(errno)") }
        let directory = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        self.directory = directory
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch input {
        case .bytes(let bytes):
            try Self.write(bytes, to: "\(directory)/in")
            posix_spawn_file_actions_addopen(&actions, 0, "\(directory)/in", O_RDONLY, 0)
        case .heldOpen:
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw Failure(description: "pipe: \(errno)") }
            // or a shell that is started meanwhile would hold it open as well
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
            inputEnd = ends[1]
            defer { close(ends[0]) }
            id = try Self.spawn(shell, line, environment, workingDirectory, directory, &actions)
            return
        }
        id = try Self.spawn(shell, line, environment, workingDirectory, directory, &actions)
    }

    deinit {
        if let inputEnd { close(inputEnd) }
        for name in ["in", "out", "err"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    package func closeInput() {
        if let inputEnd { close(inputEnd) }
        inputEnd = nil
    }

    /// Waits for the end of the shell; a line that hangs is killed and is an error.
    package func finish(withinSeconds limit: Int = 60) throws -> Result {
        var state: Int32 = 0
        for _ in 0..<(limit * 200) {
            let ended = waitpid(id, &state, WNOHANG)
            if ended == id {
                let signal = state & 0x7F
                return Result(
                    status: signal == 0 ? (state >> 8) & 0xFF : 128 + signal,
                    output: try Self.read("\(directory)/out"),
                    errorOutput: try Self.read("\(directory)/err")
                )
            }
            if ended < 0 { throw Failure(description: "waitpid: \(errno)") }
            usleep(5_000)
        }
        kill(id, SIGKILL)
        waitpid(id, &state, 0)
        throw Failure(description: "the line did not end within \(limit) s")
    }

    private static func spawn(
        _ shell: String,
        _ line: String,
        _ environment: [String],
        _ workingDirectory: String,
        _ directory: String,
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, "\(directory)/out", flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(directory)/err", flags, 0o600)
        let entry = "cd -- \"$1\" && exec \"$2\" -c \"$3\""
        let words: [String] = ["sh", "-c", entry, "sh", workingDirectory, shell, line]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        // threads of a test block signals; a shell that inherits a blocked SIGCHLD waits for ever
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var id: pid_t = 0
        let error = posix_spawn(&id, "/bin/sh", &actions, &attributes, &arguments, &variables)
        guard error == 0 else { throw Failure(description: "posix_spawn: \(error)") }
        return id
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "we") else { throw Failure(description: "fopen \(path)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw Failure(description: "fwrite \(path)")
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw Failure(description: "fopen \(path)") }
        defer { fclose(file) }
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { return all }
            all += block.prefix(count)
        }
    }
}
