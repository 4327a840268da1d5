import Foundation

extension BadInput {
    /// Snapshot files: proven here, before any host is asked.
    static let snapshots: [BadInput] = [
        snapshot("a snapshot that is not there") { bench in
            let path = bench.path("none.db")
            return (path, ["cannot read \(path)", "no such file", "check the path"])
        },
        snapshot("a path through a file") { bench in
            let path = try bench.write("", "file") + "/snapshot.db"
            return (path, ["cannot read \(path)", "not a directory"])
        },
        snapshot("a directory as the snapshot") { bench in
            let path = try bench.makeFolder("snapshots")
            return (path, ["\(path) is not a regular file"])
        },
        snapshot("a device as the snapshot") { _ in
            ("/dev/null", ["/dev/null is not a regular file"])
        },
        snapshot("an empty snapshot") { bench in
            let path = try bench.write("", "empty.db")
            return (path, ["\(path) is empty", "fetch it again"])
        },
        snapshot("a text as the snapshot") { bench in
            let path = try bench.write(String(repeating: "backup done\n", count: 1000), "log.db")
            return (path, ["\(path) is not an etcd snapshot", "it is text"])
        },
        snapshot("a snapshot of a few bytes") { bench in
            let path = try bench.write("backup failed\n", "tiny.db")
            return (path, ["\(path) is not an etcd snapshot", "it is text"])
        },
        spoiled("a snapshot cut short", ["is truncated", "bytes of"]) { $0.prefix($0.count / 2) },
        spoiled("a snapshot with one bit flipped", ["is corrupt", "SHA-256", "do not restore it"]) {
            bytes in
            var flipped = bytes
            flipped[bytes.count * 2 / 3] ^= 0x10
            return flipped
        },
        spoiled("a snapshot with a byte behind its end", ["1 byte too many", "behind its end"]) {
            $0 + [0x0A]
        },
        spoiled("a raw copy of member/snap/db", ["raw copy of member/snap/db", "snapshot save"]) {
            $0.dropLast(32)
        },
        snapshot("a snapshot in a tar") { bench in
            let path = bench.path("snapshot.tar.gz")
            try Program.require(
                "/bin/sh",
                ["-c", "exec tar -czf \"$2\" \"$1\"", "sh", bench.snapshot, path]
            )
            return (path, [path, "is not an etcd snapshot", "it is a tar archive", "tar -xf"])
        },
        snapshot("a compressed snapshot cut short") { bench in
            let path = bench.path("snapshot.db.gz")
            try Program.require(
                "/bin/sh",
                ["-c", "gzip -c \"$1\" | head -c 9000 >\"$2\"", "sh", bench.snapshot, path]
            )
            return (path, [path, "is truncated: its gzip layer", "fetch it again"])
        },
        BadInput("a snapshot on a host that is no member", status: 64) { bench in
            Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", "etcd-9:/prod.db"],
                says: ["there is no member etcd-9, and no such file", "etcd-1"]
            )
        },
        BadInput("a snapshot that is not on its member", status: 65) { bench in
            Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", "etcd-1:/none.db"],
                says: [
                    "etcd-1: cannot read /none.db", "No such file", "check the path on that host",
                ]
            )
        },
        BadInput("an empty path", status: 64) { bench in
            Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", ""],
                says: ["the path of the snapshot is empty", "unset"]
            )
        },
    ]

    private static func snapshot(
        _ name: String,
        _ make: @escaping @Sendable (Bench) throws -> (path: String, says: [String])
    ) -> BadInput {
        BadInput(name, status: 65) { bench in
            let (path, says) = try make(bench)
            return Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", path],
                says: says
            )
        }
    }

    private static func spoiled(
        _ name: String,
        _ says: [String],
        _ spoil: @escaping @Sendable (Data) -> Data
    ) -> BadInput {
        snapshot(name) { bench in
            let bytes = try Data(contentsOf: URL(filePath: bench.snapshot))
            let path = try bench.write(Data(spoil(bytes)), "spoiled.db")
            return (path, [path] + says)
        }
    }
}
