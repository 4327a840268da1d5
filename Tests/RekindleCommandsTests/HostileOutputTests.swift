import EtcdModel
import Foundation
import SnapshotSource
import SnapshotStore
import Testing

/// Commands whose every source of text is a stranger's, and what reaches the terminal.
@Suite("Text of strangers on the command line")
struct HostileOutputTests {
    private static let evil = "x\u{1B}]0;owned\u{07}\u{1B}[2J\r\u{9B}31m\u{202E}\u{2028}y"
    private static let forged = "x\nerror: forged\nHINT: forged"

    private let state: StateFolder
    private let folder: String

    /// A directory with snapshots whose manifests are hostile, an inventory and a damaged run.
    init() throws {
        let run = try #require(OldRun.all.first)
        state = try StateFolder([run])
        folder = "\(state.path)/b"
        for path in [folder, "\(state.path)/runs/20260101T000000Z-aaaaaa"] {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        try state.write(
            Array("{\"\(Self.evil)\": \"\(Self.evil)\"}\n".utf8),
            to: "\(state.path)/runs/20260101T000000Z-aaaaaa/journal.jsonl"
        )
        try Self.fillBackups(folder, state)
        let evil = Self.evil.unicodeScalars.map { "\\U\(Self.hex($0.value))" }.joined()
        let inventory = """
            cluster: {name: "prod\(evil)"}
            etcd: {data-dir: "/var/lib/etcd\(evil)"}
            ssh: {user: "\(evil)", port: 9}
            members:
              - {name: "m\(evil)", host: "127.0.0.1", \
            initial-advertise-peer-urls: ["http://127.0.0.1:2380"]}
            "unknown\(evil)": 1
            """
        try state.write(Array(inventory.utf8), to: "\(state.path)/bad.yaml")
        try state.write(Array(Self.inventory("prod").utf8), to: "\(state.path)/good.yaml")
        try state.write(Array(Self.inventory("prod\(evil)").utf8), to: "\(state.path)/odd.yaml")
        try state.write(
            Array("name: \"\(evil)\"\nsteps: [\"\(evil)\"]\n".utf8),
            to: "\(state.path)/playbook.yaml"
        )
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func inventory(_ cluster: String) -> String {
        """
        cluster: {name: "\(cluster)"}
        etcd: {data-dir: /var/lib/etcd, user: etcd, group: etcd}
        ssh: {user: ops, port: 9}
        members:
          - {name: m1, host: 127.0.0.1, initial-advertise-peer-urls: ["http://127.0.0.1:2380"], \
        advertise-client-urls: ["http://127.0.0.1:2379"]}

        """
    }

    private static func fillBackups(_ folder: String, _ state: StateFolder) throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../EtcdModelTests/Fixtures/snapshots/plain-3.5.16.db")
        let bytes = Array(try Data(contentsOf: fixture))
        let proof = try LocalSnapshot(path: fixture.path).prove()
        for (index, text) in [evil, forged].enumerated() {
            let time = 1_795_000_000 + Double(index)
            let name = SnapshotName(cluster: "prod", takenAt: time)
            let manifest = SnapshotManifest(
                snapshot: name.text,
                cluster: index == 0 ? "prod" : text,
                takenAt: UTCTime.text(time),
                member: text,
                etcdVersion: text,
                proof: proof,
                stored: SnapshotManifest.StoredBytes(bytes: proof.bytes, sha256: text),
                layers: [text]
            )
            try state.write(bytes, to: "\(folder)/\(name.text)")
            try state.write(try manifest.encoded(), to: "\(folder)/\(name.manifest)")
            // a manifest of another, whose name is a stranger's
            let other = SnapshotName(cluster: "prod", takenAt: time + 100)
            var wrong = manifest
            wrong.snapshot = text
            try state.write(bytes, to: "\(folder)/\(other.text)")
            try state.write(try wrong.encoded(), to: "\(folder)/\(other.manifest)")
        }
        try state.write(bytes, to: "\(folder)/\(evil).db")
        try state.write(Array(evil.utf8), to: "\(folder)/short\(evil)")
    }

    /// Commands, collected one by one.
    private struct Lines {
        var all: [[String]] = []
        mutating func add(_ words: String...) { all.append(words) }
    }

    private func restoring(_ snapshot: String, _ lines: inout Lines) {
        let (good, odd) = ("\(state.path)/good.yaml", "\(state.path)/odd.yaml")
        lines.add("plan", "--offline", "--snapshot", snapshot, "-i", good)
        lines.add("plan", "--offline", "--snapshot", snapshot, "-i", good, "--format", "markdown")
        lines.add("plan", "--offline", "--snapshot", snapshot, "-i", odd, "--format", "shell")
        lines.add("plan", "--offline", "--snapshot", snapshot, "-i", odd, "--output", "json")
        lines.add("plan", "--snapshot", snapshot, "-i", good)
        lines.add("check", "--snapshot", snapshot, "-i", good)
        lines.add("snapshot", "verify", snapshot)
        lines.add("snapshot", "verify", snapshot, "-i", good)
        lines.add("snapshot", "verify", snapshot, "--output", "json")
    }

    private func backups(_ lines: inout Lines) {
        let good = "\(state.path)/good.yaml"
        lines.add("snapshot", "list", "--in", folder)
        lines.add("snapshot", "list", "--in", "/nowhere/\(Self.evil)")
        lines.add("snapshot", "list", "--in", folder, "--output", "json")
        lines.add("snapshot", "prune", "--in", folder, "--keep-last", "1", "--dry-run")
        lines.add("snapshot", "prune", "--in", folder, "--keep-last", "1", "--output", "json")
        lines.add("snapshot", "verify", "\(folder)/short\(Self.evil)")
        lines.add("snapshot", "verify", "/nowhere/\(Self.evil)")
        lines.add("snapshot", "verify", "s3://\(Self.evil)/x")
        lines.add("snapshot", "save", "--to", folder, "-i", good)
        lines.add("snapshot", "recover", "--to", folder, "--from", Self.evil, "-i", good)
    }

    private func inventories(_ lines: inout Lines) {
        let odd = "\(state.path)/odd.yaml"
        lines.add("inventory", "show", "-i", "\(state.path)/bad.yaml")
        lines.add("inventory", "show", "-i", odd)
        lines.add("inventory", "show", "--offline", "--output", "json", "-i", odd)
        lines.add("inventory", "sudoers", "-i", odd)
        lines.add("inventory", "discover", Self.evil)
        lines.add("check", "--playbook", Self.evil)
        lines.add("check", "-i", "/nowhere/\(Self.evil)")
        lines.add("schedule", "snapshot", "--every", "6h", "--to", "/b/\(Self.evil)", "-i", odd)
    }

    private func runs(_ lines: inout Lines) {
        lines.add("runs")
        lines.add("runs", "--output", "json")
        for run in ["20260101T000000Z-aaaaaa", Self.evil] {
            lines.add("runs", "show", run)
            lines.add("runs", "verify", run)
            lines.add("report", run)
            lines.add("resume", run)
            lines.add("rollback", run)
            lines.add("clean", run)
        }
        lines.add(Self.evil)
        lines.add("check", "--\(Self.evil)")
        lines.add("runs", "--output", Self.evil)
        lines.add("help", Self.evil)
    }

    /// Every command, with a stranger's text in whatever it reads or is given.
    private var commands: [[String]] {
        var lines = Lines()
        let evil = Self.evil
        let good = "\(state.path)/good.yaml"
        let names = (0...1).map { day in
            SnapshotName(cluster: "prod", takenAt: 1_795_000_000 + Double(day)).text
        }
        for name in names + ["\(evil).db"] { restoring("\(folder)/\(name)", &lines) }
        backups(&lines)
        inventories(&lines)
        runs(&lines)
        let first = "\(folder)/\(names[0])"
        lines.add("restore", "--plan", "\(folder)/short\(evil)", "-i", good)
        lines.add("restore", "--snapshot", first, "--fence", "\(evil)=x", "-i", good)
        lines.add("plan", "--offline", "--snapshot", first, "-i", good)
        lines.all[lines.all.count - 1] += ["--playbook", "\(state.path)/playbook.yaml"]
        lines.add("member", "replace", evil, "-i", good)
        lines.add("member", "rebuild", "m1", "-i", good)
        lines.add("drill", "--snapshot", first, "-i", good)
        lines.add("drill", "--local", "--snapshot", "\(folder)/\(evil).db", "--bin-dir", "/\(evil)")
        lines.add("schedule", "drill", "--every", evil, "--snapshot", first, "-i", good)
        return lines.all
    }

    @Test("is never a control of it, and never a line of its own, whatever command says it")
    func everywhere() throws {
        for words in commands {
            let result = try BuiltProgram.run(
                words + ["--state-dir", state.path],
                environment: ["HOME": state.path]
            )
            for text in [result.output, result.error] {
                let hidden = text.unicodeScalars.filter { scalar in
                    guard scalar != "\n", scalar != "\t" else { return false }
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: return true
                    default: return false
                    }
                }
                #expect(
                    hidden.isEmpty,
                    "\(words): \(hidden.map { String($0.value, radix: 16) })"
                )
                #expect(!text.contains("\nerror: forged"), "\(words)")
                #expect(!text.contains("\nHINT: forged"), "\(words)")
            }
        }
    }
}
