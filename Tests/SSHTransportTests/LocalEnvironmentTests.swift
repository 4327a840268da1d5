import Glibc
import LocalTransport
import RemoteHost
import Testing

/// To etcd and its tools each variable `ETCD_…` is a flag: `ETCD_CONFIG_FILE` is another configuration.
@Suite("The environment of a drill on this machine", .serialized)
struct LocalEnvironmentTests {
    private func variables(_ connector: LocalConnector) async throws -> [String] {
        let connection = try await connector.connect(
            to: HostEndpoint(host: "here", user: "nobody", become: .none)
        )
        let result = try await connection.run(
            RemoteCommand(["env"]),
            input: .none,
            output: .kept,
            limits: CommandLimits(deadline: .seconds(30))
        )
        await connection.close()
        return result.outputText.split(separator: "\n").map(String.init)
    }

    @Test("is that of a login: nothing of this process's that is meant for production reaches it")
    func login() async throws {
        let stray = [
            "ETCD_CONFIG_FILE", "ETCDCTL_ENDPOINTS", "ETCD_DATA_DIR", "AWS_SECRET_ACCESS_KEY",
        ]
        for name in stray { setenv(name, "/etc/etcd/production", 1) }
        defer { for name in stray { unsetenv(name) } }
        let found = try await variables(LocalConnector())
        #expect(found.contains { $0.hasPrefix("PATH=") })
        #expect(!found.contains { $0.contains("production") }, "\(found)")
    }

    @Test("is another where one is given")
    func given() async throws {
        let found = try await variables(
            LocalConnector(environment: ["PATH": "/usr/bin:/bin", "A": "b c"])
        )
        #expect(found.contains("A=b c"))
        #expect(!found.contains { $0.hasPrefix("HOME=") })
    }
}
