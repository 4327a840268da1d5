import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite(
        "A host that prints what nobody asked for",
        .enabled(if: LocalSSHD.canHaveItsOwn, "needs root for a mount")
    )
    struct ChattyHosts {
        /// A banner of many lines, bash's file for each command, and sshd's for each session.
        private static func run(_ body: (LocalSSHD) async throws -> Void) async throws {
            let banner = FileManager.default.temporaryDirectory
                .appending(path: "rekindle-banner-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: banner) }
            let lines = (0..<300).map { "\u{1B}[3\($0 % 8)mline \($0)\u{7}\u{0}\r\n" }
            try lines.joined().write(to: banner, atomically: true, encoding: .utf8)
            let noise = """
                echo "Welcome to $(hostname)!"
                echo "$BASH_EXECUTION_STRING"
                echo "stty: 'standard input': Inappropriate ioctl for device" >&2
                printf 'no end of line'

                """
            let server = LocalSSHD.Configuration(
                lines: ["Banner \(banner.path)"],
                home: [
                    ".bashrc": noise,
                    ".ssh/rc": "echo from rc; seq 20000; echo from rc >&2\n",
                ]
            )
            try await LocalSSHD.run(server, body)
        }

        @Test("gives each command its own output, and none of that")
        func output() async throws {
            try await Self.run { server in
                let connection = try await server.connect()
                let options = [
                    "-F", "none", "-q", "-i", server.userKey, "-p", "\(server.port)", "-o",
                    "UserKnownHostsFile=\(server.knownHosts)", "root@127.0.0.1", "echo hello",
                ]
                let noisy = try Tool.run("/usr/bin/ssh", options)
                #expect(noisy.contains("from rc") && noisy.contains("Welcome"), "\(noisy)")
                #expect(noisy.contains("no end of linehello"), "\(noisy)")
                let result = try await connection.run(
                    .script("echo hello; echo error >&2; exit 3")
                )
                #expect(result.outputText == "hello\n")
                #expect(result.errorText.hasSuffix("error\n"))
                #expect(result.ending == .exited(3))
                let killed = try await connection.run(ContractCommand.killed.command)
                #expect(killed.ending == .signalled("KILL"))
                let silent = try await connection.run(RemoteCommand(["true"]))
                #expect(silent.output.isEmpty && silent.isSuccess)
                let few = try await connection.run(
                    RemoteCommand(["echo", "hello"]),
                    limits: CommandLimits(keptOutput: 4)
                )
                #expect(few.outputText == "hell")
                await connection.close()
            }
        }

        @Test("gets and gives megabytes as they are", arguments: [false, true])
        func bytes(_ hasLongWay: Bool) async throws {
            try await Self.run { server in
                let settings =
                    hasLongWay
                    ? SSHConnector.Settings(longRoundTrip: .zero) : SSHConnector.Settings()
                let connection = try await server.connect(settings)
                let count = 80 << 20
                let limits = CommandLimits(deadline: .seconds(50))
                let file = server.directory.appending(path: "sent").path
                let sent = try await connection.run(
                    .script("tee \"$1\" | sha256sum", [file]),
                    input: .stream(PatternStream(count: count)),
                    limits: limits
                )
                #expect(
                    try sent.outputText.prefix(64) == PatternStream.sha256(count: count),
                    "\(sent)"
                )
                let sink = ArraySink()
                _ = try await connection.run(
                    .script("head -c 5000000 \"$1\"", [file]),
                    input: .none,
                    output: .sink(sink),
                    limits: limits
                )
                let bytes = try Data(contentsOf: URL(filePath: file)).prefix(5_000_000)
                #expect(sink.bytes == Array(bytes))
                await connection.close()
            }
        }

        @Test("and one that does something else than the command is no success")
        func forced() async throws {
            let menu = LocalSSHD.Configuration(lines: ["ForceCommand echo 'pick: 1) etcd'"])
            try await LocalSSHD.run(menu) { server in
                let connection = try await server.connect()
                do {
                    let result = try await connection.run(RemoteCommand(["true"]))
                    Issue.record("it ran: \(result)")
                } catch let failure as HostFailure {
                    #expect(failure.message.contains("did not run the command of root"))
                    #expect(failure.message.contains("pick: 1) etcd"), "\(failure)")
                    #expect(failure.hint?.contains("ForceCommand") == true)
                }
                await connection.close()
            }
            let locked = LocalSSHD.Configuration(lines: ["ForceCommand echo 'no account'; exit 1"])
            try await LocalSSHD.run(locked) { server in
                let connection = try await server.connect()
                let result = try await connection.run(RemoteCommand(["true"]))
                #expect(result.outputText == "no account\n" && result.ending == .exited(1))
                await connection.close()
            }
        }
    }
}
