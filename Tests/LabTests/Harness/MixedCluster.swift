import Foundation

/// One member of a cluster whose hosts were set up by several people.
struct MixedMember {
    var name: String
    /// The lab's host, from 1.
    var host: Int
    var unit = "etcd.service"
    var dataDir = "/var/lib/etcd"
    var walDir: String?
    var user = "etcd"
    var binDir: String?
    var listenPorts: (client: Int, peers: [Int]) = (2379, [2380])
    /// What it advertises: a name that only the hosts resolve; nil for its address.
    var hostname: String?
    /// etcd's settings are in a file of YAML instead of the environment.
    var hasConfigFile = false

    func peerURLs(_ ip: String) -> [String] {
        // every second by its address, so that one member has both
        listenPorts.peers.enumerated().map { index, port in
            "https://\(index == 0 ? hostname ?? ip : ip):\(port)"
        }
    }

    func clientURL(_ ip: String) -> String { "https://\(hostname ?? ip):\(listenPorts.client)" }
}

/// Turns a lab's fresh cluster into one of members that differ in all that may differ.
struct MixedCluster {
    let members: [MixedMember]

    /// - Returns: the same lab, with an inventory of the members, and all of them asked.
    func build(_ lab: Lab, _ scratch: Scratch) throws -> Lab {
        let hosts = Set(members.map(\.host)).sorted()
        for host in hosts {
            try lab.exec(
                host,
                """
                systemctl stop etcd
                rm -rf /var/lib/etcd/member /etc/systemd/system/etcd.service
                rm -f /etc/systemd/system/multi-user.target.wants/etcd.service
                """
            )
        }
        let ips = Dictionary(
            uniqueKeysWithValues: try hosts.map { ($0, try lab.value("LAB_IP_\($0)")) }
        )
        let initial = members.flatMap { one in
            one.peerURLs(ips[one.host] ?? "").map { "\(one.name)=\($0)" }
        }.joined(separator: ",")
        for one in members {
            try lab.exec(one.host, script(one, ip: ips[one.host] ?? "", initial: initial))
        }
        // the first of several waits for the others
        for one in members { try lab.exec(one.host, "systemctl start --no-block \(one.unit)") }
        var mixed = lab
        mixed.endpoints = members.map { "https://\(ips[$0.host] ?? ""):\($0.listenPorts.client)" }
            .joined(separator: ",")
        mixed.ownInventory = scratch.file("mixed.yaml")
        try Data(inventory(try lab.inventory, ips).utf8)
            .write(to: URL(filePath: scratch.file("mixed.yaml")))
        let asked = mixed
        guard
            Watchdog.wait(
                atMost: 60,
                every: 200_000,
                until: { (try? asked.etcdctl(["endpoint", "health"])) != nil }
            )
        else { throw Unhealthy() }
        return mixed
    }

    struct Unhealthy: Error {}

    private func settings(_ one: MixedMember, ip: String, initial: String) -> [(String, String)] {
        [
            ("name", one.name), ("data-dir", one.dataDir),
            (
                "listen-peer-urls",
                one.listenPorts.peers.map { "https://\(ip):\($0)" }.joined(separator: ",")
            ),
            ("listen-client-urls", "https://\(ip):\(one.listenPorts.client)"),
            ("initial-advertise-peer-urls", one.peerURLs(ip).joined(separator: ",")),
            ("advertise-client-urls", one.clientURL(ip)),
            ("initial-cluster", initial), ("initial-cluster-token", "mixed"),
            ("initial-cluster-state", "new"), ("logger", "zap"),
        ] + (one.walDir.map { [("wal-dir", $0)] } ?? [])
    }

    private func script(_ one: MixedMember, ip: String, initial: String) -> String {
        let pki = "/etc/etcd/pki"
        let settings = settings(one, ip: ip, initial: initial)
        let file = "/etc/etcd/\(one.name)" + (one.hasConfigFile ? ".yaml" : ".env")
        let text: String
        if one.hasConfigFile {
            let tls = ["client", "peer"].map { kind in
                """
                \(kind)-transport-security:
                  cert-file: \(pki)/\(kind == "client" ? "server" : kind).crt
                  key-file: \(pki)/\(kind == "client" ? "server" : kind).key
                  client-cert-auth: true
                  trusted-ca-file: \(pki)/ca.crt
                """
            }
            text = (settings.map { "\($0): \($1)" } + tls).joined(separator: "\n")
        } else {
            let tls = [("", "server"), ("PEER_", "peer")].flatMap { prefix, name in
                [
                    "ETCD_\(prefix)CERT_FILE=\(pki)/\(name).crt",
                    "ETCD_\(prefix)KEY_FILE=\(pki)/\(name).key",
                    "ETCD_\(prefix)CLIENT_CERT_AUTH=true",
                    "ETCD_\(prefix)TRUSTED_CA_FILE=\(pki)/ca.crt",
                ]
            }
            text =
                (settings.map {
                    "ETCD_\($0.uppercased().replacing("-", with: "_"))=\($1)"
                } + tls).joined(separator: "\n")
        }
        let start =
            "\(one.binDir ?? "/usr/bin")/etcd"
            + (one.hasConfigFile ? " --config-file \(file)" : "")
        return """
            set -eu
            id \(one.user) >/dev/null 2>&1 || useradd --system --groups etcd \(one.user)
            install -d -m 700 -o \(one.user) -g \(one.user) \(one.dataDir)
            \(one.walDir.map {
                "install -d -m 700 -o \(one.user) -g \(one.user) $(dirname \($0))"
            } ?? ":")
            \(one.binDir.map { "mkdir -p \($0); cp /usr/bin/etcd /usr/bin/etcdctl /usr/bin/etcdutl \($0)/" } ?? ":")
            cat >\(file) <<'SETTINGS'
            \(text.replacing("\n", with: "\n            "))
            SETTINGS
            cat >/etc/systemd/system/\(one.unit) <<'UNIT'
            [Unit]
            StartLimitIntervalSec=0
            [Service]
            Type=notify
            User=\(one.user)
            \(one.hasConfigFile ? "" : "EnvironmentFile=\(file)")
            ExecStart=\(start)
            Restart=always
            RestartSec=1s
            [Install]
            WantedBy=multi-user.target
            UNIT
            systemctl daemon-reload
            systemctl enable -q \(one.unit)
            """
            .replacing("\n            ", with: "\n")
    }

    /// The lab's own up to its members, and these.
    private func inventory(_ path: String, _ ips: [Int: String]) throws -> String {
        let lab = try String(contentsOfFile: path, encoding: .utf8)
        let head = lab.prefix(upTo: lab.firstRange(of: "members:\n")?.lowerBound ?? lab.endIndex)
        let entries = members.map { one in
            let ip = ips[one.host] ?? ""
            let etcd = [
                "data-dir: \(one.dataDir)", "wal-dir: \(one.walDir ?? "~")", "user: \(one.user)",
                "group: \(one.user)", "bin-dir: \(one.binDir ?? "~")",
            ]
            return """
                  - name: \(one.name)
                    host: \(ip)
                    initial-advertise-peer-urls: [\(one.peerURLs(ip).joined(separator: ", "))]
                    advertise-client-urls: [\(one.clientURL(ip))]
                    etcd: {\(etcd.joined(separator: ", "))}
                    service: {kind: systemd, unit: \(one.unit)}
                """
        }
        return head + "members:\n" + entries.joined(separator: "\n") + "\n"
    }
}
