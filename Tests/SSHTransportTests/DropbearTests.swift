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
