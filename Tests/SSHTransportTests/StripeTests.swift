import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite("An input on several channels")
    struct Stripes {
        private static let limits = CommandLimits(deadline: .seconds(50))
        /// Every connection takes its round trip for a long one.
        private static let always = SSHConnector.Settings(longRoundTrip: .zero)
        /// A command's input is a FIFO by this name exactly where lanes feed it.
        private static let whichInput =
            "readlink /proc/self/fd/0 | sed 's/.*rekindle-input.*/lanes/'"

        /// What is left of directories for lanes in a folder.
        private static func leftovers(_ folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasPrefix("rekindle-input") }
        }

        /// An sshd whose sessions have a directory for temporary files of their own.
        private static func run(
            _ lines: [String] = [],
            _ body: (LocalSSHD, String) async throws -> Void
        ) async throws {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "rekindle-lanes-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let configuration = LocalSSHD.Configuration(lines: lines + ["SetEnv TMPDIR=\(folder)"])
            try await LocalSSHD.run(configuration) { try await body($0, folder) }
        }

        /// Waits until a lane's `cat` is at work: the command's input is under way then.
        private static func runningLane(_ folder: String) async throws -> RunningProcess {
            for _ in 0..<500 {
                let lane = RunningProcess.all().first {
                    $0.arguments == ["cat"] && $0.target(of: 1)?.hasPrefix(folder) == true
                }
                if let lane { return lane }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw LocalSSHD.Failed("no lane was opened")
        }

        private static func expectNothingLeft(_ folder: String) async throws {
            for _ in 0..<500 where try !leftovers(folder).isEmpty {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try leftovers(folder) == [])
            let areGone = try await RunningProcess.noneLeft(within: .seconds(10)) { process in
                process.holds(folder)
            }
            #expect(areGone)
        }

        /// A stream that says how many bytes it gives.
        private struct ForeseenStream: ByteStream {
            let pattern: PatternStream
            let expectedBytes: UInt64?

            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                try pattern.read(into: buffer)
            }
        }

        @Test("opens channels only for as many bytes as win back the time that takes")
        func worthwhile() async throws {
            try await Self.run { server, _ in
                let connection = try await server.connect(Self.always)
                for (expected, isWorthwhile) in [(63, false), (64, true)] {
                    let stream = ForeseenStream(
                        pattern: PatternStream(count: 1 << 20),
                        expectedBytes: UInt64(expected) << 20
                    )
                    let result = try await connection.run(
                        .script("\(Self.whichInput); cat >/dev/null"),
                        input: .stream(stream),
                        limits: Self.limits
                    )
                    #expect(result.ending == .exited(0), "\(result.lastLines())")
                    #expect((result.outputText == "lanes\n") == isWorthwhile)
                }
                await connection.close()
            }
        }

        @Test("arrives byte for byte, whatever its length, and leaves nothing behind")
        func upload() async throws {
            try await Self.run(["RekeyLimit 4M"]) { server, folder in
                let connection = try await server.connect(Self.always)
                // short of a block, a block, one more, and many
                for count in [1000, 256 << 10, 512 << 10, (512 << 10) + 1, 40 << 20] {
                    let result = try await connection.run(
                        .script("\(Self.whichInput); sha256sum"),
                        input: .stream(PatternStream(count: count)),
                        limits: Self.limits
                    )
                    #expect(result.ending == .exited(0), "\(result.lastLines())")
                    let lines = result.outputText.split(separator: "\n")
                    #expect((lines.first == "lanes") == (count >= 256 << 10))
                    #expect(try lines.last?.prefix(64) == PatternStream.sha256(count: count)[...])
                }
                await connection.close()
                try await Self.expectNothingLeft(folder)
            }
        }

        @Test("is taken where the round trip is long, and only there")
        func roundTrip() async throws {
            try await Self.run { server, folder in
                let relay = try DelayRelay(to: server.port, oneWay: 10)
                var endpoint = server.endpoint
                endpoint.port = relay.port
                try server.writeKnownHosts(["[127.0.0.1]:\(relay.port) " + (try server.hostKey())])
                let connection = try await SSHConnector().connect(to: endpoint)
                let count = 20 << 20
                let result = try await connection.run(
                    .script("\(Self.whichInput); sha256sum"),
                    input: .stream(PatternStream(count: count)),
                    limits: Self.limits
                )
                let lines = result.outputText.split(separator: "\n")
                #expect(lines.first == "lanes")
                #expect(try lines.last?.prefix(64) == PatternStream.sha256(count: count)[...])
                await connection.close()
                try await Self.expectNothingLeft(folder)
            }
            try await Self.run { server, _ in
                let never = SSHConnector.Settings(longRoundTrip: .seconds(3600))
                let connection = try await server.connect(never)
                let result = try await connection.run(
                    .script(Self.whichInput),
                    input: .stream(PatternStream(count: 1 << 20)),
                    limits: Self.limits
                )
                #expect(!result.outputText.contains("lanes"))
                await connection.close()
            }
        }

        @Test(
            "does with the sessions that the server allows",
            arguments: [(1, false), (2, false), (3, false), (4, true), (5, true), (10, true)]
        )
        func maxSessions(_ sessions: Int, _ hasLanes: Bool) async throws {
            try await Self.run(["MaxSessions \(sessions)"]) { server, folder in
                let connection = try await server.connect(Self.always)
                for isFirst in [true, false] {
                    let count = 3 << 20
                    let result = try await connection.run(
                        .script("\(Self.whichInput); sha256sum"),
                        input: .stream(PatternStream(count: count)),
                        limits: Self.limits
                    )
                    let lines = result.outputText.split(separator: "\n")
                    // sshd counts a closed session for a moment: the second time may get fewer
                    if isFirst { #expect((lines.first == "lanes") == hasLanes) }
                    #expect(try lines.last?.prefix(64) == PatternStream.sha256(count: count)[...])
                }
                await connection.close()
                try await Self.expectNothingLeft(folder)
            }
        }

        @Test("does without where the host can make no FIFO")
        func noFIFO() async throws {
            try await LocalSSHD.run(.init(lines: ["SetEnv TMPDIR=/nonexistent"])) { server in
                let connection = try await server.connect(Self.always)
                let count = 3 << 20
                let result = try await connection.run(
                    .script("sha256sum"),
                    input: .stream(PatternStream(count: count)),
                    limits: Self.limits
                )
                #expect(try result.outputText.prefix(64) == PatternStream.sha256(count: count))
                await connection.close()
            }
        }

        @Test("does not mind a login shell that talks")
        func noise() async throws {
            let noisy = "ForceCommand echo motd; echo motd >&2; eval \"$SSH_ORIGINAL_COMMAND\""
            try await Self.run([noisy]) { server, folder in
                let connection = try await server.connect(Self.always)
                let count = 3 << 20
                let result = try await connection.run(
                    .script("\(Self.whichInput); sha256sum"),
                    input: .stream(PatternStream(count: count)),
                    limits: Self.limits
                )
                let lines = result.outputText.split(separator: "\n")
                #expect(lines.first == "lanes")
                #expect(try lines.last?.prefix(64) == PatternStream.sha256(count: count)[...])
                await connection.close()
                try await Self.expectNothingLeft(folder)
            }
        }

        @Test(
            "a command that ends early is a result at once",
            arguments: [
                (["sh", "-c", "exit 3"], CommandResult.Ending.exited(3)),
                (["sh", "-c", "cat >/nonexistent/file"], .exited(2)),
                (["sh", "-c", "cat >/dev/full"], .exited(1)),
                (["head", "-c", "9000000"], .exited(0)),
                (["sh", "-c", "head -c 5000000 >/dev/null; kill -TERM $$"], .signalled("TERM")),
            ]
        )
        func endsEarly(_ words: [String], _ ending: CommandResult.Ending) async throws {
            try await Self.run { server, folder in
                let connection = try await server.connect(Self.always)
                let stream = PatternStream(count: 1 << 30)
                let result = try await connection.run(
                    RemoteCommand(words),
                    input: .stream(stream),
                    limits: CommandLimits(deadline: .seconds(20))
                )
                #expect(result.ending == ending, "\(result.lastLines())")
                #expect(stream.position < 200 << 20)
                // the connection is as good as before; sshd may count the lanes for a moment yet
                let again = try await connection.run(
                    .script("cat >/dev/null"),
                    input: .stream(PatternStream(count: 1 << 20)),
                    limits: Self.limits
                )
                #expect(again.isSuccess)
                await connection.close()
                try await Self.expectNothingLeft(folder)
            }
        }

        @Test("a lane that is killed is a failure, not a shorter input")
        func laneKilled() async throws {
            try await Self.run { server, folder in
                let connection = try await server.connect(Self.always)
                let task = Task {
                    try await connection.run(
                        .script("cat >/dev/null; echo whole"),
                        input: .stream(PatternStream(count: 1 << 40)),
                        limits: Self.limits
                    )
                }
                let lane = try await Self.runningLane(folder)
                kill(lane.id, SIGKILL)
                do {
                    let result = try await task.value
                    #expect(!result.outputText.contains("whole"))
                    Issue.record("no failure but \(result.ending)")
                } catch let failure as HostFailure {
                    #expect(failure.isTransient, "\(failure)")
                }
                await connection.close()
                try await Self.expectNothingLeft(folder)
            }
        }

        @Test(
            "cancelling or losing the connection ends everything on the host",
            arguments: [true, false]
        )
        func broken(_ isCancelled: Bool) async throws {
            try await Self.run { server, folder in
                let connection = try await server.connect(Self.always)
                let task = Task {
                    try await connection.run(
                        .script("cat >/dev/null"),
                        input: .stream(PatternStream(count: 1 << 40)),
                        limits: Self.limits
                    )
                }
                _ = try await Self.runningLane(folder)
                #expect(try Self.leftovers(folder).count == 1)
                if isCancelled {
                    task.cancel()
                } else {
                    for process in try server.sessionProcesses() { kill(process, SIGKILL) }
                }
                try await expectFailure(isCancelled ? .cancelled : .disconnected) {
                    try await task.value
                }
                try await Self.expectNothingLeft(folder)
            }
        }

        @Test("input that cannot be read, and a deadline, end it as they do any other")
        func failures() async throws {
            try await Self.run { server, folder in
                let first = try await server.connect(Self.always)
                try await expectFailure(.localInput) {
                    try await first.run(
                        .script("cat >/dev/null"),
                        input: .stream(FailingStream(after: 3 << 20)),
                        limits: Self.limits
                    )
                }
                let second = try await server.connect(Self.always)
                try await expectFailure(.timedOut) {
                    try await second.run(
                        RemoteCommand(["sleep", "4"]),
                        input: .stream(PatternStream(count: 1 << 40)),
                        limits: CommandLimits(deadline: .seconds(2))
                    )
                }
                try await Self.expectNothingLeft(folder)
            }
        }
    }
}
