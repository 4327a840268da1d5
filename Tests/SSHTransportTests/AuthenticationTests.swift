import Foundation
import RemoteHost
import SSHTransport
import Synchronization
import Testing

extension RealSSHD {
    @Suite("Authentication with a real sshd")
    struct Authentication {
        private static func failure(
            _ server: LocalSSHD,
            _ endpoint: HostEndpoint? = nil,
            _ settings: SSHConnector.Settings = SSHConnector.Settings()
        ) async -> HostFailure? {
            do {
                let connector = SSHConnector(settings: settings)
                await (try connector.connect(to: endpoint ?? server.endpoint)).close()
                return nil
            } catch {
                return error as? HostFailure
            }
        }

        @Test(
            "a key file of every type logs in",
            arguments: [
                ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"],
                ["-t", "ecdsa", "-b", "521"], ["-t", "rsa", "-b", "3072"],
                ["-t", "rsa", "-b", "2048", "-m", "PEM"],
            ]
        )
        func keyFile(_ arguments: [String]) async throws {
            try await LocalSSHD.run(LocalSSHD.Configuration(userKey: arguments)) { server in
                let failure = await Self.failure(server)
                #expect(failure == nil)
            }
        }

        @Test("a passphrase is asked for once, for all connections", arguments: ["ed25519", "rsa"])
        func passphrase(_ type: String) async throws {
            let locked = LocalSSHD.Configuration(
                userKey: ["-t", type],
                userPassphrase: "correct horse"
            )
            try await LocalSSHD.run(locked) { server in
                let asked = Mutex<[String]>([])
                let settings = SSHConnector.Settings(ask: { question in
                    asked.withLock { $0.append(question) }
                    return "correct horse"
                })
                let connector = SSHConnector(settings: settings)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            await (try connector.connect(to: server.endpoint)).close()
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(asked.withLock { $0 } == ["passphrase for \(server.userKey)"])
            }
        }

        @Test("a person who takes longer than the connect timeout is waited for")
        func slowPerson() async throws {
            let locked = LocalSSHD.Configuration(userPassphrase: "x")
            try await LocalSSHD.run(locked) { server in
                let settings = SSHConnector.Settings(
                    connectTimeout: .seconds(2),
                    ask: { _ in
                        Thread.sleep(forTimeInterval: 2.5)
                        return "x"
                    }
                )
                let failure = await Self.failure(server, nil, settings)
                #expect(failure == nil)
            }
        }

        @Test("cancelling does not wait for a person")
        func cancelledPerson() async throws {
            let locked = LocalSSHD.Configuration(userPassphrase: "x")
            try await LocalSSHD.run(locked) { server in
                let isAsked = AsyncStream<Void>.makeStream()
                let settings = SSHConnector.Settings(ask: { _ in
                    isAsked.continuation.finish()
                    Thread.sleep(forTimeInterval: 120)
                    return nil
                })
                let task = Task { await Self.failure(server, nil, settings) }
                for await _ in isAsked.stream {}
                let start = ContinuousClock.now
                task.cancel()
                #expect(await task.value?.kind == .cancelled)
                #expect(ContinuousClock.now - start < .seconds(60))
            }
        }

        @Test("a wrong passphrase and none are told apart")
        func wrongPassphrase() async throws {
            let locked = LocalSSHD.Configuration(userPassphrase: "correct horse")
            try await LocalSSHD.run(locked) { server in
                let wrong = SSHConnector.Settings(ask: { _ in "wrong" })
                let failure = try #require(await Self.failure(server, nil, wrong))
                #expect(failure.kind == .authentication)
                #expect(failure.message.contains("\(server.userKey): the passphrase is wrong"))
                let none = try #require(await Self.failure(server))
                #expect(none.message.contains("needs a passphrase and none was given"))
            }
        }

        @Test("every key that was tried is listed with the reason, and what the server offers")
        func listed() async throws {
            try await LocalSSHD.run { server in
                var endpoint = server.endpoint
                let folder = server.directory
                for name in ["stranger", "open"] {
                    let path = folder.appending(path: name).path
                    try Tool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
                }
                chmod(folder.appending(path: "open").path, 0o644)
                try FileManager.default.removeItem(at: folder.appending(path: "open.pub"))
                try "text".write(
                    to: folder.appending(path: "text"),
                    atomically: true,
                    encoding: .utf8
                )
                chmod(folder.appending(path: "text").path, 0o600)
                endpoint.identityFiles = ["missing", "open", "text", "stranger"].map {
                    folder.appending(path: $0).path
                }
                let failure = try #require(await Self.failure(server, endpoint))
                #expect(failure.kind == .authentication)
                for reason in [
                    "missing: cannot be read: no such file or directory",
                    "open: others may read it (mode 0644)", "text: is not a private key",
                    "stranger: the server does not accept it", "the server offers publickey",
                ] {
                    #expect(failure.message.contains(reason), "\(failure.message)")
                }
                #expect(failure.hint?.contains("authorized_keys") == true)
                #expect(!failure.isTransient)
            }
        }

        @Test("no key at all is said to be that")
        func noKey() async throws {
            try await LocalSSHD.run { server in
                var endpoint = server.endpoint
                endpoint.identityFiles = []
                let failure = try #require(await Self.failure(server, endpoint))
                #expect(failure.message.contains("there is no key to try"))
            }
        }

        @Test("a server that takes no keys is said to be that")
        func noPublicKeyMethod() async throws {
            let passwords = LocalSSHD.Configuration(lines: ["PubkeyAuthentication no"])
            try await LocalSSHD.run(passwords) { server in
                let failure = try #require(await Self.failure(server))
                #expect(failure.kind == .authentication)
                #expect(failure.message.contains("takes no keys: the server offers password"))
            }
        }

        @Test("the agent signs, with every type", arguments: [["ed25519"], ["rsa"], ["ecdsa"]])
        func agent(_ types: [String]) async throws {
            let key = LocalSSHD.Configuration(userKey: ["-t", types[0]])
            try await LocalSSHD.run(key) { server in
                try await LocalAgent.run { agent in
                    try agent.add(server.userKey)
                    var endpoint = server.endpoint
                    endpoint.identityFiles = []
                    let settings = SSHConnector.Settings(agentSocket: agent.socket)
                    let failure = await Self.failure(server, endpoint, settings)
                    #expect(failure == nil)
                }
            }
        }

        @Test("a named key goes before the agent's others, so MaxAuthTries is not reached")
        func namedFirst() async throws {
            let strict = LocalSSHD.Configuration(lines: ["MaxAuthTries 3"])
            try await LocalSSHD.run(strict) { server in
                try await LocalAgent.run { agent in
                    for number in 0..<5 {
                        let path = server.directory.appending(path: "other\(number)").path
                        try Tool.run(
                            "/usr/bin/ssh-keygen",
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-f",
                            path
                        )
                        try agent.add(path)
                    }
                    try agent.add(server.userKey)
                    let settings = SSHConnector.Settings(agentSocket: agent.socket)
                    // Only the public file is left: the agent must be the one that signs.
                    try FileManager.default.removeItem(atPath: server.userKey)
                    let accepted = await Self.failure(server, nil, settings)
                    #expect(accepted == nil)
                    var endpoint = server.endpoint
                    endpoint.identityFiles = []
                    let failure = try #require(await Self.failure(server, endpoint, settings))
                    #expect(failure.kind == .authentication)
                    #expect(failure.message.contains("Too many authentication failures"))
                    #expect(failure.hint?.contains("MaxAuthTries") == true)
                }
            }
        }

        @Test("an agent that is not there is one of the reasons, not the end")
        func noAgent() async throws {
            try await LocalSSHD.run { server in
                let settings = SSHConnector.Settings(agentSocket: "/nonexistent/agent")
                let accepted = await Self.failure(server, nil, settings)
                #expect(accepted == nil)
                var endpoint = server.endpoint
                endpoint.identityFiles = []
                let failure = try #require(await Self.failure(server, endpoint, settings))
                #expect(failure.message.contains("the SSH agent: /nonexistent/agent: no such file"))
            }
        }
    }
}
