import EtcdModel
import Foundation
import SnapshotSource
import SnapshotStore
import Testing

@Suite("Backups on the command line")
struct BackupCommandTests {
    /// A directory with snapshots a day apart, the newest first, and a state directory.
    private final class Backups: Sendable {
        let path: String
        let names: [String]
        let state: StateFolder

        init(_ count: Int, revision: Int64? = nil, hollow isHollow: Bool = false) throws {
            state = try StateFolder([])
            path = "\(state.path)/backups"
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            let fixture = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../EtcdModelTests/Fixtures/snapshots/busy-3.5.16.db")
            // names and sizes are all that a list looks at
            let bytes = isHollow ? [1] : Array(try Data(contentsOf: fixture))
            var proof = try LocalSnapshot(path: fixture.path).prove()
            proof.revision = revision ?? proof.revision
            var names: [String] = []
            for day in 0..<count {
                let time = 1_795_000_000 - 86_400 * Double(day)
                let name = SnapshotName(cluster: "prod", takenAt: time)
                let manifest = SnapshotManifest(
                    snapshot: name.text,
                    cluster: "prod",
                    takenAt: UTCTime.text(time),
                    member: "etcd-2",
                    etcdVersion: "3.5.16",
                    proof: proof,
                    stored: SnapshotManifest.StoredBytes(
                        bytes: UInt64(bytes.count),
                        sha256: proof.sha256
                    ),
                    layers: []
                )
                try state.write(bytes, to: "\(path)/\(name.text)")
                try state.write(try manifest.encoded(), to: "\(path)/\(name.manifest)")
                names.append(name.text)
            }
            self.names = names
        }

        func rekindle(_ words: String...) throws -> StateFolder.Result {
            try BuiltProgram.run(words + ["--state-dir", state.path])
        }

        /// All but the lock that saves and prunes take.
        var files: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                    .filter { $0 != ".rekindle-lock" }
            }
        }
    }

    @Test("are listed newest first, each proven or not")
    func list() throws {
        let backups = try Backups(3)
        try backups.state.write([1], to: "\(backups.path)/\(backups.names[1])")
        try backups.state.write([1], to: "\(backups.path)/notes.txt")
        let result = try backups.rekindle("snapshot", "list", "--in", backups.path)
        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0, "\(result.error)")
        #expect(lines.count == 3)
        #expect(zip(lines, backups.names).allSatisfy { $0.hasPrefix($1) })
        #expect(lines[0].hasSuffix("proven"))
        #expect(lines[1].contains("DAMAGED"))
    }

    @Test("are pruned by restic's rules, strangers' files never, each with a line in the audit log")
    func prune() throws {
        let backups = try Backups(5)
        try backups.state.write([1], to: "\(backups.path)/notes.txt")
        let before = try backups.files
        let dry = try backups.rekindle(
            "snapshot",
            "prune",
            "--in",
            backups.path,
            "--keep-daily",
            "2",
            "--dry-run"
        )
        #expect(dry.status == 0, "\(dry.error)")
        #expect(try backups.files == before)
        let silent = try backups.rekindle(
            "snapshot",
            "prune",
            "--in",
            backups.path,
            "--keep-last",
            "2"
        )
        #expect(silent.status == 64, "nobody is there to ask")
        #expect(try backups.files == before)
        let done = try backups.rekindle(
            "snapshot",
            "prune",
            "--in",
            backups.path,
            "--keep-last",
            "2",
            "--yes"
        )
        #expect(done.status == 0, "\(done.error)")
        let kept = backups.names.prefix(2).flatMap { [$0, "\($0).manifest.json"] }
        #expect(try backups.files == (kept + ["notes.txt"]).sorted())
        let audit = try String(
            contentsOfFile: "\(backups.state.path)/audit/journal.jsonl",
            encoding: .utf8
        )
        for name in backups.names.dropFirst(2) {
            #expect(audit.contains("\"snapshot\":\"\(name)\""))
        }
        #expect(audit.split(separator: "\n").count == 4)
        let none = try backups.rekindle("snapshot", "prune", "--in", backups.path, "--yes")
        #expect(none.status == 64)
        #expect(none.error.contains("no rule says what to keep"))
    }

    @Test("are not pruned where the audit log was changed")
    func changedAudit() throws {
        let backups = try Backups(3)
        let prune = ["snapshot", "prune", "--in", backups.path, "--yes", "--keep-last"]
        _ = try BuiltProgram.run(prune + ["2", "--state-dir", backups.state.path])
        let log = "\(backups.state.path)/audit/journal.jsonl"
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try backups.state.write(Array(text.replacing("prod-", with: "dorp-").utf8), to: log)
        let before = try backups.files
        let result = try BuiltProgram.run(prune + ["1", "--state-dir", backups.state.path])
        #expect(result.status == 65, "\(result.error)")
        #expect(try backups.files == before)
    }

    @Test("are proven against the manifest beside them")
    func manifest() throws {
        let good = try Backups(1)
        let verified = try good.rekindle("snapshot", "verify", "\(good.path)/\(good.names[0])")
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.error.contains("is as its manifest says: saved from etcd-2 at 2026-11-18"))
        let bad = try Backups(1, revision: 7)
        let refused = try bad.rekindle("snapshot", "verify", "\(bad.path)/\(bad.names[0])")
        #expect(refused.status == 65)
        #expect(refused.error.contains("is not the snapshot that its manifest tells of"))
        #expect(refused.error.contains("revision: 7 by the manifest, "))
        #expect(refused.error.contains("HINT:"))
    }

    @Test(
        "have a destination and options that can be meant",
        arguments: [
            (["snapshot", "list", "--in", "s3://"], "names no bucket"),
            (["snapshot", "list", "--in", "-"], "names no destination"),
            (
                ["snapshot", "save", "--to", "/x", "--encrypt-to", "a", "--passphrase-file", "b"],
                "exclude"
            ),
            (
                ["snapshot", "save", "--to", "/x", "--passphrase-file", "/nonexistent"],
                "cannot read"
            ),
            (["snapshot", "prune", "--in", "/x", "--keep-last=-1"], "is no count"),
        ]
    )
    func usage(_ words: [String], _ fact: String) throws {
        let result = try BuiltProgram.run(words)
        #expect(result.status == 64, "\(result.error)")
        #expect(result.error.contains(fact), "\(result.error)")
    }

    @Test("may be a thousand")
    func scale() throws {
        let backups = try Backups(1000, hollow: true)
        let result = try backups.rekindle(
            "snapshot",
            "prune",
            "--in",
            backups.path,
            "--keep-monthly",
            "12",
            "--dry-run"
        )
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.split(separator: "\n").count == 1000)
    }
}
