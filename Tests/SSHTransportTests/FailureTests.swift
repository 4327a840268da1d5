import Foundation
import RemoteHost
import SSHTransport
import Testing

/// Connecting to where no sshd is.
@Suite("Connecting to nobody")
struct UnreachableTests {
    private static func failure(
        _ host: String,
        _ port: UInt16,
        timeout: Duration = .seconds(5)
    ) async throws -> HostFailure {
        let connector = SSHConnector(settings: .init(connectTimeout: timeout))
        let endpoint = HostEndpoint(host: host, port: port, user: "ops")
        do {
            _ = try await connector.connect(to: endpoint)
        } catch let failure as HostFailure {
            return failure
        }
        throw LocalSSHD.Failed("it connected")
    }

    @Test(
        "a port that nobody listens on is refused, with host and port",
        arguments: ["127.0.0.1", "localhost"]
    )
    func refused(_ host: String) async throws {
        let failure = try await Self.failure(host, 1)
        #expect(failure.kind == .unreachable)
        #expect(failure.message.contains("cannot connect to \(host):1"))
        #expect(failure.message.contains("127.0.0.1:1: connection refused"))
        #expect(failure.hint?.contains("nothing listens on port 1") == true)
        #expect(failure.isTransient)
    }

    @Test("an IPv6 address is written with brackets")
    func ipv6() async throws {
        let failure = try await Self.failure("::1", 1)
        #expect(failure.kind == .unreachable)
        #expect(failure.message.contains("[::1]:1"))
    }

    @Test("a name that is none is said to be that")
    func noName() async throws {
        let failure = try await Self.failure("no-such-host.invalid", 22, timeout: .seconds(30))
        #expect(failure.kind == .unreachable)
        #expect(failure.message.hasPrefix("cannot resolve no-such-host.invalid"))
    }

    @Test("a listener that says nothing is given up at the connect timeout")
    func silentListener() async throws {
        let listener = try SilentListener()
        let failure = try await Self.failure("127.0.0.1", listener.port, timeout: .seconds(1))
        #expect(failure.kind == .timedOut)
        #expect(failure.message.contains("within 1 s while exchanging keys"))
    }

    @Test("a listener that speaks something else is quoted")
    func otherProtocol() async throws {
        let listener = try SilentListener(answer: "HTTP/1.1 400 Bad Request\r\n\r\n")
        let failure = try await Self.failure("127.0.0.1", listener.port)
        #expect(failure.kind == .unreachable)
        #expect(failure.message.contains("did not answer with an SSH banner"))
        #expect(failure.message.contains("HTTP/1.1 400 Bad Request"))
    }

    @Test("cancelling ends an attempt that nobody answers")
    func cancelled() async throws {
        let listener = try SilentListener()
        let task = Task {
            try await Self.failure("127.0.0.1", listener.port, timeout: .seconds(60))
        }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        // else it would have timed out
        #expect(try await task.value.kind == .cancelled)
    }
}

extension RealSSHD {
    @Suite("Broken connections to a real sshd")
    struct Broken {
        private static let endless = RemoteCommand(["sleep", "1000"], endsWithConnection: true)

        @Test("a server that has its fill of connections is transient, and says so")
        func maxStartups() async throws {
            let narrow = LocalSSHD.Configuration(lines: ["MaxStartups 1"])
            try await LocalSSHD.run(narrow) { server in
                // One that never authenticates holds the only place.
                let holder = try PlainConnection(port: server.port)
                try holder.waitForBanner()
                let settings = SSHConnector.Settings(busyLimit: .seconds(1))
                do {
                    _ = try await server.connect(settings)
                    Issue.record("it connected")
                } catch let failure as HostFailure {
                    #expect(failure.kind == .unreachable && failure.isTransient)
                    #expect(failure.message.contains(" tries"), "\(failure.message)")
                    #expect(failure.hint?.contains("MaxStartups") == true)
                }
                holder.close()
            }
        }

        @Test("a server that opens no channel says so, and the connection lives on")
        func maxSessions() async throws {
            let none = LocalSSHD.Configuration(lines: ["MaxSessions 0"])
            try await LocalSSHD.run(none) { server in
                let connection = try await server.connect()
                for _ in 0..<2 {
                    try await expectFailure(.refusedChannel) {
                        try await connection.run(RemoteCommand(["true"]))
                    }
                }
                await connection.close()
            }
        }

        @Test("a server process that is killed ends the command at once", arguments: [true, false])
        func killed(_ whileFed: Bool) async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let task = Task {
                    try await connection.run(
                        whileFed ? .script("cat >/dev/null") : Self.endless,
                        input: whileFed ? .stream(PatternStream(count: 1 << 40)) : .none,
                        limits: CommandLimits(deadline: .seconds(50))
                    )
                }
                try await Task.sleep(for: .milliseconds(300))
                for process in try server.sessionProcesses() { kill(process, SIGKILL) }
                try await expectFailure(.disconnected) { try await task.value }
                try await expectFailure(.disconnected) {
                    try await connection.run(RemoteCommand(["true"]))
                }
            }
        }

        @Test("a frozen server is noticed by its silence, a quiet command is not")
        func silence() async throws {
            try await LocalSSHD.run { server in
                let settings = SSHConnector.Settings(silenceLimit: .seconds(3))
                let quiet = try await server.connect(settings)
                #expect(try await quiet.run(RemoteCommand(["sleep", "4"])).isSuccess)
                let fed = try await server.connect(settings)
                let tasks = [
                    Task { try await quiet.run(Self.endless) },
                    Task {
                        try await fed.run(
                            .script("cat >/dev/null"),
                            input: .stream(PatternStream(count: 1 << 40)),
                            limits: CommandLimits(deadline: .seconds(50))
                        )
                    },
                ]
                try await Task.sleep(for: .milliseconds(300))
                let processes = try server.sessionProcesses()
                for process in processes { kill(process, SIGSTOP) }
                defer { for process in processes { kill(process, SIGKILL) } }
                for task in tasks {
                    do {
                        _ = try await task.value
                        Issue.record("it ended")
                    } catch let failure as HostFailure {
                        #expect(failure.kind == .timedOut)
                        #expect(failure.message.contains("was silent for 3"))
                    }
                }
            }
        }

        @Test("cancelling does not wait for a frozen server", arguments: [true, false])
        func cancelFrozen(_ whileFed: Bool) async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let task = Task {
                    try await connection.run(
                        whileFed ? .script("cat >/dev/null") : Self.endless,
                        input: whileFed ? .stream(PatternStream(count: 1 << 40)) : .none,
                        limits: CommandLimits(deadline: .seconds(50))
                    )
                }
                try await Task.sleep(for: .milliseconds(300))
                let processes = try server.sessionProcesses()
                for process in processes { kill(process, SIGSTOP) }
                defer { for process in processes { kill(process, SIGKILL) } }
                let start = ContinuousClock.now
                task.cancel()
                try await expectFailure(.cancelled) { try await task.value }
                // before the deadline, on however busy a machine
                #expect(ContinuousClock.now - start < .seconds(40))
                await connection.close()
            }
        }

        @Test("a command that takes no input is ended by its deadline")
        func takesNoInput() async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                try await expectFailure(.timedOut) {
                    try await connection.run(
                        RemoteCommand(["sleep", "3"]),
                        input: .stream(PatternStream(count: 1 << 40)),
                        limits: CommandLimits(deadline: .seconds(1))
                    )
                }
            }
        }

        @Test("cancelling at any instant is heard, and leaves no descriptor open")
        func cancelAnywhere() async throws {
            try await LocalSSHD.run { server in
                let before = Self.socketCount()
                for milliseconds in [0, 1, 2, 5, 10, 15, 20, 30, 40, 60, 80, 120, 250] {
                    let task = Task {
                        let connection = try await server.connect()
                        return try await connection.run(
                            .script("cat >/dev/null"),
                            input: .stream(PatternStream(count: 1 << 40)),
                            limits: CommandLimits(deadline: .seconds(50))
                        )
                    }
                    try await Task.sleep(for: .milliseconds(milliseconds))
                    task.cancel()
                    try await expectFailure(.cancelled) { try await task.value }
                }
                // Threads that were told to stop may still be at it.
                for _ in 0..<100 where Self.socketCount() > before {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(Self.socketCount() <= before)
            }
        }

        private static func socketCount() -> Int {
            let folder = "/proc/self/fd"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.count { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "\(folder)/\(name)"
                )
                return target?.hasPrefix("socket:") == true || target?.contains("eventfd") == true
            }
        }

        @Test("a task that waits for its turn is cancelled alone")
        func cancelWaiting() async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                let first = Task { try await connection.run(RemoteCommand(["sleep", "1"])) }
                try await Task.sleep(for: .milliseconds(200))
                let second = Task { try await connection.run(RemoteCommand(["true"])) }
                try await Task.sleep(for: .milliseconds(100))
                second.cancel()
                try await expectFailure(.cancelled) { try await second.value }
                #expect(try await first.value.isSuccess)
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                await connection.close()
            }
        }
    }
}
