import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning

/// What hosts have that people run etcd on.
extension PreflightTests {
    static let ofTheWild: [Variation] = mounts + accounts + settings + versions + access

    private static func hazard(
        _ title: String,
        _ wanted: String,
        _ says: String,
        _ hazards: Hazard...
    ) -> Variation {
        Variation(title: title, wanted: [wanted], says: says) { $0.dataDir?.hazards = hazards }
    }

    private static let wal = "/var/lib/etcd/member/wal"

    private static let mounts: [Variation] = [
        hazard(
            "a mount at member/wal",
            "mounts: fails",
            "\(wal) is a mount point below /var/lib/etcd",
            .mounted(wal)
        ),
        hazard(
            "a line of fstab for member/wal",
            "mounts: fails",
            "/etc/fstab mounts something on \(wal)",
            .planned(wal, source: "/etc/fstab")
        ),
        hazard(
            "a data disk that is not mounted",
            "mounts: fails",
            "/etc/fstab mounts something on /var/lib at boot, and it is not mounted now",
            .unmounted("/var/lib", source: "/etc/fstab")
        ),
        hazard(
            "member/wal is a link to elsewhere",
            "links: fails",
            "\(wal) is a symbolic link to /fast/wal",
            .link(wal, target: "/fast/wal", staysInside: false)
        ),
        hazard(
            "member/wal is a link within member",
            "links: warns",
            "\(wal) is a symbolic link to wal2",
            .link(wal, target: "wal2", staysInside: true)
        ),
        hazard(
            "member is a btrfs subvolume",
            "mounts: warns",
            "is a btrfs subvolume of its own",
            .subvolume("/var/lib/etcd/member")
        ),
        hazard(
            ".rekindle is a link",
            "mounts: fails",
            "/var/lib/etcd/.rekindle links to /tmp/x",
            .workDirectory("/var/lib/etcd/.rekindle", "links to /tmp/x")
        ),
        hazard(
            "member belongs to another project",
            "mounts: fails",
            "/var/lib/etcd/member has the project ID 0 and /var/lib/etcd hands down 42",
            .project(member: "0", directory: "42")
        ),
        hazard("no mount table", "mounts: fails", "/proc/self/mountinfo", .unknownMounts),
        Variation(
            title: "a mount below the WAL directory",
            wanted: ["mounts: fails"],
            says: "/wal/etcd/x is a mount point below /wal/etcd",
            walDir: "/wal/etcd"
        ) { $0.walDir?.hazards = [.mounted("/wal/etcd/x")] },
    ]

    private static let accounts: [Variation] = [
        Variation(
            title: "the inventory's user is not on the host",
            wanted: ["owner: fails"],
            says: "the inventory says the user etcd, and the host has none of that name"
        ) { $0.account.user = .missing },
        Variation(
            title: "the inventory's group is not on the host",
            wanted: ["owner: fails"],
            says: "the inventory says the group etcd, and the host has none of that name"
        ) { $0.account = AccountFacts(user: .there, group: .missing) },
        Variation(
            title: "the unit's user is not on the host",
            wanted: ["owner: fails"],
            says: "the unit says the user etcdx, and the host has none",
            inventory: { $0.members[0].etcd.user = nil },
            facts: {
                $0.unit.user = "etcdx"
                $0.account.user = .missing
            }
        ),
        Variation(
            title: "a number that is none of an account",
            wanted: ["owner: fails"],
            says: "4294967295, which is no number of an account",
            inventory: { $0.members[0].etcd.user = "4294967295" },
            facts: { $0.account.user = .number }
        ),
        Variation(
            title: "an account that is there as long as etcd runs",
            wanted: ["owner: fails"],
            says: "exists only while etcd runs"
        ) {
            $0.unit.isDynamicUser = true
            $0.account = AccountFacts(user: .there, group: .there, userID: 61_200)
        },
        Variation(
            title: "DynamicUser without a data directory",
            wanted: ["data directory: warns", "owner: fails"],
            says: "there is no data directory that tells its user",
            inventory: { $0.members[0].etcd.user = nil },
            facts: {
                $0.unit.isDynamicUser = true
                $0.dataDir?.exists = false
            }
        ),
    ]

    private static func setting(_ flag: String, _ value: String) -> EtcdConfiguration {
        var values = Sample.facts().configuration.values
        values[flag] = value
        return EtcdConfiguration(values: values)
    }

    private static let settings: [Variation] = [
        Variation(
            title: "force-new-cluster in a drop-in",
            wanted: ["settings: fails"],
            says: "force-new-cluster is on (/etc/systemd/system/etcd.service.d/x.conf:2)"
        ) {
            $0.configuration = setting("force-new-cluster", "true")
            $0.unit.forcingLines = ["/etc/systemd/system/etcd.service.d/x.conf:2"]
        },
        Variation(
            title: "force-new-cluster that etcd cannot read",
            wanted: ["settings: fails"],
            says: "force-new-cluster is \"yes\", which etcd does not start with"
        ) { $0.configuration = setting("force-new-cluster", "yes") },
        Variation(
            title: "force-new-cluster in words that are not followed",
            wanted: ["settings: warns"],
            says: "is mentioned in /etc/default/etcd:7"
        ) { $0.unit.forcingLines = ["/etc/default/etcd:7"] },
        Variation(
            title: "no fsync",
            wanted: ["settings: warns"],
            says: "unsafe-no-fsync is on"
        ) { $0.configuration = setting("unsafe-no-fsync", "1") },
    ]

    private static let versions: [Variation] = [
        Variation(
            title: "a snapshot that does not say its version",
            wanted: ["snapshot version: warns"],
            says: "does not say which version",
            proof: { $0.clusterVersion = nil }
        ),
        Variation(
            title: "a snapshot of a version that is nonsense",
            wanted: ["snapshot version: warns"],
            says: "does not say which version",
            proof: { $0.clusterVersion = "99999999999999999999.1.2" }
        ),
        Variation(
            title: "a snapshot of 3.6 by what its data says",
            wanted: [
                "snapshot version: fails", "snapshot version: fails", "snapshot version: fails",
            ],
            says: "the snapshot is of etcd 3.6, the server is 3.5.16",
            proof: { $0.storageVersion = "3.6.0" }
        ),
        Variation(
            title: "a server that nobody knows",
            wanted: ["versions: warns", "etcd: warns", "snapshot version: warns"],
            says: "the version of the server is not known"
        ) {
            $0.tools.etcd = nil
            $0.live = nil
        },
    ]

    private static let access: [Variation] = [
        Variation(
            title: "sudo records input",
            wanted: ["sudo log: warns"],
            says: "/var/log/sudo-io: the whole snapshot"
        ) { $0.sudo = SudoFacts(recorded: [.input, .output]) },
        Variation(
            title: "SHA-1 is offered",
            wanted: ["ssh: warns"],
            says: "SHA-1 are offered to 10.0.0.1",
            inventory: { $0.members[0].endpoint.legacy = true }
        ),
        Variation(
            title: "a clock that is no time",
            wanted: ["clock: warns"],
            says: "the host's clock cannot be read"
        ) { $0.clockOffset = nil },
    ]
}
