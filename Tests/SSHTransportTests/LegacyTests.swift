import Foundation
import RemoteHost
import Testing

@testable import SSHTransport

extension RealSSHD {
    @Suite("Servers that have SHA-1 and nothing newer")
    struct Legacy {
        struct Case: Sendable, CustomTestStringConvertible {
            var line: String
            var hostKey = "ed25519"
            /// What the message says that the server offers.
            var says: String
            var testDescription: String { line }
        }

        static let cases = [
            Case(
                line: "KexAlgorithms diffie-hellman-group14-sha1",
                says: "key exchange: the server offers diffie-hellman-group14-sha1"
            ),
            Case(line: "MACs hmac-sha1", says: "MAC to the server: the server offers hmac-sha1"),
            Case(
                line: "HostKeyAlgorithms ssh-rsa",
                hostKey: "rsa",
                says: "host key: the server offers ssh-rsa"
            ),
        ]

        private static func run(
            _ lines: [String],
            hostKey: String = "ed25519",
            _ body: (LocalSSHD) async throws -> Void
        ) async throws {
            let configuration = LocalSSHD.Configuration(lines: lines, hostKeyTypes: [hostKey])
            try await LocalSSHD.run(configuration, body)
        }

        @Test(arguments: cases)
        func `are refused, and the error names the setting`(_ given: Case) async throws {
            try await Self.run([given.line], hostKey: given.hostKey) { server in
                let failure = try await RealSSHD.failure(server.endpoint)
                #expect(failure.kind == .noCommonAlgorithm)
                #expect(failure.message.contains(given.says), "\(failure.message)")
                #expect(failure.hint?.contains("`legacy: true` under `ssh`") == true)
            }
        }

        @Test(arguments: cases)
        func `are reached with legacy`(_ given: Case) async throws {
            try await Self.run([given.line], hostKey: given.hostKey) { server in
                var endpoint = server.endpoint
                endpoint.legacy = true
                let connection = try await SSHConnector().connect(to: endpoint)
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                await connection.close()
            }
        }

        static let never = [
            "Ciphers aes128-cbc", "Ciphers 3des-cbc", "KexAlgorithms diffie-hellman-group1-sha1",
            "KexAlgorithms diffie-hellman-group-exchange-sha1", "MACs hmac-md5",
        ]

        @Test(arguments: never)
        func `worse than SHA-1 is not offered with legacy either`(_ line: String) async throws {
            try await Self.run([line]) { server in
                var endpoint = server.endpoint
                for legacy in [nil, true] {
                    endpoint.legacy = legacy
                    let failure = try await RealSSHD.failure(endpoint)
                    #expect(failure.kind == .noCommonAlgorithm)
                    #expect(failure.hint?.contains("legacy") == false)
                }
            }
        }

        @Test func `a server that has both is spoken to with the newer ones`() async throws {
            try await Self.run([
                "KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group14-sha256",
                "MACs hmac-sha1,hmac-sha2-256",
            ]) { server in
                let connection = try await server.connect()
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                await connection.close()
            }
        }
    }
}

@Suite("What is offered in a key exchange")
struct OfferedAlgorithmsTests {
    @Test func `what is offered has no SHA-1, CBC, 3DES or MD5`() {
        let usual = AlgorithmPreferences()
        let names =
            usual.keyExchange + usual.ciphers + usual.macs
            + usual.hostKeys(knownTypes: ["ssh-rsa", "ssh-ed25519"])
        for name in names {
            #expect(!name.hasSuffix("sha1") && !name.contains("cbc") && name != "ssh-rsa")
        }
        let legacy = AlgorithmPreferences(withSHA1: true)
        #expect(legacy.keyExchange.last == "diffie-hellman-group14-sha1")
        #expect(legacy.macs.last == "hmac-sha1" && legacy.ciphers == usual.ciphers)
    }
}
