import Foundation
import RemoteHost
import TestSupport
import Testing

@Suite("Commands for a host")
struct RemoteCommandTests {
    @Test("a secret is sent and never shown")
    func secrets() {
        var command = RemoteCommand(["etcdctl", "--user"])
        command.words.append(.secret("root:pa'ss"))
        #expect(command.description == "etcdctl --user '***'")
        #expect("\(command)".contains("pa") == false)
        #expect(command.shellLine(become: .none) == "etcdctl --user 'root:pa'\\''ss'")
    }

    @Test("root is asked for only where it is needed", arguments: [true, false])
    func become(isPrivileged: Bool) {
        let command = RemoteCommand(["id", "-u"], isPrivileged: isPrivileged)
        #expect(command.shellLine(become: .none) == "id -u")
        #expect(command.shellLine(become: .sudo) == (isPrivileged ? "sudo -n -- id -u" : "id -u"))
    }

    @Test("a script gets its arguments as they are, and none of them is a part of it")
    func script() throws {
        let arguments = ["$(touch x)", "a b", "'", "-n", ""]
        let command = RemoteCommand.script("printf '<%s>' \"$@\"", arguments)
        let result = try ShellProcess(command.shellLine(become: .none)).finish()
        #expect(result.outputText == "<$(touch x)><a b><'><-n><>")
    }

    @Test(
        "a command that ends with its connection keeps its output and its exit status",
        arguments: [0, 1, 42, 75, 127]
    )
    func watchedStatus(status: Int32) throws {
        let command = RemoteCommand.script(
            "printf '%s' \"$1\"; echo said >&2; exit \(status)",
            ["it's $HOME"],
            endsWithConnection: true
        )
        let shell = try ShellProcess(command.shellLine(become: .none), input: .heldOpen)
        let result = try shell.finish()
        #expect(result.status == status)
        #expect(result.outputText == "it's $HOME")
        #expect(result.errorText == "said\n")
        shell.closeInput()
    }

    @Test("a command that ends with its connection is ended with all that it started")
    func watchedEnd() throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: directory) } }
        let command = RemoteCommand.script(
            "cd -- \"$1\" && { sleep 600 & echo $! >child; echo $$ >self; wait; }",
            [directory.path],
            endsWithConnection: true
        )
        let shell = try ShellProcess(command.shellLine(become: .none), input: .heldOpen)
        let files = ["child", "self"].map { directory.appending(path: $0) }
        for _ in 0..<500 where !files.allSatisfy({ Self.number(in: $0) != nil }) { usleep(20_000) }
        let processes = try files.map { try #require(Self.number(in: $0)) }
        for process in processes { #expect(Self.isAlive(process)) }
        shell.closeInput()
        _ = try shell.finish()
        for _ in 0..<500 where processes.contains(where: Self.isAlive) { usleep(20_000) }
        for process in processes { #expect(!Self.isAlive(process)) }
    }

    @Test("a command that ends with its connection reads nothing of it")
    func watchedInput() throws {
        let command = RemoteCommand(["cat"], endsWithConnection: true)
        let shell = try ShellProcess(command.shellLine(become: .none), input: .heldOpen)
        #expect(try shell.finish().status == 0)
        shell.closeInput()
    }

    private static func number(in file: URL) -> pid_t? {
        // not there yet: asked again
        guard let data = try? Data(contentsOf: file) else { return nil }
        return pid_t(String(decoding: data, as: UTF8.self).filter(\.isNumber))
    }

    /// Whether a process is there and no zombie, which nobody may ever reap in a container.
    private static func isAlive(_ process: pid_t) -> Bool {
        // gone between two looks
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else { return false }
        return stat.split(separator: ") ").last?.first != "Z"
    }
}

@Suite("Results of commands")
struct CommandResultTests {
    @Test("the last lines are of standard error, else of the output")
    func lastLines() {
        var result = CommandResult(ending: .exited(1), output: Array("a\nb\n\nc\n".utf8))
        #expect(result.lastLines(2) == "b\nc")
        result.errorOutput = Array("x\r\ny".utf8)
        #expect(result.lastLines() == "x\ny")
        #expect(!result.isSuccess)
        #expect("\(result.ending)" == "exit 1")
        #expect("\(CommandResult.Ending.signalled("KILL"))" == "killed by SIGKILL")
        #expect(CommandResult(ending: .signalled("TERM")).isSuccess == false)
    }

    @Test("a failure says which host, and whether trying again may help")
    func failures() {
        #expect("\(HostFailure(.timedOut, host: "h", "no answer"))" == "h: no answer")
        let transient = HostFailure.Kind.allCases.filter {
            HostFailure($0, host: "h", "m").isTransient
        }
        #expect(
            transient == [.unreachable, .refusedChannel, .disconnected, .timedOut, .transport]
        )
    }
}
