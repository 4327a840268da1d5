import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite("A command that ends with its connection")
    struct Watchdog {
        enum Way: String, CaseIterable {
            case plain
            case sudo
        }

        private static let canSudo =
            (try? Tool.run("/usr/bin/sudo", "-n", "true")) != nil

        private static func connection(
            _ server: LocalSSHD,
            _ way: Way
        ) async throws -> any HostConnection {
            var endpoint = server.endpoint
            endpoint.become = way == .sudo ? .sudo : .none
            return try await SSHConnector().connect(to: endpoint)
        }

        private static func ways() -> [Way] { canSudo ? Way.allCases : [.plain] }

        @Test("gives output, errors and exit status like any other", arguments: ways())
        func result(_ way: Way) async throws {
            try await LocalSSHD.run { server in
                let connection = try await Self.connection(server, way)
                for status in [0, 1, 7, 255] {
                    let result = try await connection.run(
                        .script(
                            "echo \"out $1\"; echo err >&2; exit $2",
                            ["it's $HOME", "\(status)"],
                            endsWithConnection: true
                        )
                    )
                    #expect(result.ending == .exited(Int32(status)))
                    #expect(result.outputText == "out it's $HOME\n")
                    #expect(result.errorText == "err\n")
                }
                await connection.close()
            }
        }

        @Test("leaves nothing behind that waits for the connection")
        func leavesNothing() async throws {
            let marker = "REKINDLE_TEST=\(UUID().uuidString)"
            // All that sshd starts inherits the variable.
            let marked = LocalSSHD.Configuration(lines: ["SetEnv \(marker)"])
            try await LocalSSHD.run(marked) { server in
                let connection = try await server.connect()
                let command = RemoteCommand.script("env", endsWithConnection: true)
                let result = try await connection.run(command)
                #expect(result.outputText.contains(marker))
                #expect(
                    try await RunningProcess.noneLeft(within: .seconds(5)) { process in
                        process.environment.contains(marker)
                    }
                )
                await connection.close()
            }
        }

        @Test(
            "is gone soon after its connection is cut, children too",
            arguments: ways(),
            [false, true]
        )
        func cut(_ way: Way, _ byServer: Bool) async throws {
            try await LocalSSHD.run { server in
                let connection = try await Self.connection(server, way)
                // Two processes, found by their odd durations; one is a grandchild.
                let durations = (0..<2).map { _ in "\(Int.random(in: 10_000...99_999)).125" }
                let script = RemoteCommand.script(
                    "(sleep $1; true) & sleep $2; true",
                    durations,
                    endsWithConnection: true
                )
                let task = Task { try await connection.run(script) }
                for duration in durations {
                    try await Self.waitUntilRunning(["sleep", duration], times: 1)
                }
                if byServer {
                    for process in try server.sessionProcesses() { kill(process, SIGKILL) }
                    try await expectFailure(.disconnected) { try await task.value }
                } else {
                    task.cancel()
                    try await expectFailure(.cancelled) { try await task.value }
                }
                for duration in durations {
                    #expect(
                        try await RunningProcess.noneLeft(within: .seconds(5)) {
                            $0.arguments.contains(duration)
                        }
                    )
                }
            }
        }

        @Test("is killed if it does not heed the request, or if a child of it does not")
        func ignoresTermination() async throws {
            try await LocalSSHD.run { server in
                let duration = "\(Int.random(in: 10_000...99_999)).125"
                let leader = try await Self.start(
                    "trap '' TERM; sleep $1; sleep $1",
                    duration,
                    on: server
                )
                let child = try await Self.start(
                    "(trap '' TERM; sleep $1; sleep $1) & sleep $1",
                    duration,
                    on: server
                )
                // Three sleeps: by then the traps are set too.
                try await Self.waitUntilRunning(["sleep", duration], times: 3)
                leader.cancel()
                child.cancel()
                try await expectFailure(.cancelled) { try await leader.value }
                try await expectFailure(.cancelled) { try await child.value }
                #expect(
                    try await RunningProcess.noneLeft(within: .seconds(15)) {
                        $0.arguments.contains(duration)
                    }
                )
            }
        }

        private static func start(
            _ text: String,
            _ argument: String,
            on server: LocalSSHD
        ) async throws -> Task<CommandResult, any Error> {
            let connection = try await server.connect()
            let script = RemoteCommand.script(text, [argument], endsWithConnection: true)
            return Task { try await connection.run(script) }
        }

        private static func waitUntilRunning(_ words: [String], times: Int) async throws {
            for _ in 0..<500 {
                let found = RunningProcess.all().filter { $0.arguments == words }
                if found.count >= times { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            throw LocalSSHD.Failed("the command did not start")
        }
    }
}
