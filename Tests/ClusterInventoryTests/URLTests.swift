import ClusterInventory
import EtcdModel
import RemoteHost
import TestSupport
import Testing

@Suite("Inventory: URLs")
struct URLTests {
    @Test(
        "says what is wrong with a URL",
        arguments: [
            ("10.0.0.1:2380", "has no scheme\nHINT: write http:// or https:// before it"),
            ("ftp://h:2380", "has the scheme \"ftp\"\nHINT: use http or https"),
            (
                "unix://h:2380",
                "is a unix socket, which no other host can reach\nHINT: use http or https"
            ),
            (
                "HTTPS://h:2380",
                "has its scheme in capitals\n"
                    + "HINT: write https://; etcd hashes the URL as it is written"
            ),
            ("http://h:2380/", "ends in a slash\nHINT: write \"http://h:2380\""),
            ("http://h:2380/raft", "has a path\nHINT: write \"http://h:2380\""),
            ("http://h:2380//", "has a path\nHINT: write \"http://h:2380\""),
            ("http://h:2380?a=b", "has a query\nHINT: write \"http://h:2380\""),
            ("http://h:2380#a", "has a fragment\nHINT: write \"http://h:2380\""),
            (
                "http://h",
                "has no port\nHINT: etcd's own are 2379 for clients and 2380 for peers"
            ),
            (
                "http://h:",
                "has no port\nHINT: etcd's own are 2379 for clients and 2380 for peers"
            ),
            ("http://:2380", "has no host"),
            ("http://h:0", "has the port \"0\"\nHINT: use 1 to 65535"),
            ("http://h:65536", "has the port \"65536\"\nHINT: use 1 to 65535"),
            ("http://h:02380", "has the port \"02380\"\nHINT: use 1 to 65535"),
            ("http://h:+80", "has the port \"+80\"\nHINT: use 1 to 65535"),
            (
                "http://fd00::1",
                "has an IPv6 address without brackets\nHINT: write http://[address]:port"
            ),
            ("http://[fd00::1", "has no IPv6 address in its brackets"),
            ("http://[10.0.0.1]:2380", "has no IPv6 address in its brackets"),
            (
                "http://[fd00::1]2380",
                "has no port\nHINT: etcd's own are 2379 for clients and 2380 for peers"
            ),
            ("http://10.0.0.300:2380", "has a host that is neither a name nor an address"),
            ("http://a_b-:2380", "has a host that is neither a name nor an address"),
            ("http://h: 2380", "has a blank or control character in it"),
            (
                "http://a:2380,http://b:2380",
                "is more than one URL\nHINT: write them as a list: [one, two]"
            ),
        ]
    )
    func fault(_ url: String, message: String) {
        for (key, name) in [
            ("initial-advertise-peer-urls", "peer"), ("advertise-client-urls", "client"),
        ] {
            let inventory = MarkedInventory(
                url,
                """
                cluster: {name: prod}
                members:
                  - name: a
                    host: h
                    \(name == "peer" ? "" : "initial-advertise-peer-urls: [http://x:1]")
                    \(key):
                      - 1️⃣"\(url)"
                """,
                Expected("1️⃣", "error: \(name) URL \"\(url)\" \(message)")
            )
            #expect(inventory.findings() == inventory.wanted)
        }
    }

    @Test("does not repeat a URL that may hold a password")
    func password() {
        let inventory = MarkedInventory.member(
            "password",
            peers: "[1️⃣\"http://root:hunter2@h:2380\"]",
            Expected(
                "1️⃣",
                "error: peer URL has user information before an \"@\"\n"
                    + "HINT: etcd's URLs name a host and a port only"
            )
        )
        #expect(inventory.findings() == inventory.wanted)
    }

    @Test(
        "accepts what etcd accepts, and keeps it as it is written",
        arguments: [
            "http://h:1", "https://Etcd-1.Example:65535", "https://[fd00::3]:2380",
            "https://[::ffff:10.0.0.1]:2380", "http://a_b.c:2380",
        ]
    )
    func good(_ url: String) {
        let (inventory, diagnostics) = InventoryReader.read(
            Array(MarkedInventory.member(url, peers: "[\"\(url)\"]").text.utf8),
            file: "f",
            surroundings: .test
        )
        #expect(diagnostics == [])
        #expect(inventory?.members.map(\.member.peerURLs) == [[url]])
    }

    @Test("wants a list with something in it")
    func emptyList() {
        let inventory = MarkedInventory.member(
            "empty",
            peers: "1️⃣[]",
            Expected("1️⃣", "error: \"initial-advertise-peer-urls\" in member \"a\" has no URL")
        )
        #expect(inventory.findings() == inventory.wanted)
    }
}

@Suite("A member that moves to another host")
struct MovedMemberTests {
    private func inventory(host: String, peer: String) -> Inventory {
        Inventory(
            clusterName: "prod",
            members: [
                InventoryMember(
                    member: Member(
                        name: "etcd-1",
                        peerURLs: [peer],
                        clientURLs: ["https://10.0.0.1:2379", "https://etcd-1.local:2379"]
                    ),
                    endpoint: HostEndpoint(host: host, user: "ops")
                )
            ],
            otherHosts: HostEndpoint(host: "", user: "ops")
        )
    }

    @Test(
        "has the new host in every URL that named the old one",
        arguments: [
            ("10.0.0.1", "https://10.0.0.1:2380", "10.0.0.9", "https://10.0.0.9:2380"),
            ("10.0.0.1", "https://10.0.0.1:2380", "fd00::9", "https://[fd00::9]:2380"),
            ("fd00::1", "https://[fd00::1]:2380", "etcd-9", "https://etcd-9:2380"),
        ]
    )
    func moves(old: String, peer: String, new: String, expected: String) throws {
        let moved = try #require(inventory(host: old, peer: peer).moving("etcd-1", to: new))
        let member = try #require(moved.members.first)
        #expect(member.endpoint.host == new)
        #expect(member.member.peerURLs == [expected])
        #expect(member.member.clientURLs.last == "https://etcd-1.local:2379")
    }

    @Test("collides with a member that is where it goes, unless all of it is another")
    func collides() throws {
        func two(_ spoil: (inout InventoryMember) -> Void) throws -> String? {
            var inventory = inventory(host: "10.0.0.1", peer: "https://10.0.0.1:2380")
            var other = InventoryMember(
                member: Member(
                    name: "etcd-2",
                    peerURLs: ["https://10.0.0.2:2390"],
                    clientURLs: ["https://10.0.0.2:2389"]
                ),
                endpoint: HostEndpoint(host: "10.0.0.2", user: "ops"),
                etcd: EtcdSettings(dataDir: "/var/lib/etcd-two"),
                service: ServiceSettings(unit: "etcd-two.service")
            )
            inventory.members[0].etcd.dataDir = "/var/lib/etcd"
            spoil(&other)
            inventory.members.append(other)
            return try #require(inventory.moving("etcd-1", to: "10.0.0.2")).conflict(of: "etcd-1")
        }
        #expect(try two { _ in } == nil)
        #expect(
            try two {
                $0.endpoint.host = "10.0.0.3"
                $0.service = ServiceSettings()
            } == nil
        )
        #expect(
            try two { $0.service = ServiceSettings() }
                == "etcd-2 is on 10.0.0.2, and is etcd.service"
        )
        #expect(
            try two { $0.etcd.dataDir = "/var/lib/etcd/two" }
                == "etcd-2 is on 10.0.0.2, and its data is in /var/lib/etcd/two"
        )
        #expect(
            try two {
                $0.member = Member(
                    name: "etcd-2",
                    peerURLs: ["https://10.0.0.2:2380"],
                    clientURLs: []
                )
            } == "etcd-2 is on 10.0.0.2, and has 10.0.0.2 port 2380"
        )
    }

    @Test("cannot be told where no peer URL names its host", arguments: ["10.0.0.11", "etcd-1"])
    func unclear(host: String) {
        let inventory = inventory(host: host, peer: "https://10.0.0.1:2380")
        #expect(inventory.moving("etcd-1", to: "10.0.0.9") == nil)
        #expect(inventory.moving("etcd-2", to: "10.0.0.9") == nil)
    }
}
