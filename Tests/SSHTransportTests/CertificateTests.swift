import Foundation
import RemoteHost
import Testing

@testable import SSHTransport

extension RealSSHD {
    @Suite("Certificates of users with a real sshd")
    struct Certificates {
        /// A server that knows no key, only an authority.
        private static func run(
            _ type: String,
            signing options: [String],
            _ body: (LocalSSHD) async throws -> Void
        ) async throws {
            let authority = FileManager.default.temporaryDirectory
                .appending(path: "rekindle-ca-\(UUID().uuidString)").path
            try Tool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority)
            defer {
                for file in [authority, "\(authority).pub"] {
                    try? FileManager.default.removeItem(atPath: file)
                }
            }
            let configuration = LocalSSHD.Configuration(
                lines: ["TrustedUserCAKeys \(authority).pub"],
                userKey: ["-t", type]
            )
            try await LocalSSHD.run(configuration) { server in
                try "".write(
                    to: server.directory.appending(path: "authorized_keys"),
                    atomically: true,
                    encoding: .utf8
                )
                try Tool.run(
                    "/usr/bin/ssh-keygen",
                    ["-q", "-s", authority, "-I", "night-shift"] + options
                        + ["\(server.userKey).pub"]
                )
                try await body(server)
            }
        }

        private static func failure(
            _ server: LocalSSHD,
            _ settings: SSHConnector.Settings = SSHConnector.Settings()
        ) async -> HostFailure? {
            do {
                await (try server.connect(settings)).close()
                return nil
            } catch {
                if !(error is HostFailure) { Issue.record("\(error)") }
                return error as? HostFailure
            }
        }

        private static func expectLogin(
            _ server: LocalSSHD,
            _ settings: SSHConnector.Settings = SSHConnector.Settings(),
            sourceLocation: SourceLocation = #_sourceLocation
        ) async {
            let failure = await failure(server, settings)
            #expect(failure == nil, sourceLocation: sourceLocation)
        }

        private static let canUseEd25519 = AuthenticationCandidate.namesSignaturesOfCertificates

        @Test("an ECDSA certificate beside its key logs in, where the key alone would not")
        func ecdsa() async throws {
            try await Self.run("ecdsa", signing: ["-n", NSUserName()]) { server in
                await Self.expectLogin(server)
                try FileManager.default.removeItem(atPath: server.userKey + "-cert.pub")
                #expect(await Self.failure(server)?.kind == .authentication)
            }
        }

        @Test("the agent signs for a certificate, its own or that of a named file")
        func agent() async throws {
            try await Self.run("ecdsa", signing: ["-n", NSUserName()]) { server in
                try await LocalAgent.run { agent in
                    try agent.add(server.userKey)
                    try FileManager.default.removeItem(atPath: server.userKey)
                    let settings = SSHConnector.Settings(agentSocket: agent.socket)
                    await Self.expectLogin(server, settings)
                    try FileManager.default.removeItem(atPath: server.userKey + "-cert.pub")
                    try FileManager.default.removeItem(atPath: server.userKey + ".pub")
                    await Self.expectLogin(server, settings)
                }
            }
        }

        @Test(
            "what is wrong with a certificate that the server refused is told",
            arguments: [
                (["-n", NSUserName(), "-V", "20200101:20200102"], "it expired at 2020-01-0"),
                (["-n", NSUserName(), "-V", "20990101:20990102"], "it holds only from 20"),
                (["-n", "alice,bob"], "it is for alice, bob"), ([], "it names no principal"),
                (["-h", "-n", "etcd-1"], "it is the certificate of a host"),
            ]
        )
        func refused(_ options: [String], _ reason: String) async throws {
            try await Self.run("ecdsa", signing: options) { server in
                let failure = try #require(await Self.failure(server))
                #expect(failure.kind == .authentication)
                #expect(
                    failure.message.contains("the certificate of \(server.userKey): the server")
                )
                #expect(failure.message.contains(reason), "\(failure.message)")
            }
        }

        @Test("another key's certificate is not offered, and the key itself still is")
        func foreign() async throws {
            try await Self.run("ecdsa", signing: ["-n", NSUserName()]) { server in
                let other = server.directory.appending(path: "other").path
                try Tool.run("/usr/bin/ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", other)
                try FileManager.default.moveItem(
                    atPath: server.userKey + "-cert.pub",
                    toPath: other + "-cert.pub"
                )
                var endpoint = server.endpoint
                endpoint.identityFiles = [other]
                do {
                    await (try SSHConnector().connect(to: endpoint)).close()
                    Issue.record("it was let in")
                } catch let failure as HostFailure {
                    #expect(failure.message.contains("it is another key's: not used"))
                    #expect(failure.message.contains("; \(other): the server does not accept it"))
                }
            }
        }

        @Test(
            "a type that libssh2 cannot sign with is named, with what to do instead",
            arguments: canUseEd25519 ? ["rsa"] : ["rsa", "ed25519"]
        )
        func unsupported(_ type: String) async throws {
            try await Self.run(type, signing: ["-n", NSUserName()]) { server in
                let failure = try #require(await Self.failure(server))
                #expect(failure.message.contains("-cert-v01@openssh.com is not supported"))
                #expect(failure.hint?.contains("make an ECDSA key") == true)
            }
        }

        @Test(
            "an Ed25519 certificate logs in",
            .enabled(if: canUseEd25519, "needs libssh2 1.11")
        )
        func ed25519() async throws {
            try await Self.run("ed25519", signing: ["-n", NSUserName()]) { server in
                await Self.expectLogin(server)
            }
        }
    }
}

@Suite("What a user's certificate says")
struct UserCertificateTests {
    @Test(
        "it is read as ssh-keygen wrote it, with the key that it is for",
        .enabled(if: LocalSSHD.isAvailable, "needs OpenSSH"),
        arguments: ["ed25519", "ecdsa", "rsa"]
    )
    func read(_ type: String) throws {
        try TemporaryDirectory.with { folder in
            let key = folder.appending(path: "id").path
            let authority = folder.appending(path: "ca").path
            for (path, kind) in [(key, type), (authority, "ed25519")] {
                try Tool.run("/usr/bin/ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path)
            }
            try Tool.run(
                "/usr/bin/ssh-keygen",
                ["-q", "-s", authority, "-I", "night shift", "-n", "ops,root", "-V"]
                    + ["0x10:0x20", "\(key).pub"]
            )
            let file = try PrivateKeyFile(path: key)
            let certificate = try #require(file.certificate)
            #expect(certificate.publicBlob == file.publicBlob)
            #expect(certificate.principals == ["ops", "root"])
            #expect(certificate.validity == 16..<32)
            #expect(certificate.objection(to: "ops", at: 16) == nil)
            #expect(
                certificate.objection(to: "ops", at: 15)
                    == "it holds only from 1970-01-01T00:00:16Z on"
            )
            #expect(
                certificate.objection(to: "ops", at: 32) == "it expired at 1970-01-01T00:00:32Z"
            )
            // what stands behind the validity is the server's to read
            let times: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 32]
            let end = try #require(certificate.blob.firstRange(of: times)).upperBound
            #expect(UserCertificate(blob: Array(certificate.blob.prefix(end))) != nil)
            for count in 0..<end {
                #expect(UserCertificate(blob: Array(certificate.blob.prefix(count))) == nil)
            }
        }
    }

    @Test("a plain key and a type that is not known are none")
    func none() {
        #expect(UserCertificate(blob: TestKey.a.blob) == nil)
        var writer = WireWriter()
        writer.string(Array("ssh-dss-cert-v01@openssh.com".utf8))
        #expect(UserCertificate(blob: writer.bytes) == nil)
        #expect(UserCertificate(blob: []) == nil)
    }
}
