import Foundation
import Glibc

/// Where etcd's data may be, and how its path may be spelled; each with a coordinator that is killed
/// in the middle, so that `resume` and `rollback` find it again.
enum LayoutFaults {
    static let all =
        [
            symbolicLink, otherDirectory, changedUnit, newline, dollar, mountBelow, mountLater,
        ] + oddNames

    static let symbolicLink = Fault(
        name: "the data directory is a symbolic link; SIGKILL",
        moments: killed,
        prepare: { scene in
            scene.needsFreshLab = true
            for member in try scene.lab.members {
                try scene.lab.exec(
                    member,
                    """
                    systemctl stop etcd; mv /var/lib/etcd /srv/etcd-data
                    ln -s /srv/etcd-data /var/lib/etcd; systemctl start --no-block etcd
                    """
                )
            }
            try scene.requireHealthy()
        },
        strike: { $0.running?.kill(SIGKILL) },
        chosen: [.before("install-data")]
    )

    /// Each would break a path that some shell, systemd or YAML reads without quotes.
    static let oddNames = [
        ("a space", "etcd data"), ("quotes", #"etcd'"data"#),
        ("Unicode", "etcd-données-数据"), ("a backslash and a glob", #"etcd\*"#),
    ].map { words, name in
        Fault(
            name: "\(words) in the data directory's name; SIGKILL",
            moments: killed,
            prepare: { try $0.relocate(to: "/var/lib/\(name)") },
            strike: { $0.running?.kill(SIGKILL) },
            chosen: words == "quotes" ? [.before("restore-snapshot")] : []
        )
    }

    /// A flag with `$HOME` in it would be expanded, a file's variable is not: rather refused.
    static let dollar = Fault(
        name: "a dollar in the data directory's name",
        moments: [.begun],
        prepare: { try $0.relocate(to: "/var/lib/etcd$HOME") },
        remedy: .nothing,
        due: [.refused]
    )

    static let newline = Fault(
        name: "a line feed in the data directory's name",
        moments: [.begun],
        prepare: { try $0.nameInInventory("/var/lib/etcd\n2") },
        remedy: .nothing,
        due: [.refused]
    )

    static let otherDirectory = Fault(
        name: "a unit whose environment names another data directory",
        moments: [.begun],
        prepare: { scene in
            scene.needsFreshLab = true
            try scene.onHost("sed -i 's,^ETCD_DATA_DIR=.*,&-2,' /etc/default/etcd")
        },
        remedy: .nothing,
        due: [.refused]
    )

    static let changedUnit = Fault(
        name: "a unit whose environment is changed to another data directory, then mended",
        moments: [.before("install-data")],
        strike: { scene in
            scene.needsFreshLab = true
            try scene.onHost(
                """
                sed -i.bak 's,^ETCD_DATA_DIR=.*,&-2,' /etc/default/etcd
                install -d -m 700 -o etcd -g etcd /var/lib/etcd-2
                """
            )
        },
        lift: { scene in
            try scene.onHost(
                """
                [ -f /etc/default/etcd.bak ] || exit 0
                mv /etc/default/etcd.bak /etc/default/etcd
                if systemctl is-active etcd || pgrep -x etcd; then systemctl restart --no-block etcd; fi
                """
            )
        },
        isImpatient: true
    )

    private static let wal = "/var/lib/etcd/member/wal"

    /// A rename would leave it behind: at the next boot it would lie over the restored log.
    static let mountBelow = Fault(
        name: "a mount below member",
        moments: [.begun],
        prepare: { try $0.onHost("mount --bind \(wal) \(wal)") },
        lift: { try $0.onHost("! mountpoint -q \(wal) || umount \(wal)") },
        remedy: .nothing,
        due: [.refused],
        chosen: [.begun]
    )

    static let mountLater = Fault(
        name: "a mount below member, made in the middle of the run",
        moments: [.before("set-aside-data")],
        strike: { try $0.onHost("mount --bind \(wal) \(wal)") },
        lift: { try $0.onHost("! mountpoint -q \(wal) || umount \(wal)") },
        isImpatient: true
    )

    private static let killed: [Moment] = [
        .before("set-aside-data"), .before("restore-snapshot"), .before("install-data"),
        .before("start-service"),
    ]
}

extension Scene {
    /// Moves the data of every member, and tells its unit and the inventory.
    fileprivate func relocate(to path: String) throws {
        needsFreshLab = true
        let special: Set<Character> = ["\\", "\"", "$", "`"]
        let escaped = path.map { special.contains($0) ? "\\\($0)" : "\($0)" }.joined()
        for member in try lab.members {
            try lab.exec(
                member,
                """
                systemctl stop etcd
                mv /var/lib/etcd '\(quoted(path))'
                sed -i '/^ETCD_DATA_DIR=/d' /etc/default/etcd
                cat >>/etc/default/etcd <<'LINE'
                ETCD_DATA_DIR="\(escaped)"
                LINE
                systemctl start --no-block etcd
                """
            )
        }
        try nameInInventory(path)
        dataDirectory = path
        try requireHealthy()
    }

    fileprivate func nameInInventory(_ path: String) throws {
        let text = try String(contentsOf: URL(filePath: try lab.inventory), encoding: .utf8)
        let yaml = path.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : $0 == "\n" ? "\\n" : "\($0)" }
            .joined()
        let other = text.replacingOccurrences(
            of: "data-dir: /var/lib/etcd\n",
            with: "data-dir: \"\(yaml)\"\n"
        )
        inventory = lost.scratch.file("inventory-\(UUID().uuidString).yaml")
        try Data(other.utf8).write(to: URL(filePath: inventory))
    }

    fileprivate func requireHealthy() throws {
        let isHealthy = Watchdog.wait(atMost: 30, every: 200_000) {
            (try? lab.etcdctl(["endpoint", "health"])) != nil
        }
        if !isHealthy { throw Unexpected("etcd does not start there") }
    }
}
