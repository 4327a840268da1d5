import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite("Host keys of a real sshd")
    struct HostKeys {
        private static func failure(
            _ server: LocalSSHD
        ) async -> HostFailure? {
            do {
                await (try server.connect()).close()
                return nil
            } catch {
                return error as? HostFailure
            }
        }

        private static func fingerprint(_ server: LocalSSHD) throws -> String {
            let file = server.directory.appending(path: "host_ed25519.pub").path
            let words = try Tool.run("/usr/bin/ssh-keygen", "-lf", file).split(separator: " ")
            return String(words[1])
        }

        @Test("an unknown one is refused, with its fingerprint and how to verify it")
        func unknown() async throws {
            try await LocalSSHD.run { server in
                try server.writeKnownHosts([])
                let failure = try #require(await Self.failure(server))
                #expect(failure.kind == .hostKeyUnknown)
                #expect(failure.message.contains("ssh-ed25519 \(try Self.fingerprint(server))"))
                let hint = try #require(failure.hint)
                #expect(hint.contains("ssh-keyscan -t ed25519 -p \(server.port) 127.0.0.1"))
                #expect(hint.contains("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"))
            }
        }

        @Test("no known_hosts file at all is the same as an empty one")
        func noFile() async throws {
            try await LocalSSHD.run { server in
                try FileManager.default.removeItem(atPath: server.knownHosts)
                #expect(await Self.failure(server)?.kind == .hostKeyUnknown)
            }
        }

        @Test("files that cannot be read and bad lines are in the hint")
        func unreadable() async throws {
            try await LocalSSHD.run { server in
                try server.writeKnownHosts(["# note", "nonsense"])
                var endpoint = server.endpoint
                endpoint.knownHostsFiles = [server.directory.path, server.knownHosts]
                do {
                    _ = try await SSHConnector().connect(to: endpoint)
                    Issue.record("it connected")
                } catch let failure as HostFailure {
                    let hint = try #require(failure.hint)
                    #expect(
                        hint.contains("could not read \(server.directory.path): it is not a file")
                    )
                    #expect(hint.contains("the first is \(server.knownHosts):2"))
                }
            }
        }

        @Test("a changed one is refused, with both fingerprints and the line")
        func changed() async throws {
            try await LocalSSHD.run { server in
                let other = try String(contentsOfFile: server.userKey + ".pub", encoding: .utf8)
                try server.writeKnownHosts(["# note", "[127.0.0.1]:\(server.port) \(other)"])
                let failure = try #require(await Self.failure(server))
                #expect(failure.kind == .hostKeyRejected)
                #expect(failure.message.contains("CHANGED"))
                #expect(failure.message.contains(try Self.fingerprint(server)))
                #expect(failure.message.contains("\(server.knownHosts):2"))
                #expect(failure.message.components(separatedBy: "SHA256:").count == 3)
                #expect(
                    failure.hint?.contains("ssh-keygen -R '[127.0.0.1]:\(server.port)'") == true
                )
            }
        }

        @Test("a revoked one is refused, although it is known too")
        func revoked() async throws {
            try await LocalSSHD.run { server in
                let key = try server.hostKey()
                try server.writeKnownHosts([
                    "[127.0.0.1]:\(server.port) \(key)", "@revoked * \(key)",
                ])
                let failure = try #require(await Self.failure(server))
                #expect(failure.kind == .hostKeyRejected)
                #expect(failure.message.contains("REVOKED by \(server.knownHosts):2"))
            }
        }

        @Test(
            "of several keys the one that is known is asked for",
            arguments: ["ed25519", "ecdsa"]
        )
        func severalKeys(_ type: String) async throws {
            let both = LocalSSHD.Configuration(hostKeyTypes: ["ed25519", "ecdsa"])
            try await LocalSSHD.run(both) { server in
                try server.writeKnownHosts(["[127.0.0.1]:\(server.port) \(server.hostKey(type))"])
                #expect(await Self.failure(server) == nil)
            }
        }

        @Test("an entry that ssh-keygen -H has hashed is found")
        func hashed() async throws {
            try await LocalSSHD.run { server in
                try Tool.run("/usr/bin/ssh-keygen", "-q", "-H", "-f", server.knownHosts)
                let text = try String(contentsOfFile: server.knownHosts, encoding: .utf8)
                #expect(text.hasPrefix("|1|"))
                #expect(await Self.failure(server) == nil)
            }
        }

        @Test(
            "a server without an algorithm of ours is refused with the lists of both sides",
            arguments: [
                (["Ciphers chacha20-poly1305@openssh.com"], "chacha20-poly1305@openssh.com"),
                (["MACs hmac-sha2-256-etm@openssh.com"], "hmac-sha2-256-etm@openssh.com"),
                (["KexAlgorithms sntrup761x25519-sha512@openssh.com"], "sntrup761x25519-sha512"),
            ]
        )
        func noCommonAlgorithm(_ lines: [String], _ name: String) async throws {
            try await LocalSSHD.run(LocalSSHD.Configuration(lines: lines)) { server in
                let failure = try #require(await Self.failure(server))
                #expect(failure.kind == .noCommonAlgorithm)
                #expect(failure.message.contains("the server offers \(name)"))
                #expect(failure.message.contains("this side has "))
                #expect(!failure.isTransient)
            }
        }

        @Test("a server with an RSA host key only is refused by name where libssh2 is too old")
        func rsaHostKeyOnly() async throws {
            let rsa = LocalSSHD.Configuration(hostKeyTypes: ["rsa"])
            try await LocalSSHD.run(rsa) { server in
                // libssh2 1.11 and later can use it.
                guard let failure = await Self.failure(server) else { return }
                #expect(failure.kind == .noCommonAlgorithm)
                #expect(failure.message.contains("host key: the server offers rsa-sha2-512"))
            }
        }
    }
}
