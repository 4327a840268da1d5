import Foundation
import RemoteHost
import SSHTransport
import Synchronization
import TestSupport
import Testing

extension RealSSHD {
    /// A stand-in for sudo, which root is never asked by; the lab's tests have the real one.
    @Suite("A sudo that asks for its password")
    struct Sudo {
        /// Asks on standard error and reads a line byte by byte, as `sudo -S -p PROMPT` does.
        private static func run(
            asks: Bool = true,
            _ body: (LocalSSHD, HostEndpoint) async throws -> Void
        ) async throws {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "rekindle-sudo-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let script = """
                #!/bin/bash
                [ "$1 $2" = "-S -p" ] && [ "$4" = -- ] || exit 90
                prompt=$3; shift 4
                echo "We trust you have received the usual lecture." >&2
                if \(asks); then
                  for try in 1 2 3; do
                    printf '%s' "$prompt" >&2
                    IFS= read -r answer || { echo "sudo: no password was provided" >&2; exit 1; }
                    [ "$answer" != "battery staple 9" ] || exec "$@"
                    echo "Sorry, try again." >&2
                  done
                  exit 1
                fi
                exec "$@"
                """
            try ProgramFolder.write(script, to: folder.appending(path: "sudo").path)
            let path = "\(folder.path):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            let server = LocalSSHD.Configuration(lines: ["SetEnv PATH=\(path)"])
            try await LocalSSHD.run(server) { server in
                var endpoint = server.endpoint
                endpoint.become = .sudo
                endpoint.becomePassword = .asked
                try await body(server, endpoint)
            }
        }

        private static let settings = SSHConnector.Settings(ask: { _ in "battery staple 9" })

        @Test("keeps the contract of a connection", arguments: HostConnectionContract.all)
        func contract(_ contract: HostConnectionContract) async throws {
            try await Self.run { _, endpoint in
                let connection = try await SSHConnector(settings: Self.settings)
                    .connect(to: endpoint)
                try await contract.check(connection)
                await connection.close()
            }
        }

        @Test("and one that does not ask after all gets no password", arguments: [true, false])
        func input(_ asks: Bool) async throws {
            try await Self.run(asks: asks) { _, endpoint in
                let connection = try await SSHConnector(settings: Self.settings)
                    .connect(to: endpoint)
                let result = try await connection.run(
                    .script("cat; echo heard >&2"),
                    input: .bytes(Array("the input".utf8)),
                    limits: CommandLimits(deadline: .seconds(50))
                )
                #expect(result.outputText == "the input")
                #expect(String(decoding: result.errorOutput, as: UTF8.self) == "heard\n")
                await connection.close()
            }
        }

        @Test("gets it before a long input that takes several channels")
        func stripes() async throws {
            try await Self.run { _, endpoint in
                let settings = SSHConnector.Settings(
                    longRoundTrip: .zero,
                    ask: { _ in "battery staple 9" }
                )
                let connection = try await SSHConnector(settings: settings).connect(to: endpoint)
                let count = 80 << 20
                let result = try await connection.run(
                    .script("sha256sum"),
                    input: .stream(PatternStream(count: count)),
                    limits: CommandLimits(deadline: .seconds(50))
                )
                #expect(try result.outputText.prefix(64) == PatternStream.sha256(count: count))
                await connection.close()
            }
        }

        @Test("is told the password once for all hosts, and never in a process's arguments")
        func once() async throws {
            try await Self.run { _, endpoint in
                let asked = Mutex<[String]>([])
                let connector = SSHConnector(
                    settings: SSHConnector.Settings(ask: { question in
                        asked.withLock { $0.append(question) }
                        return "battery staple 9"
                    })
                )
                for _ in 0..<2 {
                    let connection = try await connector.connect(to: endpoint)
                    let result = try await connection.run(
                        .script("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
                    )
                    #expect(result.outputText.contains("[0-9]*/cmdline"), "it sees arguments")
                    #expect(!result.outputText.contains("battery staple 9"))
                    await connection.close()
                }
                #expect(asked.withLock { $0 } == ["sudo password of \(endpoint.user)"])
            }
        }

        @Test("that refuses it hears it once, whatever is run after that")
        func wrong() async throws {
            try await Self.run { _, endpoint in
                let connector = SSHConnector(
                    settings: SSHConnector.Settings(ask: { _ in "wrong" })
                )
                for said in ["Sorry, try again.", "it did not take it before"] {
                    let connection = try await connector.connect(to: endpoint)
                    do {
                        _ = try await connection.run(RemoteCommand(["true"]))
                        Issue.record("it ran")
                    } catch let failure as HostFailure {
                        #expect(failure.kind == .authentication)
                        #expect(failure.message.contains("does not take the password"))
                        #expect(failure.message.hasSuffix(said), "\(failure)")
                        #expect(failure.hint?.contains("sent once") == true)
                        #expect(!"\(failure)".contains("wrong"))
                    }
                    await connection.close()
                }
            }
        }

        @Test("is told what a file has in its first line, where nobody else can read it")
        func file() async throws {
            try await Self.run { server, endpoint in
                let path = server.directory.appending(path: "secret").path
                var endpoint = endpoint
                endpoint.becomePassword = .file(path)
                func result() async throws -> CommandResult {
                    let connection = try await SSHConnector().connect(to: endpoint)
                    return try await connection.run(RemoteCommand(["echo", "hello"]))
                }
                func message() async throws -> String {
                    do {
                        _ = try await result()
                        return "it ran"
                    } catch let failure as HostFailure {
                        #expect(failure.kind == .authentication && failure.hint != nil)
                        return failure.message
                    }
                }
                #expect(try await message().contains("no such file"))
                try "\n".write(toFile: path, atomically: false, encoding: .utf8)
                chmod(path, 0o600)
                #expect(try await message().contains("is empty"))
                try "battery staple 9\nnot this\n".write(
                    toFile: path,
                    atomically: false,
                    encoding: .utf8
                )
                chmod(path, 0o640)
                #expect(try await message().contains("can be read by others (mode 640)"))
                chmod(path, 0o600)
                if geteuid() == 0 {
                    chown(path, 65534, 65534)
                    #expect(try await message().contains("belongs to another user"))
                    chown(path, 0, 0)
                }
                #expect(try await result().outputText == "hello\n")
            }
        }

        @Test("that asks where nobody can answer is an error that says so")
        func nobody() async throws {
            try await Self.run { _, endpoint in
                let connection = try await SSHConnector().connect(to: endpoint)
                do {
                    _ = try await connection.run(RemoteCommand(["true"]))
                    Issue.record("it ran")
                } catch let failure as HostFailure {
                    #expect(failure.message.contains("there is no terminal to ask at"))
                }
            }
        }
    }
}
