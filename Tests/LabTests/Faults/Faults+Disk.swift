import Glibc

/// What happens to one host's data directory, a file system of its own, and to what works in it.
enum DiskFaults {
    static let all = [
        full, staysFull, readOnly, flippedOnTheWay, flippedInTheCopy, flippedInStaging,
        toolKilled, outOfMemory, appearedAgain, startedByColleague, startedBehindTheHold,
    ]

    static let full = Fault(
        name: "the data's disk is full until room is made",
        moments: steps,
        strike: { try $0.onHost(fill) },
        lift: { try $0.onHost("rm -f /var/lib/etcd/filler*") },
        chosen: [.before("restore-snapshot")]
    )

    static let staysFull = Fault(
        name: "the data's disk is full and stays so",
        moments: [.before("upload-snapshot"), .before("restore-snapshot")],
        strike: { scene in
            scene.needsFreshLab = true
            try scene.onHost(fill)
        },
        remedy: .rollbackOnly,
        due: [.oldBack]
    )

    static let readOnly = Fault(
        name: "the data's file system turns read-only until it is mended",
        moments: steps,
        strike: { scene in
            try scene.onHost(
                "cd /; d=/var/lib/etcd; mount --bind $d $d; mount -o remount,ro,bind $d"
            )
            scene.notes["bound"] = "yes"
        },
        lift: { scene in
            if scene.notes.removeValue(forKey: "bound") != nil {
                try scene.onHost("cd /; umount -l /var/lib/etcd")
            }
        }
    )

    static let flippedOnTheWay = Fault(
        name: "a byte of the transfer flips on the host",
        moments: [.before("upload-snapshot")],
        prepare: { scene in
            // dd writes whole mebibytes: with several there is something to flip in the middle
            try scene.lab.script("load", ["5", "--prefix", "/more"])
            try scene.saveAgain()
            try scene.moveOn()
            try scene.lab.script("link", ["rate", "\(scene.member)", "2mbit"])
        },
        strike: { scene in
            let file = "\(scene.runDirectory)/snapshot.db.part"
            scene.running?.kill(SIGCONT)
            let isUnderWay = try Watchdog.wait(atMost: 30, every: 20_000) {
                try scene.onHost("stat -c %s \(file) 2>/dev/null || echo 0") != "0\n"
            }
            scene.running?.kill(SIGSTOP)
            if !isUnderWay { throw Unexpected("no byte of the snapshot arrived") }
            try scene.flipByte(of: file)
            try scene.lab.script("link", ["rate", "\(scene.member)", "off"])
        },
        chosen: [.before("upload-snapshot")]
    )

    static let flippedInTheCopy = Fault(
        name: "a byte of the snapshot's copy flips after it was proven",
        moments: [.before("set-aside-data"), .before("restore-snapshot")],
        strike: { try $0.flipByte(of: "\($0.runDirectory)/snapshot.db") },
        remedy: .rollbackAtLast
    )

    static let flippedInStaging = Fault(
        name: "values change in the restored database before it is put in place",
        moments: [.before("set-ownership")],
        strike: { scene in
            let file = "\(scene.runDirectory)/staging/member/snap/db"
            try scene.onHost(
                """
                python3 - <<'PY'
                f = open('\(file)', 'r+b')
                b = f.read()
                assert b'/registry/' in b
                f.seek(0)
                f.write(b.replace(b'"kind"', b'"kinD"').replace(b'/registry/', b'/registrY/'))
                PY
                """
            )
        },
        remedy: .rollbackOnly,
        due: [.oldBack],
        chosen: [.before("set-ownership")]
    )

    static let toolKilled = tool(
        "etcdutl killed half-way",
        { "/usr/bin/etcdutl \"$@\" & sleep 0.0\(Int.random(in: 1...9, using: &$0)); kill -9 $!" },
        chosen: [.begun]
    )
    static let outOfMemory = tool(
        "etcdutl gets no more memory",
        { "ulimit -v \(Int.random(in: 300...900, using: &$0))000; exec /usr/bin/etcdutl \"$@\"" },
        chosen: []
    )

    static let appearedAgain = Fault(
        name: "a data directory appears again",
        moments: [
            .before("restore-snapshot"), .before("set-ownership"), .before("install-data"),
        ],
        strike: {
            try $0.onHost("mkdir -p \($0.member(of: "wal")); chown -R etcd: /var/lib/etcd/member")
        },
        lift: { try $0.onHost("rmdir /var/lib/etcd/member/wal /var/lib/etcd/member || true") },
        chosen: [.before("install-data")]
    )

    static let startedByColleague = Fault(
        name: "a colleague's systemctl start etcd",
        moments: [
            .before("stop-service"), .before("upload-snapshot"), .before("set-aside-data"),
            .before("restore-snapshot"), .before("install-data"), .before("start-service"),
        ],
        strike: { try $0.onHost("systemctl start --no-block etcd || true; sleep 0.3") },
        chosen: [.before("install-data")]
    )

    static let startedBehindTheHold = Fault(
        name: "a colleague removes the hold and starts etcd with no data",
        moments: [.before("restore-snapshot"), .before("install-data")],
        strike: { scene in
            try scene.onHost(
                """
                rm -f /etc/systemd/system/etcd.service.d/rekindle-hold.conf
                systemctl daemon-reload
                systemctl start --no-block etcd
                for n in $(seq 50); do [ -f /var/lib/etcd/member/snap/db ] && break; sleep 0.1; done
                """
            )
            scene.notes["stranger"] = "yes"
        },
        lift: { scene in
            // where the restored data was in place already, etcd opened that
            if scene.notes.removeValue(forKey: "stranger") != nil, !scene.isProven {
                try scene.onHost("systemctl stop etcd; mv /var/lib/etcd/member /var/lib/stranger")
                scene.needsFreshLab = true
            }
        },
        remedy: .rollbackAtLast
    )

    private static let steps: [Moment] = [
        .before("upload-snapshot"), .before("set-aside-data"), .before("restore-snapshot"),
        .before("set-ownership"), .before("install-data"),
    ]

    private static let fill = """
        cd /var/lib/etcd
        fallocate -l $(df --output=avail -B1 . | tail -n 1) filler
        dd if=/dev/zero of=filler-2 bs=1k 2>/dev/null
        true
        """

    /// An `etcdutl` before the real one in the PATH that does so once, at its first restore.
    private static func tool(
        _ name: String,
        _ body: @escaping @Sendable (inout SeededGenerator) -> String,
        chosen: [Moment]
    ) -> Fault {
        Fault(
            name: name,
            moments: [.begun],
            prepare: { scene in
                let line = body(&scene.random)
                for member in try scene.lab.members {
                    try scene.lab.exec(
                        member,
                        """
                        cat >/usr/local/bin/etcdutl <<'SH'
                        #!/bin/bash
                        if [ "$1 $2" = "snapshot restore" ] && rm /run/fault 2>/dev/null; then
                          \(line)
                          exit 137
                        fi
                        exec /usr/bin/etcdutl "$@"
                        SH
                        chmod 755 /usr/local/bin/etcdutl
                        \(member == scene.member ? "touch /run/fault" : "")
                        """
                    )
                }
            },
            // the plan may have been made with it: it stays until the next case's lab is fresh
            lift: { $0.needsFreshLab = true },
            chosen: chosen
        )
    }
}

extension Scene {
    var runDirectory: String { "\(dataDirectory)/.rekindle/\(journal.run)" }

    func member(of part: String) -> String { "\(dataDirectory)/member/\(part)" }

    /// Changes one bit of a byte that chance chooses.
    func flipByte(of file: String) throws {
        let chance = UInt32.random(in: 0 ... .max, using: &random)
        try onHost(
            """
            python3 - <<'PY'
            import os
            f = open('\(file)', 'r+b', buffering=0)
            at = \(chance) % os.fstat(f.fileno()).st_size
            f.seek(at)
            b = f.read(1)[0] ^ (1 << \(chance % 8))
            f.seek(at)
            f.write(bytes([b]))
            PY
            """
        )
    }
}
