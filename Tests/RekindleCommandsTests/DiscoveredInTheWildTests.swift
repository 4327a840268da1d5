import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@testable import RekindleCommands

@Suite("An inventory of etcd as others set it up")
struct DiscoveredInTheWildTests {
    private func member(_ host: WildHost, list: MemberList? = nil) throws -> DiscoveredMember {
        let facts = try #require(host.facts())
        let url = facts.configuration["advertise-client-urls"]
        return DiscoveredMember(
            host: WildHost.host,
            user: nil,
            port: nil,
            service: host.service,
            facts: facts,
            files: ClientFiles.candidates(facts, clientURL: url).first(where: host.has)
                .map { ClientFiles($0, isProven: false) },
            list: list
        )
    }

    private func draft(_ cluster: DiscoveredCluster) -> InventoryDraft {
        InventoryDraft(
            cluster: cluster,
            clusterName: "prod",
            ssh: ["user: \"ops\""],
            origin: "on a day"
        )
    }

    private func read(_ text: String) -> (inventory: Inventory?, diagnostics: [Diagnostic]) {
        InventoryReader.read(
            Array(text.utf8),
            file: "inventory.yaml",
            surroundings: Surroundings(user: "me", home: "/home/me", folder: "/here")
        )
    }

    @Test(
        "is the one that is kept, and is read back without a finding",
        arguments: WildHost.allCases
    )
    func golden(host: WildHost) throws {
        let text = draft(DiscoveredCluster([try member(host)], list: nil)).text
        GoldenFile.expect(text, in: "discovered/\(host.rawValue).yaml")
        let (inventory, diagnostics) = read(text)
        #expect(diagnostics.filter { $0.severity == .error } == [])
        #expect(inventory?.members.count == 1)
        #expect(inventory?.members.first?.service == host.service)
    }

    @Test("takes a dead member whose settings cannot be read for the one the others know there")
    func deadAndUnreadable() throws {
        let list = MemberList(entries: [
            MemberList.Entry(
                id: MemberID(rawValue: 1),
                name: "etcd-1",
                peerURLs: ["https://10.0.0.1:2380"]
            ),
            MemberList.Entry(
                id: MemberID(rawValue: 2),
                name: "etcd-2",
                peerURLs: ["https://10.0.0.2:2380"]
            ),
        ])
        let cluster = DiscoveredCluster([try member(.unreadableFile, list: list)], list: list)
        #expect(cluster.members.map(\.name) == ["etcd-1", "etcd-2"])
        #expect(cluster.members[0].peerURLs == ["https://10.0.0.1:2380"])
    }

    @Test("guesses no name where several members are on one host")
    func severalOnOneHost() throws {
        let list = MemberList(
            entries: [2380, 2480].map { port in
                MemberList.Entry(
                    id: MemberID(rawValue: UInt64(port)),
                    name: "etcd-\(port)",
                    peerURLs: ["https://10.0.0.1:\(port)"]
                )
            }
        )
        let one = try member(.unreadableFile, list: list)
        #expect(one.name == "default")
        #expect(one.remarks.contains { $0.hasPrefix("its name could not be known") })
    }

    @Test(
        "of names and URLs that no inventory may hold is told before a file is written",
        arguments: ["", "a\nb", "\u{1B}[2J", "a=b,c", "../x", "$(reboot)"]
    )
    func hostileNames(name: String) {
        let list = MemberList(entries: [
            MemberList.Entry(id: MemberID(rawValue: 1), name: name, peerURLs: ["https://\(name):1"])
        ])
        let text = draft(DiscoveredCluster([], list: list)).text
        #expect(!text.contains("\u{1B}"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("  - name:") } == 1)
        #expect(read(text).diagnostics.contains { $0.severity == .error })
    }
}
