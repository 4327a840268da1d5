import ClusterInventory
import RemoteHost
import Testing

@Suite("`legacy` in an inventory")
struct LegacyTests {
    @Test func `is off, on for all, or on for one member alone`() throws {
        func read(_ ssh: String, _ one: String) throws -> [Bool?] {
            let text = """
                cluster: {name: prod}
                ssh: {user: ops\(ssh)}
                members:
                  - {name: a, host: 10.0.0.1, initial-advertise-peer-urls: [http://10.0.0.1:2380]\(one)}
                  - {name: b, host: 10.0.0.2, initial-advertise-peer-urls: [http://10.0.0.2:2380]}
                  - {name: c, host: 10.0.0.3, initial-advertise-peer-urls: [http://10.0.0.3:2380]}
                """
            let (inventory, diagnostics) = InventoryReader.read(
                Array(text.utf8),
                file: "f",
                surroundings: Surroundings(user: "me", home: "/home/me", folder: "/etc")
            )
            #expect(diagnostics.isEmpty, "\(diagnostics)")
            return try #require(inventory).members.map(\.endpoint.legacy)
        }
        #expect(try read("", "") == [nil, nil, nil])
        #expect(try read(", legacy: false", "") == [nil, nil, nil])
        #expect(try read(", legacy: true", "") == [true, true, true])
        #expect(try read("", ", ssh: {legacy: true}") == [true, nil, nil])
        #expect(try read(", legacy: true", ", ssh: {legacy: false}") == [nil, true, true])
    }

    @Test func `reaches the jump hosts on the way as well`() {
        let endpoint = HostEndpointWithJump.make(legacy: true)
        #expect(endpoint.lastJump?.legacy == true)
        #expect(HostEndpointWithJump.make(legacy: nil).lastJump?.legacy == nil)
    }
}

private enum HostEndpointWithJump {
    static func make(legacy: Bool?) -> HostEndpoint {
        HostEndpoint(
            host: "10.0.0.1",
            user: "ops",
            jumps: [JumpHost(host: "gate", user: "ops")],
            legacy: legacy
        )
    }
}
