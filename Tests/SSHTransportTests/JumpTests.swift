import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite("A host behind jump hosts")
    struct Jumps {
        private static let limits = CommandLimits(deadline: .seconds(50))

        /// A target and the hosts before it, from here outwards.
        private static func run(
            jumps count: Int = 1,
            _ configuration: LocalSSHD.Configuration = LocalSSHD.Configuration(),
            _ body: (_ target: LocalSSHD, _ jumps: [LocalSSHD], HostEndpoint) async throws -> Void
        ) async throws {
            try await LocalSSHD.run { target in
                try await begin(count, configuration, target, [], body)
            }
        }

        private static func begin(
            _ count: Int,
            _ configuration: LocalSSHD.Configuration,
            _ target: LocalSSHD,
            _ jumps: [LocalSSHD],
            _ body: (LocalSSHD, [LocalSSHD], HostEndpoint) async throws -> Void
        ) async throws {
            guard jumps.count < count else {
                var endpoint = target.endpoint
                endpoint.identityFiles += jumps.map(\.userKey)
                endpoint.knownHostsFiles += jumps.map(\.knownHosts)
                endpoint.jumps = jumps.map {
                    JumpHost(host: "127.0.0.1", port: $0.port, user: $0.endpoint.user)
                }
                return try await body(target, jumps, endpoint)
            }
            try await LocalSSHD.run(configuration) { jump in
                try await begin(count, configuration, target, jumps + [jump], body)
            }
        }

        private static func failure(
            _ endpoint: HostEndpoint,
            _ settings: SSHConnector.Settings = SSHConnector.Settings()
        ) async throws -> HostFailure {
            do {
                let connection = try await SSHConnector(settings: settings).connect(to: endpoint)
                await connection.close()
                throw LocalSSHD.Failed("it connected")
            } catch let failure as HostFailure {
                #expect(failure.host == endpoint.host)
                return failure
            }
        }

        @Test("keeps the contract of a connection", arguments: HostConnectionContract.all)
        func contract(_ contract: HostConnectionContract) async throws {
            try await Self.run { _, jumps, endpoint in
                let connection = try await SSHConnector().connect(to: endpoint)
                try await contract.check(connection)
                #expect(jumps[0].log.contains("Accepted publickey"))
                await connection.close()
            }
        }

        @Test("gets 64 MiB byte for byte, and gives them back, while new keys are asked for")
        func transfer() async throws {
            let rekeying = LocalSSHD.Configuration(lines: ["RekeyLimit 4M"])
            try await Self.run(rekeying) { target, _, endpoint in
                let count = 64 << 20
                let connection = try await SSHConnector().connect(to: endpoint)
                let result = try await connection.run(
                    .script("tee \"$1\" | sha256sum", [target.directory.appending(path: "f").path]),
                    input: .stream(PatternStream(count: count)),
                    limits: Self.limits
                )
                #expect(try result.outputText.prefix(64) == PatternStream.sha256(count: count))
                let back = try await connection.run(
                    .script("cat \"$1\"", [target.directory.appending(path: "f").path]),
                    limits: CommandLimits(deadline: .seconds(50), keptOutput: count)
                )
                #expect(back.output.count == count)
                await connection.close()
            }
        }

        @Test("is reached through two of them, each with a name of its own")
        func two() async throws {
            try await Self.run(jumps: 2) { target, jumps, endpoint in
                let connection = try await SSHConnector().connect(to: endpoint)
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                for server in jumps + [target] {
                    #expect(try server.sessionProcesses().count == 1)
                }
                await connection.close()
            }
        }

        @Test("leaves no descriptor, thread or session behind")
        func nothingLeft() async throws {
            try await Self.run { target, jumps, endpoint in
                func count(_ what: String) throws -> Int {
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(what)").count
                }
                func cycle(_ times: Int) async throws {
                    for _ in 0..<times {
                        let connection = try await SSHConnector().connect(to: endpoint)
                        _ = try await connection.run(RemoteCommand(["true"]))
                        await connection.close()
                    }
                }
                try await cycle(2)
                try await Task.sleep(for: .milliseconds(300))
                let (threads, descriptors) = (try count("task"), try count("fd"))
                try await cycle(20)
                var left = try jumps[0].sessionProcesses() + target.sessionProcesses()
                for _ in 0..<100 where !left.isEmpty {
                    try await Task.sleep(for: .milliseconds(50))
                    left = try jumps[0].sessionProcesses() + target.sessionProcesses()
                }
                #expect(left.isEmpty)
                // other tests of this process come and go; twenty tunnels would be twenty
                #expect(try count("task") < threads + 15)
                #expect(try count("fd") < descriptors + 15)
            }
        }

        @Test("is not reached where the jump host is down, and its error names that")
        func down() async throws {
            try await Self.run { _, _, endpoint in
                var endpoint = endpoint
                endpoint.jumps = [JumpHost(host: "127.0.0.1", port: 1, user: "ops")]
                let failure = try await Self.failure(endpoint)
                #expect(failure.kind == .unreachable)
                #expect(
                    failure.message
                        == "jump host 127.0.0.1:1: cannot connect to 127.0.0.1:1: connection refused"
                )
                #expect(failure.hint == "nothing listens on port 1: is sshd running there?")
            }
        }

        @Test("is not reached through a jump host whose key is not the one that is known")
        func keys() async throws {
            try await Self.run { target, jumps, endpoint in
                try jumps[0].writeKnownHosts([])
                let unknown = try await Self.failure(endpoint)
                #expect(unknown.kind == .hostKeyUnknown)
                #expect(unknown.message.hasPrefix("jump host 127.0.0.1:\(jumps[0].port): "))
                try jumps[0].writeKnownHosts([
                    "[127.0.0.1]:\(jumps[0].port) \(try target.hostKey())"
                ])
                #expect(try await Self.failure(endpoint).kind == .hostKeyRejected)
                #expect(!target.log.contains("Connection from"), "it was not even asked")
            }
        }

        @Test("is verified itself, end to end")
        func ownKey() async throws {
            try await Self.run { target, jumps, endpoint in
                try target.writeKnownHosts([
                    "[127.0.0.1]:\(target.port) \(try jumps[0].hostKey())"
                ])
                let failure = try await Self.failure(endpoint)
                #expect(failure.kind == .hostKeyRejected)
                #expect(!failure.message.contains("jump host"))
            }
        }

        @Test("is not reached where the jump host does not let us in")
        func login() async throws {
            try await Self.run { target, jumps, endpoint in
                var endpoint = endpoint
                endpoint.identityFiles = [target.userKey]
                let failure = try await Self.failure(endpoint)
                #expect(failure.kind == .authentication)
                #expect(failure.message.hasPrefix("jump host 127.0.0.1:\(jumps[0].port): "))
            }
        }

        @Test("is not reached where the jump host passes nothing on, or cannot reach it")
        func refused() async throws {
            let none = LocalSSHD.Configuration(lines: ["AllowTcpForwarding no"])
            try await Self.run(none) { target, jumps, endpoint in
                let failure = try await Self.failure(endpoint)
                #expect(failure.kind == .unreachable)
                #expect(failure.message.contains("does not pass on to 127.0.0.1:\(target.port)"))
                #expect(failure.message.contains("administratively prohibited"))
                #expect(failure.hint?.contains("AllowTcpForwarding") == true)
            }
            try await Self.run { _, jumps, endpoint in
                var endpoint = endpoint
                endpoint.port = 1
                let failure = try await Self.failure(endpoint)
                #expect(failure.kind == .unreachable)
                #expect(failure.message.contains("connect failed"))
                #expect(failure.message.contains("127.0.0.1:\(jumps[0].port)"))
            }
        }

        @Test("is given up in time where the jump host gets no answer from it, or it says nothing")
        func silentTarget() async throws {
            try await Self.run { target, jumps, endpoint in
                let settings = SSHConnector.Settings(connectTimeout: .seconds(2))
                let full = try FullListener()
                var endpoint = endpoint
                endpoint.port = full.port
                let dropped = try await Self.failure(endpoint, settings)
                withExtendedLifetime(full) {}
                #expect(dropped.kind == .unreachable)
                let jump = "\(jumps[0].endpoint.user)@127.0.0.1:\(jumps[0].port)"
                #expect(
                    dropped.message == "the jump host \(jump) does not pass on to "
                        + "127.0.0.1:\(full.port): it got no answer within 2 s"
                )
                #expect(dropped.hint?.contains("AllowTcpForwarding") == true)

                let mute = try SilentListener()
                endpoint.port = mute.port
                let silent = try await Self.failure(endpoint, settings)
                withExtendedLifetime(mute) {}
                #expect(silent.kind == .timedOut)
                #expect(
                    silent.message.hasPrefix("127.0.0.1:\(mute.port) did not finish within 2 s")
                )
            }
        }

        @Test(
            "is given up in time where the jump host itself says nothing, and the error names that"
        )
        func silentJump() async throws {
            try await Self.run { _, _, endpoint in
                let mute = try SilentListener()
                var endpoint = endpoint
                endpoint.jumps = [JumpHost(host: "127.0.0.1", port: mute.port, user: "ops")]
                let settings = SSHConnector.Settings(connectTimeout: .seconds(2))
                let failure = try await Self.failure(endpoint, settings)
                withExtendedLifetime(mute) {}
                #expect(failure.kind == .timedOut)
                #expect(
                    failure.message.hasPrefix(
                        "jump host 127.0.0.1:\(mute.port): 127.0.0.1:\(mute.port) did not finish"
                    )
                )
            }
        }

        @Test(
            "is given up where the jump host dies or freezes in the middle",
            arguments: [true, false]
        )
        func lost(_ isKilled: Bool) async throws {
            try await Self.run { _, jumps, endpoint in
                let settings = SSHConnector.Settings(silenceLimit: .seconds(3))
                let connection = try await SSHConnector(settings: settings).connect(to: endpoint)
                let task = Task {
                    try await connection.run(
                        .script("cat >/dev/null"),
                        input: .stream(PatternStream(count: 1 << 40)),
                        limits: Self.limits
                    )
                }
                try await Task.sleep(for: .milliseconds(300))
                let frozen = RunningProcess.all().filter { process in
                    (try? jumps[0].sessionProcesses().contains(process.parent)) == true
                        || (try? jumps[0].sessionProcesses().contains(process.id)) == true
                }
                #expect(!frozen.isEmpty)
                for process in frozen { kill(process.id, isKilled ? SIGKILL : SIGSTOP) }
                defer { for process in frozen { kill(process.id, SIGCONT) } }
                do {
                    _ = try await task.value
                    Issue.record("the command ended")
                } catch let failure as HostFailure {
                    #expect([.disconnected, .timedOut].contains(failure.kind), "\(failure)")
                }
                await connection.close()
            }
        }

        @Test(
            "is left within a second where the task is cancelled while the jump host says nothing"
        )
        func cancelled() async throws {
            try await Self.run { _, jumps, endpoint in
                let listener = try SilentListener()
                defer { withExtendedLifetime(listener) {} }
                var endpoint = endpoint
                endpoint.jumps = [JumpHost(host: "127.0.0.1", port: listener.port, user: "ops")]
                let task = Task { [endpoint] in try await SSHConnector().connect(to: endpoint) }
                try await Task.sleep(for: .milliseconds(200))
                let start = ContinuousClock.now
                task.cancel()
                try await expectFailure(.cancelled) { try await task.value }
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }
}
