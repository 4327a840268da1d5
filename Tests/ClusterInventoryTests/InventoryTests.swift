import ClusterInventory
import EtcdModel
import FoundationEssentials
import RemoteHost
import Testing

@Suite("Inventory: what is understood")
struct InventoryTests {
    @Test("reads the example without a word to say")
    func example() throws {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let bytes = try Data(contentsOf: URL(filePath: "\(path)/inventory.example"))
        let (inventory, diagnostics) = InventoryReader.read(
            Array(bytes),
            file: "inventory.example",
            surroundings: .test
        )
        #expect(diagnostics == [])
        let read = try #require(inventory)
        #expect(read.clusterName == "prod")
        #expect(read.token == nil)
        #expect(read.members.map(\.member.name) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(
            read.members[0].member
                == Member(
                    name: "etcd-1",
                    peerURLs: ["https://10.0.0.1:2380"],
                    clientURLs: ["https://10.0.0.1:2379"]
                )
        )
        #expect(
            read.members[0].endpoint
                == HostEndpoint(
                    host: "10.0.0.1",
                    port: 22,
                    user: "ops",
                    identityFiles: ["/home/me/.ssh/id_ed25519"],
                    knownHostsFiles: ["/home/me/.ssh/known_hosts"],
                    become: .sudo
                )
        )
        #expect(
            read.members.map(\.etcd.dataDir) == [
                "/var/lib/etcd", "/var/lib/etcd", "/srv/etcd/data",
            ]
        )
        #expect(
            read.members.map(\.etcd.cacert) == Array(repeating: "/etc/etcd/pki/ca.crt", count: 3)
        )
        #expect(read.groups == ["control-plane": ["cp-1", "cp-2", "cp-3"]])
        #expect(read.objectives == Objectives(rto: .seconds(900), rpo: .seconds(21_600)))
        #expect(
            read.notify
                == NotifySettings(
                    url: "https://hooks.example.org/rekindle",
                    when: .failure,
                    secret: .file("/etc/rekindle/notify-secret"),
                    timeout: .seconds(10),
                    retries: 5
                )
        )
    }

    @Test("fills in the defaults where the file says nothing")
    func minimal() throws {
        let read = try #require(
            Self.read(
                """
                cluster: {name: c}
                members: [{name: 1, host: fd00::1, initial-advertise-peer-urls: [http://h:1]}]
                """
            )
        )
        let member = try #require(read.members.first)
        #expect(member.member == Member(name: "1", peerURLs: ["http://h:1"], clientURLs: []))
        #expect(
            member.endpoint
                == HostEndpoint(
                    host: "fd00::1",
                    user: "me",
                    knownHostsFiles: ["/home/me/.ssh/known_hosts"]
                )
        )
        #expect(member.etcd == EtcdSettings())
        #expect(member.service == ServiceSettings(kind: .systemd, unit: "etcd.service"))
        #expect(read.objectives == Objectives())
    }

    @Test("takes a member's own settings over the defaults, and ~ as none")
    func overrides() throws {
        let read = try #require(
            Self.read(
                """
                cluster: {name: c, initial-cluster-token: auto}
                etcd: {data-dir: /d/etcd, user: etcd, wal-dir: /w/etcd}
                service: {unit: a.service}
                ssh: {user: ops, port: 22, known-hosts: [kh, /etc/kh], identity-files: ~/id}
                members:
                  - name: a
                    host: h
                    initial-advertise-peer-urls: [http://h:1]
                    etcd: {data-dir: /e/etcd, wal-dir: ~}
                    service: {unit: "b@1.service"}
                    ssh: {port: 2222, identity-files: ~}
                """
            )
        )
        let member = try #require(read.members.first)
        #expect(member.etcd == EtcdSettings(dataDir: "/e/etcd", user: "etcd"))
        #expect(member.service.unit == "b@1.service")
        #expect(member.endpoint.port == 2222)
        #expect(member.endpoint.user == "ops")
        #expect(member.endpoint.identityFiles == [])
        #expect(member.endpoint.knownHostsFiles == ["/ops/kh", "/etc/kh"])
        // A host of a group gets the defaults, unless it is a member's.
        #expect(read.endpoint(of: "cp-1").host == "cp-1")
        #expect(read.endpoint(of: "cp-1").port == 22)
        #expect(read.endpoint(of: "cp-1").identityFiles == ["/home/me/id"])
        #expect(read.endpoint(of: "h") == member.endpoint)
        #expect(read.endpoint(of: "a") == member.endpoint)
    }

    @Test(
        "takes jump hosts as ProxyJump has them, or as a list",
        arguments: [
            ("ops@bastion", "ops@bastion"), ("bastion:2222", "me@bastion:2222"),
            ("[a, x@b:22]", "me@a,x@b"), ("a, inner@b:2201", nil),
            ("'a,inner@b:2201'", "me@a,inner@b:2201"),
            ("'[2001:db8::1]'", "me@[2001:db8::1]:22"), ("'x@[::1]:2222'", "x@[::1]:2222"),
            ("'::1'", "me@[::1]:22"), ("none", ""), ("~", ""), ("u@corp@bastion", "u@corp@bastion"),
        ]
    )
    func jumps(_ text: String, _ expected: String?) throws {
        let read = Self.read(
            """
            cluster: {name: c, initial-cluster-token: auto}
            etcd: {data-dir: /d/etcd, user: etcd}
            ssh: {jump: other@else}
            members:
              - name: a
                host: h
                initial-advertise-peer-urls: [http://h:1]
                ssh:
                  jump: \(text)
            """
        )
        guard let expected else {
            #expect(read == nil, "a blank is not part of a name")
            return
        }
        let endpoint = try #require(read?.members.first?.endpoint)
        #expect((endpoint.jumpText ?? "") == expected)
        #expect(read?.endpoint(of: "cp-1").jumpText == "other@else")
        #expect(endpoint.lastJump?.jumps?.isEmpty != false || expected.contains(","))
    }

    @Test("an anchor and its alias give the same settings twice")
    func alias() throws {
        let read = try #require(
            Self.read(
                """
                cluster: {name: c}
                members:
                  - {name: a, host: ha, initial-advertise-peer-urls: [http://ha:1], etcd: &disk {data-dir: /e/d}}
                  - {name: b, host: hb, initial-advertise-peer-urls: [http://hb:1], etcd: *disk}
                  - {name: c, host: hc, initial-advertise-peer-urls: [http://hc:1]}
                """
            )
        )
        #expect(read.members.map(\.etcd.dataDir) == ["/e/d", "/e/d", nil])
    }

    @Test(
        "reads times as people write them",
        arguments: [
            ("45s", 45), ("15m", 900), ("6h", 21_600), ("1h30m", 5400), ("2d", 172_800),
            ("1d2h3m4s", 93_784), ("3650d", 315_360_000),
        ] as [(String, Int64)]
    )
    func durations(_ text: String, seconds: Int64) {
        #expect(DurationText.parse(text) == .seconds(seconds))
        #expect(DurationText.describe(.seconds(seconds)) == text)
    }

    @Test(
        "refuses other times",
        arguments: [
            "", "15", "m", "-5m", "1.5h", "0s", "30m1h", "1h1h", "1h ", "1H", "5w", "3661d",
            "9223372036854775807d", "99999999999999999999s", "١٥m",
        ]
    )
    func badDurations(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("lists the values in effect, under the file's own keys")
    func listing() throws {
        let read = try #require(
            Self.read(
                """
                cluster: {name: c}
                members: [{name: a, host: h, initial-advertise-peer-urls: [http://h:1]}]
                etcd: {data-dir: /d/etcd}
                groups: {g: [x, y]}
                objectives: {rto: 90m}
                """
            )
        )
        let listing = InventoryListing(read)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(
            String(decoding: try encoder.encode(listing), as: UTF8.self) == """
                {"cluster":"c","groups":{"g":["x","y"]},"initial-cluster-token":"auto",\
                "members":[{"advertise-client-urls":null,"etcd":{"auth-password-file":null,\
                "auth-user":null,"bin-dir":null,"cacert":null,"cert":null,"data-dir":"/d/etcd","group":null,"key":null,"user":null,\
                "wal-dir":null},"host":"h","initial-advertise-peer-urls":["http://h:1"],\
                "name":"a","service":{"kind":"systemd","unit":"etcd.service"},\
                "ssh":{"become":"none","identity-files":[],\
                "known-hosts":["/home/me/.ssh/known_hosts"],"port":22,"user":"me"}}],\
                "notify":null,"rpo":null,"rto":"1h30m"}
                """
        )
        #expect(
            listing.rows == [
                ListingRow("cluster", "c"), ListingRow("initial-cluster-token", "auto"),
                ListingRow("rto", "1h30m"), ListingRow("rpo", "none"),
                ListingRow("notify", "nobody"), ListingRow("group g", "x, y"),
            ]
        )
        #expect(
            listing.members[0].rows == [
                ListingRow("name", "a"), ListingRow("host", "h"),
                ListingRow("initial-advertise-peer-urls", "http://h:1"),
                ListingRow("advertise-client-urls", nil),
                ListingRow("data-dir", "/d/etcd"), ListingRow("wal-dir", nil),
                ListingRow("user", nil), ListingRow("group", nil), ListingRow("bin-dir", nil),
                ListingRow("cacert", nil), ListingRow("cert", nil), ListingRow("key", nil),
                ListingRow("auth-user", "none"), ListingRow("auth-password-file", "none"),
                ListingRow("service", "systemd etcd.service"),
                ListingRow("ssh", "me@h port 22"),
                ListingRow("identity-files", "none, only the agent's"),
                ListingRow("known-hosts", "/home/me/.ssh/known_hosts"),
                ListingRow("become", "none"), ListingRow("jump", "none"),
            ]
        )
    }

    @Test("a user of etcd has a file of this machine; a member may have another, or none")
    func etcdLogin() throws {
        let read = try #require(
            Self.read(
                """
                cluster: {name: c}
                etcd: {auth-user: "ro ot:x", auth-password-file: ~/pw}
                members:
                  - {name: a, host: h, initial-advertise-peer-urls: [http://h:1]}
                  - name: b
                    host: i
                    initial-advertise-peer-urls: [http://i:1]
                    etcd: {auth-user: admin, auth-password-file: secrets/b}
                  - name: d
                    host: j
                    initial-advertise-peer-urls: [http://j:1]
                    etcd: {auth-user: ~, auth-password-file: ~}
                """
            )
        )
        #expect(
            read.members.map(\.etcd.login) == [
                EtcdLogin(user: "ro ot:x", passwordFile: "/home/me/pw"),
                EtcdLogin(user: "admin", passwordFile: "\(Surroundings.test.folder)/secrets/b"),
                nil,
            ]
        )
        let rows = InventoryListing(read).members[0].rows
        #expect(rows.contains(ListingRow("auth-user", "ro ot:x")))
        #expect(rows.contains(ListingRow("auth-password-file", "/home/me/pw")))
    }

    @Test("a password's source is read and shown, a member's own before the default")
    func passwords() throws {
        let read = try #require(
            Self.read(
                """
                cluster: {name: c}
                ssh: {jump: ops@gate, password: ask, jump-password-file: gate.txt}
                members:
                  - {name: a, host: h, initial-advertise-peer-urls: [http://h:1]}
                  - {name: b, host: i, initial-advertise-peer-urls: [http://i:1],
                     ssh: {password-file: ~/b, jump: none}}
                etcd: {data-dir: /d/etcd}
                """
            )
        )
        let endpoints = read.members.map(\.endpoint)
        #expect(endpoints.map(\.password) == [.asked, .file("/home/me/b")])
        #expect(endpoints[0].jumpPassword == .file("/ops/gate.txt"))
        #expect(endpoints[0].lastJump?.password == .file("/ops/gate.txt"))
        let rows = InventoryListing(read).members.map(\.rows)
        #expect(rows[0].contains(ListingRow("ssh", "me@h port 22, password: ask")))
        #expect(
            rows[0].contains(ListingRow("jump", "ops@gate, password: /ops/gate.txt"))
        )
        #expect(rows[1].contains(ListingRow("ssh", "me@i port 22, password: /home/me/b")))
        #expect(rows[1].contains(ListingRow("jump", "none")))
    }

    private static func read(_ text: String) -> Inventory? {
        InventoryReader.read(Array(text.utf8), file: "f", surroundings: .test).inventory
    }
}
