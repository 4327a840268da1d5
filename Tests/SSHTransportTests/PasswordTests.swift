import Foundation
import RemoteHost
import SSHTransport
import Synchronization
import Testing

extension RealSSHD {
    @Suite(
        "Logins by password with a real sshd",
        .enabled(if: LocalSSHD.canHaveItsOwn, "needs root for a mount, and openssl")
    )
    struct Passwords {
        private static let right = "correct horse 31 ü"

        /// The methods that a server has for a password, and what makes it have that one only.
        enum Method: String, CaseIterable {
            case password
            case keyboardInteractive = "keyboard-interactive"

            var lines: [String] {
                switch self {
                case .password: ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"]
                case .keyboardInteractive:
                    ["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"]
                }
            }
        }

        private static func configuration(
            _ method: Method = .password,
            _ lines: [String] = ["PubkeyAuthentication no"]
        ) -> LocalSSHD.Configuration {
            LocalSSHD.Configuration(lines: lines + method.lines, password: right)
        }

        /// Counts who is asked.
        private final class Person: Sendable {
            private let answers: @Sendable (String) -> String?
            private let heard = Mutex<[String]>([])
            var questions: [String] { heard.withLock { $0 } }

            init(_ answers: @escaping @Sendable (String) -> String?) { self.answers = answers }

            var connector: SSHConnector {
                SSHConnector(
                    settings: SSHConnector.Settings(ask: { question in
                        self.heard.withLock { $0.append(question) }
                        return self.answers(question)
                    })
                )
            }
        }

        private static func endpoint(_ server: LocalSSHD, keys: Bool = false) -> HostEndpoint {
            var endpoint = server.endpoint
            endpoint.password = .asked
            if !keys { endpoint.identityFiles = [] }
            return endpoint
        }

        private static func failure(
            _ endpoint: HostEndpoint,
            _ connector: SSHConnector
        ) async throws -> HostFailure {
            do {
                await (try await connector.connect(to: endpoint)).close()
                throw LocalSSHD.Failed("it connected")
            } catch let failure as HostFailure {
                #expect(failure.kind == .authentication, "\(failure)")
                #expect(!failure.isTransient && failure.hint != nil)
                #expect(!"\(failure)".contains(Self.right))
                return failure
            }
        }

        @Test("each method takes the right one, asked for once for all connections")
        func right() async throws {
            for method in Method.allCases {
                try await LocalSSHD.run(Self.configuration(method)) { server in
                    let person = Person { _ in Self.right }
                    let connector = person.connector
                    let endpoint = Self.endpoint(server)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<3 {
                            group.addTask {
                                let connection = try await connector.connect(to: endpoint)
                                let seen = try await connection.run(
                                    .script("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ")
                                )
                                #expect(seen.output.count > 100)
                                #expect(!seen.outputText.contains(Self.right))
                                await connection.close()
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(person.questions == ["password of root"])
                    let log = server.log
                    #expect(log.contains("Accepted \(method.rawValue)"), "\(log)")
                    #expect(!log.contains("Failed") && !log.contains(Self.right), "\(log)")
                }
            }
        }

        @Test("a connection keeps its contract", arguments: HostConnectionContract.all)
        func contract(_ contract: HostConnectionContract) async throws {
            try await LocalSSHD.run(Self.configuration()) { server in
                let connection = try await Person { _ in Self.right }.connector
                    .connect(to: Self.endpoint(server))
                try await contract.check(connection)
                await connection.close()
            }
        }

        @Test(
            "a wrong one is heard once, however many connections have it",
            arguments: Method.allCases
        )
        func wrong(_ method: Method) async throws {
            try await LocalSSHD.run(Self.configuration(method)) { server in
                let person = Person { _ in "hunter2" }
                let connector = person.connector
                let endpoint = Self.endpoint(server)
                let messages = try await withThrowingTaskGroup(of: HostFailure.self) { group in
                    for _ in 0..<3 {
                        group.addTask { try await Self.failure(endpoint, connector) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let refused = messages.filter { $0.message.contains("does not take the password") }
                #expect(refused.count == 1, "\(messages)")
                for words in ["method \(method.rawValue)", "the server offers \(method.rawValue)"] {
                    #expect(refused.first?.message.contains(words) == true, "\(messages)")
                }
                #expect(refused.first?.hint?.contains("sent once to each host") == true)
                #expect(
                    messages.count { $0.message.contains("did not take the password before") } == 2
                )
                #expect(!"\(messages)".contains("hunter2"))
                #expect(person.questions.count == 1)
                let failures = server.log.split(separator: "\n").filter {
                    $0.contains("Failed \(method.rawValue)") || $0.contains("PAM: Authentication f")
                }
                #expect(failures.count == 1, "\(server.log)")
            }
        }

        @Test("a server that hangs up at a wrong one is not told it again")
        func hangUp() async throws {
            let strict = Self.configuration(
                .password,
                ["PubkeyAuthentication no", "MaxAuthTries 1"]
            )
            try await LocalSSHD.run(strict) { server in
                let connector = Person { _ in "hunter2" }.connector
                for words in ["hung up once it had the password: Too many", "not sent it again"] {
                    let failure = try await Self.failure(Self.endpoint(server), connector)
                    #expect(failure.message.contains(words), "\(failure)")
                    #expect(failure.hint?.contains("sent once to each host") == true)
                }
            }
        }

        @Test("keys go first, and a key that is taken needs no password")
        func keysFirst() async throws {
            try await LocalSSHD.run(Self.configuration(.password, [])) { server in
                let person = Person { _ in Self.right }
                let endpoint = Self.endpoint(server, keys: true)
                await (try await person.connector.connect(to: endpoint)).close()
                #expect(person.questions == [])
                var stranger = endpoint
                stranger.identityFiles = ["/nonexistent/key"]
                await (try await person.connector.connect(to: stranger)).close()
                #expect(person.questions == ["password of root"])
            }
        }

        @Test(
            "where the server wants several, in whatever order, it gets them",
            arguments: [
                "publickey,password", "password,publickey", "publickey,keyboard-interactive",
                "keyboard-interactive,publickey", "password,keyboard-interactive",
                "publickey,password,keyboard-interactive",
            ]
        )
        func several(_ methods: String) async throws {
            let both = LocalSSHD.Configuration(
                lines: [
                    "AuthenticationMethods \(methods)", "UsePAM yes", "PasswordAuthentication yes",
                    "KbdInteractiveAuthentication yes", "LogLevel VERBOSE",
                ],
                password: Self.right
            )
            try await LocalSSHD.run(both) { server in
                let person = Person { _ in Self.right }
                let endpoint = Self.endpoint(server, keys: methods.contains("publickey"))
                let connection = try await person.connector.connect(to: endpoint)
                let result = try await connection.run(RemoteCommand(["echo", "in"]))
                #expect(result.outputText == "in\n")
                await connection.close()
                for method in methods.split(separator: ",") {
                    let word = method == methods.split(separator: ",").last ? "Accepted" : "Partial"
                    #expect(server.log.contains("\(word) \(method)"), "\(server.log)")
                }
            }
        }

        @Test("a key that is not enough is told to be taken, and the password to be missing")
        func keyAlone() async throws {
            let both = Self.configuration(.password, ["AuthenticationMethods publickey,password"])
            try await LocalSSHD.run(both) { server in
                let failure = try await Self.failure(server.endpoint, SSHConnector())
                #expect(failure.message.contains("takes \(server.userKey) and then wants more"))
                #expect(failure.message.contains("goes on with password"), "\(failure)")
                #expect(failure.hint?.contains("password: ask") == true, "\(failure)")
                let wrong = Person { _ in "hunter2" }
                let refused = try await Self.failure(
                    Self.endpoint(server, keys: true),
                    wrong.connector
                )
                #expect(refused.message.contains("does not take the password"), "\(refused)")
            }
        }

        @Test("a server that takes no password is told to be that, and hears none")
        func notOffered() async throws {
            let keysOnly = LocalSSHD.Configuration(
                lines: ["PasswordAuthentication no", "KbdInteractiveAuthentication no"],
                password: Self.right
            )
            try await LocalSSHD.run(keysOnly) { server in
                let person = Person { _ in Self.right }
                let failure = try await Self.failure(Self.endpoint(server), person.connector)
                #expect(failure.message.contains("asks for no password"), "\(failure)")
                #expect(failure.message.contains("the server offers publickey"), "\(failure)")
                #expect(failure.hint?.contains("PasswordAuthentication") == true)
                #expect(person.questions == [])
            }
        }

        @Test("a server without keys says which setting lets a password in")
        func unset() async throws {
            try await LocalSSHD.run(Self.configuration()) { server in
                let failure = try await Self.failure(server.endpoint, SSHConnector())
                #expect(failure.message.contains("takes no keys: the server offers password"))
                #expect(failure.hint?.contains("`password: ask`") == true, "\(failure)")
            }
        }

        @Test("a password that has expired is told to be, as the new one is asked for")
        func expired() async throws {
            var expired = Self.configuration(.keyboardInteractive)
            expired.passwordIsExpired = true
            expired.pam.append("password required pam_unix.so")
            try await LocalSSHD.run(expired) { server in
                let person = Person { _ in Self.right }
                let failure = try await Self.failure(Self.endpoint(server), person.connector)
                #expect(failure.message.contains("asks for more than the password"), "\(failure)")
                #expect(failure.message.contains("urrent password:"), "\(failure)")
                #expect(failure.message.contains("required to change your password"), "\(failure)")
                #expect(failure.hint?.contains("has the password expired") == true, "\(failure)")
            }
        }

        @Test("an exchange without a question is not taken for a password that was refused")
        func unasked() async throws {
            var denied = Self.configuration(.keyboardInteractive)
            denied.pam[0] = "auth required pam_deny.so"
            try await LocalSSHD.run(denied) { server in
                let person = Person { _ in Self.right }
                let connector = person.connector
                for _ in 0..<2 {
                    let failure = try await Self.failure(Self.endpoint(server), connector)
                    #expect(failure.message.contains("refused without asking"), "\(failure)")
                }
            }
            var permitted = Self.configuration(.keyboardInteractive)
            permitted.pam[0] = "auth required pam_permit.so"
            try await LocalSSHD.run(permitted) { server in
                let person = Person { _ in Self.right }
                await (try await person.connector.connect(to: Self.endpoint(server))).close()
            }
        }

        @Test("a host whose key is not known hears nothing, and nobody is asked")
        func unknownHost() async throws {
            try await LocalSSHD.run(Self.configuration()) { server in
                try server.writeKnownHosts([])
                let person = Person { _ in Self.right }
                try await expectFailure(.hostKeyUnknown) {
                    try await person.connector.connect(to: Self.endpoint(server))
                }
                #expect(person.questions == [])
                #expect(!server.log.contains("for root"), "\(server.log)")
            }
        }

        @Test("a jump host has its own, and hears only that")
        func jump() async throws {
            var gate = Self.configuration()
            gate.password = "of the gate"
            try await LocalSSHD.run(Self.configuration()) { target in
                try await LocalSSHD.run(gate) { jump in
                    var endpoint = Self.endpoint(target)
                    endpoint.knownHostsFiles.append(jump.knownHosts)
                    endpoint.jumps = [
                        JumpHost(host: "127.0.0.1", port: jump.port, user: "root")
                    ]
                    let question = "password of root on the jump host 127.0.0.1:\(jump.port)"
                    let person = Person { $0 == question ? "of the gate" : Self.right }
                    let alone = try await Self.failure(endpoint, person.connector)
                    #expect(alone.message.contains("jump host"), "\(alone)")
                    #expect(alone.hint?.contains("jump-password") == true, "\(alone)")
                    #expect(person.questions == [])
                    endpoint.jumpPassword = .asked
                    let connection = try await person.connector.connect(to: endpoint)
                    let result = try await connection.run(RemoteCommand(["echo", "in"]))
                    #expect(result.outputText == "in\n")
                    await connection.close()
                    #expect(person.questions == [question, "password of root"])
                    #expect(!(jump.log + target.log).contains("Failed"), "\(jump.log)")
                    let wrong = Person { _ in Self.right }
                    let connector = wrong.connector
                    let refused = try await Self.failure(endpoint, connector)
                    #expect(refused.message.contains("jump host 127.0.0.1"), "\(refused)")
                    #expect(refused.message.contains("does not take the password"))
                }
            }
        }

        @Test("it is read from a file that nobody else may read")
        func file() async throws {
            try await LocalSSHD.run(Self.configuration()) { server in
                let path = server.directory.appending(path: "secret").path
                var endpoint = Self.endpoint(server)
                endpoint.password = .file(path)
                try (Self.right + "\nnot this\n")
                    .write(toFile: path, atomically: false, encoding: .utf8)
                chmod(path, 0o644)
                let failure = try await Self.failure(endpoint, SSHConnector())
                #expect(failure.message.contains("can be read by others (mode 644)"), "\(failure)")
                chmod(path, 0o600)
                await (try await SSHConnector().connect(to: endpoint)).close()
                #expect(!server.log.contains("Failed"))
            }
        }

        @Test("where nobody can be asked, that is the error")
        func nobody() async throws {
            try await LocalSSHD.run(Self.configuration()) { server in
                let failure = try await Self.failure(Self.endpoint(server), SSHConnector())
                #expect(failure.message.contains("no password of root: there is no terminal"))
            }
        }
    }
}
