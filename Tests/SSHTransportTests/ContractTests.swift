import LocalTransport
import RemoteHost
import TestSupport
import Testing

/// The suites that start an sshd: one after the other, as they measure nothing but load the machine.
@Suite("SSH with a real sshd", .serialized, .enabled(if: LocalSSHD.isAvailable, "needs OpenSSH"))
enum RealSSHD {}

@Suite("The contract of a host connection, scripted")
struct ScriptedContractTests {
    @Test("the scripted host keeps it", arguments: HostConnectionContract.all)
    func keeps(_ contract: HostConnectionContract) async throws {
        let host = ContractCommand.scriptedHost()
        try await contract.check(host.connect())
        #expect(host.unscripted == [])
    }

    @Test("an unscripted command is an error, and is remembered")
    func unscripted() async throws {
        let host = ContractCommand.scriptedHost()
        let command = RemoteCommand(["rm", "-rf", "/"])
        await #expect(throws: ScriptedHost.UnscriptedCommand.self) {
            try await host.connect().run(command)
        }
        #expect(host.unscripted == [command])
        #expect(host.commands == [command])
    }

    @Test("the fleet connects by name, and fails where it was told to")
    func fleet() async throws {
        let host = ContractCommand.scriptedHost()
        let fleet = FakeFleet([host])
        let endpoint = HostEndpoint(host: "etcd-1", user: "ops")
        fleet.failNextConnection(with: HostFailure(.timedOut, host: "etcd-1", "no answer"))
        try await expectFailure(.timedOut) { try await fleet.connect(to: endpoint) }
        let connection = try await fleet.connect(to: endpoint)
        #expect(try await connection.run(ContractCommand.hello.command).isSuccess)
        await connection.close()
        let again = try await fleet.connect(to: endpoint)
        #expect(try await again.run(ContractCommand.hello.command).isSuccess)
        try await expectFailure(.unreachable) {
            try await fleet.connect(to: HostEndpoint(host: "etcd-9", user: "ops"))
        }
        #expect(fleet.endpoints.map(\.host) == ["etcd-1", "etcd-1", "etcd-1", "etcd-9"])
        #expect(fleet[host: "etcd-1"]?.commands.count == 2)
    }
}

@Suite("The contract of a host connection, on this machine")
struct LocalContractTests {
    @Test("this machine keeps it", arguments: HostConnectionContract.all)
    func keeps(_ contract: HostConnectionContract) async throws {
        let connection = try await LocalConnector()
            .connect(to: HostEndpoint(host: "here", user: "nobody"))
        try await contract.check(connection)
        await connection.close()
    }
}

extension RealSSHD {
    @Suite("The contract of a host connection, over SSH")
    struct Contract {
        @Test("a connection to sshd keeps it", arguments: HostConnectionContract.all)
        func keeps(_ contract: HostConnectionContract) async throws {
            try await LocalSSHD.run { server in
                let connection = try await server.connect()
                try await contract.check(connection)
                await connection.close()
            }
        }

        @Test(
            "an IPv6 address and a port of its own are reached, and known by both",
            .enabled(if: LocalSSHD.hasIPv6Loopback, "needs ::1 on this machine")
        )
        func version6() async throws {
            try await LocalSSHD.run(LocalSSHD.Configuration(address: "::1")) { server in
                let connection = try await server.connect()
                let result = try await connection.run(ContractCommand.hello.command)
                await connection.close()
                #expect(result.outputText == "hello\n")
                try server.writeKnownHosts(["::1 " + server.hostKey()])
                await (try server.connect()).close()
                try server.writeKnownHosts(["[127.0.0.1]:\(server.port) " + server.hostKey()])
                try await expectFailure(.hostKeyUnknown) { try await server.connect() }
            }
        }
    }
}
