import ClusterInventory
import EtcdModel
import RemoteHost

/// Whether a host has what a scratch member needs beside the member.
struct DrillChecks {
    let member: InventoryMember
    let facts: HostFacts
    let drill: DrillSettings
    let snapshot: SnapshotProof
    /// How many of the host's members come before this one.
    var rank = 0

    /// They are about the service, which a drill leaves alone.
    static let ofNoConcern: Set<String> = [
        "unit", "name", "initial-advertise-peer-urls", "token", "hold", "advertise-client-urls",
        "client TLS", "newer data", AuthenticationChecks.name, AuthenticationChecks.nameOfSnapshot,
        "snapshot members",
    ]

    func all() -> [Check] {
        [program(), runner(), port(), peerTLS(), memory(), socket()]
    }

    private func check(
        _ name: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check {
        Check(name, member: member.member.name, verdict, saw, hint: hint)
    }

    private func program() -> Check {
        facts.tools.etcd.map { check("etcd", .holds, $0.path) }
            ?? check(
                "etcd",
                .fails,
                "there is no etcd in \(member.etcd.binDir ?? "the PATH on the host")",
                hint:
                    "install it, or set `bin-dir` under `etcd` in the inventory: a drill starts it "
                    + "beside the member's service"
            )
    }

    private func runner() -> Check {
        facts.spare.hasSystemdRun
            ? check("systemd-run", .holds, "there")
            : check(
                "systemd-run",
                .fails,
                "there is no systemd-run on the host",
                hint: "a drill needs systemd, for bounds that production does not feel; "
                    + "`rekindle drill --local` rehearses the snapshot on this machine"
            )
    }

    private func port() -> Check {
        let port = drill.peerPort(rank: rank)
        return facts.spare.listeningPorts.contains(port)
            ? check(
                "peer port of the drill",
                .fails,
                "something listens on port \(port) already",
                hint: "`ss -ltnp sport = :\(port)` there shows what; give another with "
                    + "--peer-port, one that the members can reach one another on"
            ) : check("peer port of the drill", .holds, "\(port) is free")
    }

    /// The certificates are read from the unit's settings.
    private func peerTLS() -> Check {
        let usesTLS = member.member.peerURLs.contains { $0.hasPrefix("https:") }
        guard usesTLS else { return check("peer TLS", .holds, "not used") }
        guard facts.configuration["peer-auto-tls"] != "true" else {
            return check(
                "peer TLS",
                .fails,
                "the unit has peer-auto-tls, which makes certificates in the data directory",
                hint: "give the members peer certificates; `rekindle drill --local` needs none"
            )
        }
        guard let file = facts.configuration["peer-cert-file"] else {
            return check(
                "peer TLS",
                .fails,
                "the peer URLs are https, and the unit names no peer-cert-file",
                hint: "is `service.unit` in the inventory etcd's unit on this host?"
            )
        }
        return check("peer TLS", .holds, file)
    }

    private func memory() -> Check {
        let wanted = DrillSettings.memory(for: 0)
        guard let available = facts.spare.memoryBytes else {
            return check("memory", .holds, "how much is free is not known")
        }
        let text = "\(ByteText.describe(available)) free"
        return available >= wanted / 2
            ? check("memory", .holds, text)
            : check(
                "memory",
                .fails,
                "\(text), of which production may need all",
                hint: "drill on other hosts, or with `rekindle drill --local`"
            )
    }

    /// `sun_path` has 108 bytes (unix(7)).
    private func socket() -> Check {
        let run = RunID.nobody.rawValue
        let path = "\(facts.dataDir?.realPath ?? "")/.rekindle/\(run)/staging/client:2379"
        return path.utf8.count < 108
            ? check("socket", .holds, "its path is short enough")
            : check(
                "socket",
                .fails,
                "the path of the data directory is too long for a socket in it",
                hint: "`rekindle drill --local` rehearses the snapshot on this machine"
            )
    }

    /// A scratch member is reached through its socket, where no certificate stands for a user.
    static func cluster(_ snapshot: SnapshotProof, _ inventory: Inventory) -> [Check] {
        AuthenticationChecks.snapshot(
            snapshot,
            inventory.members.map { ($0, nil) },
            byCertificate: false
        )
    }
}
