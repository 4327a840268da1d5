import Foundation

extension BadInput {
    /// Where runs are kept, and runs that are not there.
    static let stateDirectories: [BadInput] = [
        state("a file as the state directory") { bench in
            let path = try bench.write("", "state")
            return (path, [path, "not a directory", "--state-dir"])
        },
        state("a state directory that others can write into") { bench in
            let path = try bench.makeFolder("state", mode: 0o770)
            return (path, ["others can write into \(path)", "mode 770", "chmod go-w"])
        },
        state(
            "a full disk under the state directory",
            fault: .init(
                make: { try mountSmall($0, "size=16k,mode=700") },
                undo: { try Program.require("/bin/umount", ["\($0.folder)/small"]) }
            )
        ) { bench in
            // what is left of the disk is too little for a plan
            let path = "\(bench.folder)/small"
            try Data(count: 8192).write(to: URL(filePath: "\(path)/others"))
            return (path, [path, "no space left on device", "--state-dir"])
        },
        state(
            "a read-only state directory",
            fault: .init(
                make: { try mountSmall($0, "ro,mode=700") },
                undo: { try Program.require("/bin/umount", ["\($0.folder)/small"]) }
            )
        ) { bench in
            let path = "\(bench.folder)/small"
            return (path, [path, "read-only", "--state-dir"])
        },
        run("a run where there are none", status: 64, []) { _ in
            (nil, ["there are no runs", "--state-dir"])
        },
        run("an unknown run", status: 64, ["20261122T170000Z-aaaaaa"]) { _ in
            ("20270101", ["there is no run 20270101", "20261122T170000Z-aaaaaa"])
        },
        run("a path in the place of a run", status: 64, ["20261122T170000Z-aaaaaa"]) { _ in
            ("../../etc", ["there is no run ../../etc"])
        },
        run(
            "a prefix of two runs",
            status: 64,
            ["20261122T170000Z-aaaaaa", "20261122T180000Z-bbbbbb"]
        ) { _ in
            (
                "20261122",
                [
                    "2 runs begin with 20261122",
                    "20261122T170000Z-aaaaaa, 20261122T180000Z-bbbbbb",
                ]
            )
        },
        run("a run without a journal", status: 65, ["20261122T170000Z-aaaaaa"]) { state in
            (nil, ["\(state)/runs/20261122T170000Z-aaaaaa has no journal", "a backup"])
        },
        run("a run with a damaged journal", status: 65, ["20261122T170000Z-aaaaaa"]) { state in
            let journal = "\(state)/runs/20261122T170000Z-aaaaaa/journal.jsonl"
            try Data("{\"seq\":1}\n{}\n".utf8).write(to: URL(filePath: journal))
            return (
                nil,
                [
                    "\(journal), line 1:", "does not begin as a journal",
                    "rekindle runs verify 20261122T170000Z-aaaaaa",
                ]
            )
        },
    ]

    private static func mountSmall(_ bench: Bench, _ options: String) throws {
        let path = "\(bench.folder)/small"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Program.require("/bin/mount", ["-t", "tmpfs", "-o", options, "none", path])
    }

    private static func state(
        _ name: String,
        fault: Fault? = nil,
        _ make: @escaping @Sendable (Bench) throws -> (path: String, says: [String])
    ) -> BadInput {
        BadInput(
            name,
            status: 3,
            by: .afterwards,
            commands: [["restore", "--yes"]],
            fault: fault
        ) { bench in
            let (path, says) = try make(bench)
            return Attempt(
                arguments: [
                    "-i", try bench.lab.inventory, "--snapshot", bench.snapshot, "--state-dir",
                    path,
                ],
                says: says
            )
        }
    }

    /// Asks for a run of a state directory that has folders of these names.
    private static func run(
        _ name: String,
        status: Int32,
        _ runs: [String],
        _ make: @escaping @Sendable (_ state: String) throws -> (run: String?, says: [String])
    ) -> BadInput {
        let commands = [["resume"], ["rollback", "--yes"], ["clean", "--yes"], ["runs", "show"]]
        return BadInput(name, status: status, commands: commands) { bench in
            let state = try bench.makeFolder("state")
            for run in runs {
                try FileManager.default.createDirectory(
                    atPath: "\(state)/runs/\(run)",
                    withIntermediateDirectories: true
                )
                for path in ["\(state)/runs", "\(state)/runs/\(run)"] {
                    try FileManager.default.setAttributes(
                        [.posixPermissions: 0o700],
                        ofItemAtPath: path
                    )
                }
            }
            let (run, says) = try make(state)
            return Attempt(
                // --yes needs one of them
                arguments: ["--state-dir", state]
                    + (try run.map { [$0] } ?? ["-i", try bench.lab.inventory]),
                says: says
            )
        }
    }
}
