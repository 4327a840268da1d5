import ClusterInventory
import RemoteHost
import Testing

/// An `ssh -G` of its own: what it is asked for, and what it says of each host.
struct FakeSSH {
    static let standardFiles = [
        "userknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/known_hosts2",
        "globalknownhostsfile /etc/ssh/ssh_known_hosts",
    ]

    static func lookup(_ hosts: [String: [String]]) -> OpenSSHLookup {
        OpenSSHLookup(
            answer: { question in
                guard question.file == "/home/me/.ssh/config" else {
                    return .failure(.init("`ssh -G`: no \(question.file)", hint: "make one"))
                }
                let own = hosts[question.host] ?? []
                let user = question.user.map { "user \($0)" }
                let port = question.port.map { "port \($0)" }
                // the first of a key counts, as with OpenSSH's own order
                var lines = [user, port].compactMap(\.self) + own
                for line in ["hostname \(question.host)", "user me", "port 22"] + standardFiles
                where !lines.contains(where: {
                    $0.split(separator: " ")[0] == line.split(separator: " ")[0]
                }) {
                    lines.append(line)
                }
                return .success(lines.joined(separator: "\n") + "\n")
            },
            exists: { $0 == "/home/me/.ssh/id_ed25519" }
        )
    }
}

@Suite("ssh: {config: …}")
struct SSHConfigTests {
    private static func read(
        _ ssh: String,
        _ hosts: [String: [String]],
        member: String = ""
    ) -> (inventory: Inventory?, said: [String]) {
        let (inventory, diagnostics) = InventoryReader.read(
            Array(
                """
                cluster: {name: c}
                ssh: {\(ssh)}
                members:
                  - name: a
                    host: e1
                    initial-advertise-peer-urls: [http://e1:2380]
                    ssh: {\(member)}
                groups: {api: [cp, e1]}
                """.utf8
            ),
            file: "f",
            surroundings: Surroundings(
                user: "me",
                home: "/home/me",
                folder: "/ops",
                openSSH: FakeSSH.lookup(hosts)
            )
        )
        return (inventory, diagnostics.map(\.description))
    }

    private static func endpoint(
        _ ssh: String,
        _ hosts: [String: [String]],
        member: String = ""
    ) throws -> HostEndpoint {
        let read = read(ssh, hosts, member: member)
        return try #require(read.inventory?.members.first?.endpoint, "\(read.said)")
    }

    private static let full = [
        "hostname 10.0.0.1", "port 2222", "user ops", "identityfile ~/.ssh/%r_%n_%h%%",
        "identityfile ~/.ssh/id_rsa", "identityfile ~/.ssh/id_ed25519", "hostkeyalias etcd-one",
        "identitiesonly yes", "identityagent ~/agent",
    ]

    @Test("fills in what the inventory leaves out, and says what is from there")
    func everything() throws {
        let endpoint = try Self.endpoint("config: ~/.ssh/config", ["e1": Self.full])
        #expect(
            endpoint
                == HostEndpoint(
                    host: "10.0.0.1",
                    port: 2222,
                    user: "ops",
                    identityFiles: ["/home/me/.ssh/ops_e1_10.0.0.1%", "/home/me/.ssh/id_ed25519"],
                    knownHostsFiles: [
                        "/home/me/.ssh/known_hosts", "/home/me/.ssh/known_hosts2",
                        "/etc/ssh/ssh_known_hosts",
                    ],
                    config: SSHConfigWords(
                        file: "/home/me/.ssh/config",
                        host: "e1",
                        settings: ["host", "user", "port", "identity-files", "known-hosts"],
                        hostKeyAlias: "etcd-one",
                        identitiesOnly: true,
                        identityAgent: "/home/me/agent"
                    )
                )
        )
        #expect(endpoint.knownAs == ("etcd-one", 22))
    }

    @Test("never overrules the inventory's own words, of the file or of the member")
    func ownWords() throws {
        let endpoint = try Self.endpoint(
            "config: ~/.ssh/config, user: root, identity-files: [/k], known-hosts: [/h]",
            ["e1": Self.full + ["proxyjump b"]],
            member: "port: 22, jump: none"
        )
        #expect(endpoint.user == "root")
        #expect(endpoint.port == 22)
        #expect(endpoint.identityFiles == ["/k"])
        #expect(endpoint.knownHostsFiles == ["/h"])
        #expect(endpoint.jumps == nil)
        #expect(endpoint.config?.settings == ["host"])
    }

    @Test("is not asked unless it is named", arguments: ["user: ops", "config: none", "config: ~"])
    func notAsked(_ ssh: String) throws {
        let endpoint = try Self.endpoint(ssh, ["e1": Self.full + ["proxycommand nc %h %p"]])
        #expect(endpoint.host == "e1")
        #expect(endpoint.config == nil)
    }

    @Test("can be refused for one member")
    func memberOfNone() throws {
        let endpoint = try Self.endpoint(
            "config: ~/.ssh/config",
            ["e1": Self.full],
            member: "config: none"
        )
        #expect(endpoint.host == "e1")
        #expect(endpoint.config == nil)
    }

    @Test("gives each jump host its own name, port, user and keys, and what is before it")
    func jumps() throws {
        let endpoint = try Self.endpoint(
            "config: ~/.ssh/config",
            [
                "e1": ["proxyjump bastion,x@inner:2200"],
                "bastion": [
                    "hostname 192.0.2.9", "user jo", "identityfile /keys/b", "proxyjump gate",
                ],
                "inner": ["hostname 10.1.1.1", "user nobody", "port 1", "proxyjump elsewhere"],
            ]
        )
        #expect(endpoint.jumpText == "me@gate,jo@192.0.2.9,x@10.1.1.1:2200")
        #expect(endpoint.jumps?[1].own?.identityFiles == ["/keys/b"])
        #expect(endpoint.config?.settings == ["known-hosts", "jump"])
        let inner = try #require(endpoint.lastJump)
        #expect(inner.config?.host == "inner")
        #expect(inner.lastJump?.identityFiles == ["/keys/b"])
    }

    @Test("looks up the jump hosts of the inventory too")
    func ownJump() throws {
        let hosts = ["bastion": ["hostname 192.0.2.9", "port 2222"], "b2": ["user jo"]]
        let endpoint = try Self.endpoint(
            "config: ~/.ssh/config, user: ops, jump: [bastion, b2, 'y@b2:23']",
            hosts
        )
        #expect(endpoint.jumpText == "ops@192.0.2.9:2222,jo@b2,y@b2:23")
    }

    @Test("is asked for the hosts of groups, and a group means a member by the name that it had")
    func groups() throws {
        let inventory = try #require(
            Self.read("config: ~/.ssh/config", ["e1": Self.full, "cp": ["hostname 10.0.0.9"]])
                .inventory
        )
        #expect(inventory.endpoint(of: "cp").host == "10.0.0.9")
        #expect(inventory.endpoint(of: "e1") == inventory.members[0].endpoint)
    }

    @Test(
        "says what in it cannot be followed, and what to do instead",
        arguments: [
            (
                ["proxycommand nc %h %p"],
                "e1 has a ProxyCommand, which Rekindle does not run\nHINT: use ProxyJump there, or "
                    + "`jump` here; `jump: none` goes without (docs/SSH.md)"
            ),
            (
                ["proxyjump e1"],
                "there are more than 8 jump hosts before e1\nHINT: does a ProxyJump lead back to "
                    + "itself, as one under `Host *` does?"
            ),
            (
                ["proxyjump -oX@b"],
                "the ProxyJump \"-oX@b\" begins with \"-\""
            ),
            (
                ["hostname a b"],
                "e1 has the HostName \"a b\", which has a blank or control character in it\n"
                    + "HINT: see `ssh -G -F /home/me/.ssh/config e1`"
            ),
            (
                ["identityfile ~/.ssh/%C"],
                "e1 has the IdentityFile \"~/.ssh/%C\", with a token that Rekindle does not know\n"
                    + "HINT: name it in the inventory, or write the whole path there"
            ),
            (
                ["userknownhostsfile /tmp/a b"],
                "e1 has the UserKnownHostsFile \"b\", which is not an absolute path without "
                    + "variables\nHINT: name it in the inventory, or write the whole path there"
            ),
            (
                ["revokedhostkeys /etc/revoked"],
                "e1 has RevokedHostKeys /etc/revoked, which Rekindle cannot read\n"
                    + "HINT: write these keys into known_hosts, as lines of @revoked"
            ),
            (
                ["port 0"],
                "e1 gets no answer that has a host, a port and a user\n"
                    + "HINT: see `ssh -G -F /home/me/.ssh/config e1`"
            ),
        ]
    )
    func refused(_ lines: [String], _ words: String) {
        let read = Self.read("config: ~/.ssh/config", ["e1": lines])
        #expect(read.inventory == nil)
        #expect(read.said == ["f:2:15: error: \"config\" in ssh: \(words)"])
    }

    @Test("passes on what OpenSSH says where it fails, once")
    func failed() {
        let read = Self.read("config: other", [:])
        #expect(
            read.said == [
                "f:2:15: error: \"config\" in ssh: `ssh -G`: no /ops/other\nHINT: make one"
            ]
        )
    }

    @Test("is shown with the member")
    func shown() throws {
        let inventory = try #require(
            Self.read("config: ~/.ssh/config", ["e1": Self.full + ["proxyjump b"]]).inventory
        )
        let rows = InventoryListing(inventory).members[0].rows
        #expect(rows.contains(ListingRow("ssh", "ops@10.0.0.1 port 2222")))
        #expect(rows.contains(ListingRow("jump", "me@b")))
        #expect(
            rows.last
                == ListingRow(
                    "config",
                    "/home/me/.ssh/config for e1: host, user, port, identity-files, known-hosts, "
                        + "jump, HostKeyAlias etcd-one, IdentitiesOnly yes, "
                        + "IdentityAgent /home/me/agent"
                )
        )
    }
}
