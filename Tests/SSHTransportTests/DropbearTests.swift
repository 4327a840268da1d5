import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite(
        "Dropbear as server",
        .enabled(if: LocalDropbear.isAvailable, "needs dropbear-bin, and root for a mount")
    )
    struct Dropbear {
        @Test("a connection to Dropbear keeps the contract", arguments: HostConnectionContract.all)
        func keeps(_ contract: HostConnectionContract) async throws {
            try await LocalDropbear.run { server in
                let connection = try await server.connect()
                try await contract.check(connection)
                await connection.close()
            }
        }

        @Test("many megabytes go both ways as they are")
        func bytes() async throws {
            try await LocalDropbear.run { server in
                let sent = (0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) }
                let connection = try await server.connect()
                let result = try await connection.run(
                    RemoteCommand(["cat"]),
                    input: .stream(ArrayStream(sent)),
                    limits: CommandLimits(keptOutput: sent.count + 1)
                )
                await connection.close()
                #expect(result.output == sent)
            }
        }

        @Test("a password is taken where it is right, and told to be wrong where it is not")
        func password() async throws {
            try await LocalDropbear.run(password: "correct horse 31") { server in
                var endpoint = server.endpoint
                endpoint.identityFiles = []
                endpoint.password = .asked
                let right = SSHConnector.Settings(ask: { _ in "correct horse 31" })
                let connection = try await SSHConnector(settings: right).connect(to: endpoint)
                let result = try await connection.run(RemoteCommand(["echo", "in"]))
                #expect(result.outputText == "in\n")
                await connection.close()
                let wrong = SSHConnector.Settings(ask: { _ in "wrong" })
                let failure = try await RealSSHD.failure(endpoint, wrong)
                #expect(failure.kind == .authentication)
                #expect(failure.message.contains("does not take the password"), "\(failure)")
            }
        }

        @Test("a user whom it does not know is refused as by OpenSSH")
        func stranger() async throws {
            try await LocalDropbear.run { server in
                var endpoint = server.endpoint
                endpoint.user = "daemon"
                try await expectFailure(.authentication) {
                    try await SSHConnector().connect(to: endpoint)
                }
            }
        }
    }
}
