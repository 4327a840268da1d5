import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@testable import RekindleCommands

@Suite("The inventory that `inventory discover` writes")
struct InventoryDraftTests {
    private static let tls = ClientTLS(cacert: "/pki/ca.crt", cert: "/pki/c.crt", key: "/pki/c.key")

    private static func facts(
        _ name: String,
        _ settings: [String: String] = [:],
        live: LiveMember? = nil,
        user: String = "etcd",
        exists: Bool = true
    ) -> HostFacts {
        var values = [
            "name": name, "data-dir": "/var/lib/etcd",
            "initial-advertise-peer-urls": "https://\(name):2380",
            "advertise-client-urls": "https://\(name):2379",
        ]
        values.merge(settings) { $1 }
        return HostFacts(
            hostname: name,
            isRoot: true,
            clockOffset: .zero,
            tools: ToolFacts(
                etcd: nil,
                etcdctl: ToolFacts.Found(path: "/usr/bin/etcdctl", version: nil),
                etcdutl: nil,
                missing: [],
                digest: .sha256sum
            ),
            unit: UnitFacts(
                isLoaded: true,
                loadState: "loaded",
                activity: ServiceState(activity: .active, detail: ""),
                restart: "",
                type: "",
                user: "etcd",
                group: "etcd"
            ),
            configuration: EtcdConfiguration(values: values.filter { !$0.value.isEmpty }),
            dataDir: values["data-dir"].flatMap { $0.isEmpty ? nil : $0 }.map {
                DirectoryFacts(
                    path: $0,
                    realPath: $0,
                    exists: exists,
                    isMountPoint: false,
                    user: user,
                    group: user,
                    mode: "700",
                    fileSystem: "ext4",
                    freeBytes: 1,
                    isReadOnly: false,
                    isMemberMountPoint: false,
                    databaseBytes: nil
                )
            },
            walDir: nil,
            observation: nil,
            missingTLSFile: nil,
            live: live
        )
    }

    private static func member(
        _ name: String,
        _ facts: HostFacts,
        service: ServiceSettings = ServiceSettings(),
        list: MemberList? = nil,
        files: ClientFiles? = ClientFiles(tls, isProven: true)
    ) -> DiscoveredMember {
        DiscoveredMember(
            host: name,
            user: nil,
            port: nil,
            service: service,
            facts: facts,
            files: files,
            list: list
        )
    }

    private static func entry(_ id: UInt64, _ name: String, _ peers: [String]) -> MemberList.Entry {
        MemberList.Entry(id: MemberID(rawValue: id), name: name, peerURLs: peers)
    }

    private static func draft(_ cluster: DiscoveredCluster) -> InventoryDraft {
        InventoryDraft(
            cluster: cluster,
            clusterName: "prod",
            ssh: ["user: \"ops\"", "become: sudo"],
            origin: "on a day"
        )
    }

    private static func read(_ draft: InventoryDraft) -> (Inventory?, [Diagnostic]) {
        InventoryReader.read(
            Array(draft.text.utf8),
            file: "f",
            surroundings: Surroundings(user: "me", home: "/home/me", folder: "/here")
        )
    }

    @Test("says once what most members have, and for each what is its own")
    func shared() {
        let list = MemberList(entries: [
            Self.entry(1, "a", ["https://a:2380"]), Self.entry(2, "b", ["https://b:2380"]),
            Self.entry(3, "c", ["https://c:2380"]), Self.entry(4, "d", ["https://10.0.0.4:2380"]),
        ])
        let cluster = DiscoveredCluster(
            [
                Self.member("a", Self.facts("a"), list: list),
                Self.member(
                    "b",
                    Self.facts("b", ["data-dir": "/srv/etcd"]),
                    service: ServiceSettings(unit: "etcd@b.service"),
                    list: list
                ),
                Self.member("c", Self.facts("c"), list: list),
            ],
            list: list
        )
        #expect(cluster.contradictions.isEmpty)
        #expect(
            Self.draft(cluster).text == """
                # Made by `rekindle inventory discover` on a day.
                # Look it over, above all the lines with a remark; then: rekindle check -i THIS-FILE

                cluster:
                  # Yours to choose: part of the names of runs, and what `restore` asks you to type.
                  name: "prod"
                  initial-cluster-token: auto

                etcd:
                  data-dir: "/var/lib/etcd"
                  user: "etcd"
                  group: "etcd"
                  cacert: "/pki/ca.crt"
                  cert: "/pki/c.crt"
                  key: "/pki/c.key"

                service: {kind: systemd, unit: "etcd.service"}

                ssh:
                  user: "ops"
                  become: sudo

                members:
                  - name: "a"
                    host: "a"
                    initial-advertise-peer-urls: ["https://a:2380"]
                  - name: "b"
                    host: "b"
                    initial-advertise-peer-urls: ["https://b:2380"]
                    etcd: {data-dir: "/srv/etcd"}
                    service: {kind: systemd, unit: "etcd@b.service"}
                  - name: "c"
                    host: "c"
                    initial-advertise-peer-urls: ["https://c:2380"]
                  # d: not asked: the cluster has it, and this is all that the others know of it
                  - name: "d"
                    host: "10.0.0.4"
                    initial-advertise-peer-urls: ["https://10.0.0.4:2380"]

                """
        )
        let (inventory, diagnostics) = Self.read(Self.draft(cluster))
        #expect(diagnostics.filter { $0.severity == .error } == [])
        #expect(inventory?.members.map(\.member.name) == ["a", "b", "c", "d"])
        #expect(inventory?.members[1].etcd.dataDir == "/srv/etcd")
        #expect(inventory?.members[1].service.unit == "etcd@b.service")
    }

    @Test("the cluster's word on a peer URL goes before the settings', which is said")
    func peerURLs() {
        let list = MemberList(entries: [Self.entry(1, "a", ["https://new:2380"])])
        let member = Self.member("a", Self.facts("a"), list: list)
        #expect(member.peerURLs == ["https://new:2380"])
        #expect(
            member.remarks == ["its settings say https://a:2380, which etcd ignores: it has data"]
        )
    }

    @Test("what could not be known is a remark, and the file can be read all the same")
    func unknown() {
        let member = Self.member(
            "10.0.0.1",
            Self.facts(
                "",
                ["data-dir": "", "initial-advertise-peer-urls": "", "advertise-client-urls": ""]
            ),
            files: nil
        )
        #expect(
            member.remarks == [
                "its name could not be known: etcd calls itself default then",
                "its peer URL could not be known, and is only likely",
                "its data directory could not be known",
                "the certificates for etcdctl could not be known",
            ]
        )
        let draft = Self.draft(DiscoveredCluster([member], list: nil))
        #expect(draft.text.contains("  # default: its data directory could not be known\n"))
        #expect(Self.read(draft).0 != nil)
    }

    @Test("hosts of two clusters, or one member twice, are told and give no inventory")
    func contradictions() {
        func live(_ cluster: UInt64) -> LiveMember {
            LiveMember(
                clusterID: ClusterID(rawValue: cluster),
                memberID: MemberID(rawValue: 1),
                revision: 1,
                leader: nil,
                version: "",
                databaseBytes: 0,
                isLearner: false
            )
        }
        let two = DiscoveredCluster(
            [
                Self.member("a", Self.facts("a", live: live(1))),
                Self.member("b", Self.facts("b", live: live(2))),
            ],
            list: nil
        )
        #expect(two.contradictions == ["a is in cluster 1, and b in cluster 2"])
        var twin = Self.member("b", Self.facts("a"))
        twin.peerURLs = ["https://b:2380"]
        let twice = DiscoveredCluster([Self.member("a", Self.facts("a")), twin], list: nil)
        #expect(twice.contradictions == ["a and b both call their member a"])
    }

    @Test("whatever a host says of itself stays the text of one value or one remark")
    func hostile() throws {
        let evil = "x\"\n  - name: y\n\u{2028}# \u{1B}[2J"
        var member = Self.member(
            "h",
            Self.facts(evil, ["data-dir": "/d\"]\nssh: {become: none}", "wal-dir": evil])
        )
        member.remarks.append(evil)
        let text = Self.draft(DiscoveredCluster([member], list: nil)).text
        #expect(!text.contains("\u{1B}"))
        let own = text.split(separator: "\n").filter { $0.contains("become: none") }
        #expect(own.allSatisfy { $0.contains("data-dir: ") })
        #expect(text.split(separator: "\n").count { $0.hasPrefix("  - name") } == 1)
    }

    @Test(
        "the output of the look is read to its mark, and the program goes before the name",
        arguments: [
            ("runs=etcd.service\ncalled=etcd.service\nend=yes\n", ["etcd.service"]),
            ("called=etcd-member.service\nend=yes\n", ["etcd-member.service"]),
            (
                "runs=a.service\nruns=b.service\ncalled=etcd.service\nend=yes\n",
                ["a.service", "b.service"]
            ),
            (
                "pod=c3BlYzoge2NvbnRhaW5lcnM6IFt7bmFtZTogZXRjZH1dfQ== /m/etcd.yaml\nend=yes\n",
                ["etcd.service"]
            ),
            ("end=yes\n", []),
        ]
    )
    func places(_ output: String, _ units: [String]) throws {
        let places = try #require(EtcdPlaces(output))
        #expect(places.services.map(\.unit) == units)
        #expect(EtcdPlaces(String(output.dropLast(5))) == nil)
    }

    @Test(
        "a host is named as for ssh",
        arguments: [
            ("h", "h", nil, nil), ("ops@h:2222", "h", "ops", 2222), ("[::1]:22", "::1", nil, 22),
            ("2001:db8::1", "2001:db8::1", nil, nil), ("h:x", "h:x", nil, nil),
        ] as [(String, String, String?, Int?)]
    )
    func targets(_ text: String, _ host: String, _ user: String?, _ port: Int?) {
        let target = DiscoveryTarget(text)
        #expect(target.host == host && target.user == user && target.port == port)
    }

    @Test("certificates that are made for clients are tried before etcd's own; HTTP needs none")
    func candidates() {
        let facts = Self.facts(
            "a",
            ["cert-file": "/e/s.crt", "key-file": "/e/s.key", "trusted-ca-file": "/e/ca.crt"]
        )
        let found = ClientFiles.candidates(facts, clientURL: "https://a:2379")
        #expect(found.first?.cert == "/etc/kubernetes/pki/etcd/healthcheck-client.crt")
        #expect(found.contains(ClientTLS(cacert: "/e/ca.crt", cert: "/e/s.crt", key: "/e/s.key")))
        #expect(
            ClientFiles.candidates(facts, clientURL: "http://a:2379")
                == [ClientTLS(cacert: nil, cert: nil, key: nil)]
        )
    }
}
