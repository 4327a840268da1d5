extension BadInput {
    /// Hosts that are reached and are not as they must be.
    static let hosts: [BadInput] = disagreements + accounts + programs + directories + locks

    // MARK: the inventory against the unit

    private static let disagreements: [BadInput] = [
        host(
            "a data directory that is not the unit's",
            ["data-dir", "/var/lib/other", "/var/lib/etcd"]
        ) { try $0.inventory(member: 2, adding: "etcd: {data-dir: /var/lib/other}") },
        host("a WAL directory that the unit does not have", ["wal-dir", "/var/lib/wal", "nothing"])
        {
            try $0.inventory(member: 2, adding: "etcd: {wal-dir: /var/lib/wal}")
        },
        host("a member's name that is not the unit's", ["name", "etcd-b", "etcd-2"]) {
            try $0.inventory("name: etcd-2", "name: etcd-b")
        },
        host(
            "a peer URL that is not the unit's",
            ["initial-advertise-peer-urls", "https://peer-2:2380", ":2380"]
        ) { try $0.inventory("https://\($0.addresses[1]):2380", "https://peer-2:2380") },
        host("a unit that the host does not have", ["etcd2.service is not-found", "service.unit"]) {
            try $0.inventory(member: 2, adding: "service: {unit: etcd2.service}")
        },
        host(
            "a unit that is masked",
            ["etcd.service is masked", "systemctl unmask etcd.service"],
            // as `systemctl mask` leaves it, which refuses a unit file in /etc
            fault: .on(
                2,
                "mount --bind /dev/null /etc/systemd/system/etcd.service && systemctl daemon-reload",
                undo: "umount /etc/systemd/system/etcd.service && systemctl daemon-reload"
            )
        ),
        host(
            "a client certificate that the host does not have",
            ["/etc/etcd/none.key is not readable", "could not be asked"]
        ) {
            try $0.inventory(
                member: 2,
                adding: "etcd: {cert: /etc/etcd/none.crt, key: /etc/etcd/none.key}"
            )
        },
    ]

    // MARK: users and shells

    private static let accounts: [BadInput] = [
        host("a user who is not root, and no sudo asked for", ["run as ops", "not root", "become"])
        {
            try $0.inventory(member: 2, adding: "ssh: {become: none}")
        },
        host(
            "a user without a sudo rule",
            ["sudo: a password is required", "ops ALL=(ALL) NOPASSWD: ALL"],
            fault: .on(2, "mv /etc/sudoers.d/ops /root/", undo: "mv /root/ops /etc/sudoers.d/")
        ),
        host(
            "a user whose sudo asks for a password",
            ["sudo: a password is required", "ops ALL=(ALL) NOPASSWD: ALL"],
            fault: .on(
                2,
                "sed -i 's/NOPASSWD: //' /etc/sudoers.d/ops",
                undo: "sed -i 's/) ALL/) NOPASSWD: ALL/' /etc/sudoers.d/ops"
            )
        ),
        host(
            "a login shell that does nothing",
            ["exit 1 and said nothing", "login shell", "usermod -s"],
            fault: .on(2, "usermod -s /bin/false ops", undo: "usermod -s /bin/bash ops")
        ),
        host(
            "an account without a login",
            ["This account is currently not available", "login shell"],
            fault: .on(2, "usermod -s /usr/sbin/nologin ops", undo: "usermod -s /bin/bash ops")
        ),
    ]

    // MARK: programs

    private static let programs: [BadInput] = [
        host(
            "a host without etcdctl",
            ["no etcdctl in /opt/etcd/bin", "bin-dir", "could not be asked"]
        ) {
            try $0.inventory(member: 2, adding: "etcd: {bin-dir: /opt/etcd/bin}")
        },
        host(
            "an etcdctl that cannot be run",
            [
                "no version is told by /usr/local/bin/etcdctl, /usr/local/bin/etcdutl",
                "`/usr/local/bin/etcdctl version`",
            ],
            fault: .on(
                2,
                "printf '#!/bin/sh\\nexit 1\\n' | tee /usr/local/bin/etcdctl "
                    + ">/usr/local/bin/etcdutl && chmod 755 /usr/local/bin/etcd*",
                undo: "rm /usr/local/bin/etcdctl /usr/local/bin/etcdutl"
            )
        ),
        host(
            "a host without a program that a restore needs",
            ["missing: flock", "util-linux"],
            fault: .on(
                2,
                "mount --bind /dev/null /usr/bin/flock",
                undo: "umount /usr/bin/flock"
            )
        ),
    ]

    // MARK: directories

    private static let directories: [BadInput] = [
        host(
            "a disk that is too small",
            ["MiB free at /var/lib/etcd", "needed", "make room"],
            fault: .mounted("/var/lib/etcd", "size=64m,mode=700")
        ),
        host(
            "a data directory on a read-only file system",
            ["/var/lib/etcd is on a read-only file system", "dmesg"],
            fault: .mounted("/var/lib/etcd", "ro,mode=700")
        ),
        host(
            "a member directory that is a mount point",
            ["/var/lib/etcd/member is a mount point", "cannot be renamed"],
            fault: .mounted("/var/lib/etcd/member", "size=1g,mode=700")
        ),
    ]

    // MARK: other runs, and several problems at once

    private static let locks: [BadInput] = [
        BadInput("another run's lock", status: 5, by: .checks, fault: .locked(2)) { bench in
            Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", bench.snapshot],
                says: [
                    "etcd-2", "locked by run 20261122T164512Z-3fa9c1, by maria on bastion-7",
                    "2026-11-22T16:45:12Z", "rekindle resume 20261122T164512Z-3fa9c1",
                ]
            )
        },
        host(
            "a hold that a run has left behind",
            [
                "held by run 20261122T164512Z-3fa9c1", "whose lock is gone",
                "--take-over 20261122T164512Z-3fa9c1",
            ],
            fault: .on(
                2,
                "d=/etc/systemd/system/etcd.service.d; mkdir $d && printf '%s\\n' "
                    + "'# held by rekindle run 20261122T164512Z-3fa9c1' '[Unit]' "
                    + ">$d/rekindle-hold.conf && systemctl daemon-reload",
                undo: "rm -r /etc/systemd/system/etcd.service.d && systemctl daemon-reload"
            )
        ),
        BadInput(
            "three problems on three hosts, all told at once",
            status: 3,
            by: .checks,
            fault: Fault(
                make: {
                    try Fault.locked(2).make($0)
                    try $0.lab.exec(3, "systemctl stop ssh.service")
                },
                undo: {
                    try $0.lab.exec(3, "systemctl start ssh.service")
                    try Fault.locked(2).undo($0)
                }
            )
        ) { bench in
            Attempt(
                arguments: [
                    "-i",
                    try bench.inventory(member: 1, adding: "etcd: {data-dir: /var/lib/other}"),
                    "--snapshot", bench.snapshot,
                ],
                says: [
                    "etcd-1 the inventory says /var/lib/other, the unit on the host /var/lib/etcd",
                    "etcd-2 locked by run 20261122T164512Z-3fa9c1",
                    "etcd-3 cannot connect to \(bench.addresses[2]):22: connection refused",
                    "etcd-1 etcd, process",
                    "has /var/lib/etcd/member/snap/db open, and not /var/lib/other/member/snap/db",
                    "4 fail. A restore would be refused.",
                ]
            )
        },
    ]

    /// A problem of etcd-2: by its host, or by an inventory that does not fit it.
    static func host(
        _ name: String,
        _ says: [String],
        fault: Fault? = nil,
        inventory: @escaping @Sendable (Bench) throws -> String = { try $0.lab.inventory }
    ) -> BadInput {
        BadInput(name, status: 3, by: .checks, fault: fault) { bench in
            Attempt(
                arguments: ["-i", try inventory(bench), "--snapshot", bench.snapshot],
                says: ["etcd-2"] + says
            )
        }
    }
}

extension BadInput.Fault {
    /// A small file system over a directory; what lies under it stays as it is.
    fileprivate static func mounted(_ path: String, _ options: String) -> BadInput.Fault {
        .on(
            2,
            // an etcd that lost its directory would restart for ever, and every look would differ
            "systemctl stop etcd.service && mount -t tmpfs -o \(options) none \(path) && chown etcd:etcd \(path) 2>/dev/null; "
                + "mountpoint -q \(path)",
            undo: "umount \(path) && systemctl start etcd.service"
        )
    }

    /// The lock of a run on another machine.
    fileprivate static func locked(_ member: Int) -> BadInput.Fault {
        .on(
            member,
            "mkdir -m 700 /var/lib/etcd/.rekindle && printf '%s\\n' "
                + "run=20261122T164512Z-3fa9c1 operator=maria coordinator=bastion-7 "
                + "since=2026-11-22T16:45:12Z >/var/lib/etcd/.rekindle/lock",
            undo: "rm -r /var/lib/etcd/.rekindle"
        )
    }
}
