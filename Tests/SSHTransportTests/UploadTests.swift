import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite("Input and output over SSH")
    struct Transfer {
        /// Long enough for a loaded machine; a hang is what it is there for.
        private static let limits = CommandLimits(deadline: .seconds(50))

        @Test("64 MiB arrive byte for byte while the server asks for new keys every 4 MiB")
        func upload() async throws {
            let rekeying = LocalSSHD.Configuration(lines: ["RekeyLimit 4M"])
            try await LocalSSHD.run(rekeying) { server in
                let count = 64 << 20
                let file = server.directory.appending(path: "upload").path
                let connection = try await server.connect()
                let result = try await connection.run(
                    .script("cat >\"$1\" && sha256sum <\"$1\"", [file]),
                    input: .stream(PatternStream(count: count)),
                    limits: Self.limits
                )
                #expect(result.ending == .exited(0), "\(result.lastLines())")
                #expect(try result.outputText.prefix(64) == PatternStream.sha256(count: count))
                await connection.close()
            }
        }

        @Test(
            "100 MB on one stream or both are drained, and the first are kept",
            arguments: [(100, 0), (0, 100), (50, 50)]
        )
        func output(_ megabytes: Int, _ errorMegabytes: Int) async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let result = try await connection.run(
                    .script(
                        "head -c $1 /dev/zero & head -c $2 /dev/zero >&2; wait",
                        ["\(megabytes)000000", "\(errorMegabytes)000000"]
                    ),
                    limits: CommandLimits(deadline: .seconds(50), keptOutput: 1000)
                )
                #expect(result.ending == .exited(0))
                #expect(result.output.count == (megabytes > 0 ? 1000 : 0))
                #expect(result.errorOutput.count == (errorMegabytes > 0 ? 1000 : 0))
                await connection.close()
            }
        }

        @Test("both streams are drained while input is fed")
        func echoWhileFed() async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let count = 24 << 20
                let result = try await connection.run(
                    .script("tee /dev/stderr | sha256sum >&2"),
                    input: .stream(PatternStream(count: count)),
                    limits: CommandLimits(deadline: .seconds(50), keptOutput: count + 200)
                )
                #expect(result.errorOutput.count > count)
                let tail = String(decoding: result.errorOutput.suffix(68), as: UTF8.self)
                #expect(try tail == PatternStream.sha256(count: count) + "  -\n")
                await connection.close()
            }
        }

        @Test(
            "a command that fails while a GiB is being sent is a result at once",
            arguments: [
                (["sh", "-c", "exit 3"], CommandResult.Ending.exited(3)),
                (["sh", "-c", "cat >/nonexistent/file"], .exited(2)),
                (["sh", "-c", "cat >/dev/full"], .exited(1)),
                (["head", "-c", "1000000"], .exited(0)),
                (["sh", "-c", "head -c 5000000 >/dev/null; kill -TERM $$"], .signalled("TERM")),
            ]
        )
        func failsWhileFed(_ words: [String], _ ending: CommandResult.Ending) async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let stream = PatternStream(count: 1 << 30)
                let result = try await connection.run(
                    RemoteCommand(words),
                    input: .stream(stream),
                    limits: CommandLimits(deadline: .seconds(20))
                )
                #expect(result.ending == ending, "\(result.lastLines())")
                #expect(stream.position < 200 << 20)
                // The connection is as good as before.
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                await connection.close()
            }
        }

        @Test("a command that closes its output early still gives its exit status")
        func closesOutputEarly() async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let result = try await connection.run(
                    .script("exec >&- 2>&- <&-; sleep 0.5; exit 4")
                )
                #expect(result.ending == .exited(4))
                await connection.close()
            }
        }

        @Test("a command without input reads the end of its input at once")
        func noInput() async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let result = try await connection.run(RemoteCommand(["cat"]), limits: Self.limits)
                #expect(result == CommandResult(ending: .exited(0)))
                await connection.close()
            }
        }

        @Test("noise of the login shell on standard error leaves the output alone")
        func noise() async throws {
            let noisy = LocalSSHD.Configuration(
                lines: ["ForceCommand echo motd >&2; eval \"$SSH_ORIGINAL_COMMAND\""]
            )
            try await LocalSSHD.run(noisy) { server in
                let connection = try await server.connect()
                let result = try await connection.run(.script("echo out; echo err >&2; exit 5"))
                #expect(result.ending == .exited(5))
                #expect(result.outputText == "out\n")
                #expect(result.errorText == "motd\nerr\n")
                await connection.close()
            }
        }

        @Test("many small commands run on one connection, with one session at a time allowed")
        func manyCommands() async throws {
            let narrow = LocalSSHD.Configuration(lines: ["MaxSessions 1"])
            try await LocalSSHD.run(narrow) { server in
                let connection = try await server.connect()
                for number in 0..<20 {
                    let result = try await connection.run(.script("exit $1", ["\(number)"]))
                    #expect(result.ending == .exited(Int32(number)))
                }
                await connection.close()
            }
        }
    }
}
