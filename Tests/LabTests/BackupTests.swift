import Foundation
import Glibc
import Testing

@Suite(
    "Backups that Rekindle takes itself",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("backup", etcd: "3.5")
)
struct BackupTests {
    private struct Listed: Decodable {
        var snapshot: String
        var state: String
        var revision: Int64?
        var member: String?
        var hashKV: UInt32?
    }

    private struct Pruned: Decodable {
        var kept: [Listed]
        var deleted: [Listed]
    }

    private func decode<Value: Decodable>(_ result: Program.Result) throws -> Value {
        try #require(result.status == 0, "\(result.errorText)")
        return try JSONDecoder().decode(Value.self, from: result.output)
    }

    /// What saves left beside the members' data.
    private func leftovers(_ lab: Lab, filesOnly: Bool = false) throws -> String {
        let kind = filesOnly ? "-type f" : ""
        return try (1...3).map { member in
            try lab.exec(
                member,
                "find \(lab.dataDirectory)*.rekindle-save \(kind) 2>/dev/null; true"
            ).outputText
        }
        .joined()
    }

    @Test("are saved from a follower, listed, pruned, and restored by their manifest")
    func keep() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let place = lost.scratch.file("backups")
        let pass = lost.scratch.file("pass")
        try Data("a good passphrase\n".utf8).write(to: URL(filePath: pass))
        var saved: [Listed] = []
        for options in [[], ["--compress", "zst", "--passphrase-file", pass]] {
            // names tell times to the second
            if !saved.isEmpty { sleep(1) }
            let arguments = ["snapshot", "save", "--to", place, "--output", "json"] + options
            let result = try lab.rekindle(
                try lost.arguments(arguments),
                environment: ["GNUPGHOME": lost.scratch.file("gnupg")]
            )
            saved.append(try decode(result))
        }
        #expect(saved.allSatisfy { $0.state == "proven" })
        #expect(try leftovers(lab).isEmpty, "nothing stays on a member")
        let listed: [Listed] = try decode(
            try lost.rekindle("snapshot", "list", "--in", place, "--output", "json")
        )
        #expect(listed.map(\.snapshot) == saved.reversed().map(\.snapshot))
        let pruned: Pruned = try decode(
            try lost.rekindle(
                "snapshot",
                "prune",
                "--in",
                place,
                "--keep-last",
                "1",
                "--yes",
                "--output",
                "json"
            )
        )
        #expect(pruned.deleted.map(\.snapshot) == [saved[0].snapshot])
        let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
        #expect(
            names == [".rekindle-lock", saved[1].snapshot, saved[1].snapshot + ".manifest.json"]
        )
        let audit = try String(
            contentsOfFile: lost.stateDirectory + "/audit/journal.jsonl",
            encoding: .utf8
        )
        #expect(audit.components(separatedBy: "\"action\":\"saved\"").count == 3)
        #expect(audit.components(separatedBy: "\"action\":\"deleting\"").count == 2)
        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            "\(place)/\(saved[1].snapshot)",
            "--passphrase-file",
            pass,
            "--yes",
            "-q"
        )
        #expect(restore.status == 0, "\(restore.errorText)")
        #expect(restore.outputText.contains("manifest"), "\(restore.outputText)")
        #expect(restore.outputText.contains("agrees: saved from etcd-"))
    }

    @Test("have no name before they are whole, however a save ends")
    func killed() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        try lab.script("load", ["4"])
        let place = lost.scratch.file("backups")
        for member in ["1", "2", "3"] { try lab.script("link", ["rate", member, "4mbit"]) }
        let running = try lost.start(["snapshot", "save", "--to", place])
        _ = Watchdog.wait(atMost: 60, every: 50_000) {
            running.errorSoFar.contains("saving from")
        }
        usleep(1_000_000)
        running.kill(SIGKILL)
        _ = try running.finish()
        for member in ["1", "2", "3"] { try lab.script("link", ["rate", member, "off"]) }
        let left = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        #expect(left.filter { !$0.hasPrefix(".") }.isEmpty)
        _ = Watchdog.wait(atMost: 20, every: 200_000) {
            (try? leftovers(lab, filesOnly: true).isEmpty) == true
        }
        let kept = try leftovers(lab, filesOnly: true)
        #expect(kept.isEmpty, "no copy stays on the member")
        let again = try lost.rekindle("snapshot", "save", "--to", place, "-q")
        #expect(again.status == 0, "\(again.errorText)")
    }

    @Test("leave nothing under their name where the destination is full")
    func full() throws {
        let lost = try LostCluster(.current)
        let place = lost.scratch.file("small")
        try FileManager.default.createDirectory(
            atPath: place,
            withIntermediateDirectories: false
        )
        _ = try Program.require(
            "/usr/bin/mount",
            ["-t", "tmpfs", "-o", "size=512k", "none", place]
        )
        defer { _ = try? Program.run("/usr/bin/umount", [place]) }
        let result = try lost.rekindle("snapshot", "save", "--to", place)
        #expect(result.status == 1, "\(result.errorText)")
        #expect(result.errorText.contains("no space left on device"))
        #expect(result.errorText.contains("HINT: make room there"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [".rekindle-lock"])
    }

    @Test("are taken of a member without a leader only where that one is named")
    func withoutLeader() throws {
        let lost = try LostCluster(.current)
        let place = lost.scratch.file("backups")
        for member in [1, 2] { _ = try Lab.current.exec(member, "systemctl stop etcd") }
        let hasNoLeader = Watchdog.wait(atMost: 30, every: 500_000) {
            (try? lost.rekindle("snapshot", "save", "--to", place))?.status == 3
        }
        #expect(hasNoLeader)
        let save = try lost.rekindle("snapshot", "save", "--to", place, "--from", "etcd-3")
        #expect(save.status == 0, "\(save.errorText)")
        let unknown = try lost.rekindle("snapshot", "save", "--to", place, "--from", "etcd-33")
        #expect(unknown.status == 64)
        #expect(unknown.errorText.contains("the members are etcd-1, etcd-2, etcd-3"))
    }

    @Test("are not taken where no member serves, and every member's reason is told")
    func refused() throws {
        let lost = try LostCluster(.current)
        let place = lost.scratch.file("backups")
        for member in 1...3 { _ = try Lab.current.exec(member, "systemctl stop etcd") }
        let result = try lost.rekindle("snapshot", "save", "--to", place)
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("etcd-1: its etcd does not answer"))
        let left = try FileManager.default.contentsOfDirectory(atPath: place)
        #expect(left.filter { !$0.hasPrefix(".") }.isEmpty)
    }
}

@Suite(
    "Backups of etcd 3.4",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/usr/bin/age"),
        "age is not installed"
    ),
    .lab("backup34", etcd: "3.4")
)
struct OldBackupTests {
    private struct Saved: Decodable { var snapshot: String }
    private struct Recovered: Decodable {
        struct Member: Decodable {
            var from: String?
            var revision: Int64?
        }
        var members: [Member]
        var stored: Saved
    }

    /// A key of age's: its file, and who is encrypted for.
    private func key(_ lost: LostCluster, _ name: String) throws -> (file: String, it: String) {
        let file = lost.scratch.file(name)
        _ = try Program.require("/usr/bin/age-keygen", ["-o", file])
        let it = try Program.require("/usr/bin/age-keygen", ["-y", file]).outputText
        return (file, it.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test("are saved for a key of age's, and restored by whoever has it")
    func age() throws {
        let lost = try LostCluster(.current)
        let place = lost.scratch.file("backups")
        let (mine, me) = try key(lost, "mine")
        let (other, _) = try key(lost, "other")
        let save = try lost.rekindle(
            "snapshot",
            "save",
            "--to",
            place,
            "--encrypt-to",
            me,
            "--output",
            "json"
        )
        try #require(save.status == 0, "\(save.errorText)")
        let saved = try JSONDecoder().decode(Saved.self, from: save.output).snapshot
        #expect(saved.hasSuffix(".db.age"))
        let wrong = try lost.rekindle(
            "restore",
            "--snapshot",
            "\(place)/\(saved)",
            "--identity",
            other,
            "--yes",
            "-q"
        )
        #expect(wrong.status == 65, "\(wrong.errorText)")
        #expect(wrong.errorText.contains("HINT: "), "\(wrong.errorText)")
        #expect(try lost.lab.identity() == lost.oldIdentity, "nothing was changed")
        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            "\(place)/\(saved)",
            "--identity",
            mine,
            "--yes",
            "-q"
        )
        #expect(restore.status == 0, "\(restore.errorText)")
        #expect(try lost.lab.contents().kvs == lost.newest.kvs)
    }

    @Test("are recovered from dead members, WAL and all")
    func dead() throws {
        let lost = try LostCluster(.current)
        for member in 1...3 {
            try lost.lab.exec(
                member,
                """
                mkdir -p /run/systemd/system/etcd.service.d
                printf '[Service]\\nRestart=no\\n' >/run/systemd/system/etcd.service.d/stay.conf
                systemctl daemon-reload
                systemctl kill -s KILL etcd
                while systemctl is-active -q etcd; do sleep 0.1; done
                """
            )
        }
        let place = lost.scratch.file("recovered")
        let recover = try lost.rekindle("snapshot", "recover", "--to", place, "--output", "json")
        try #require(recover.status == 0, "\(recover.errorText)")
        let found = try JSONDecoder().decode(Recovered.self, from: recover.output)
        #expect(found.members.map(\.from) == ["wal", "wal", "wal"])
        #expect(found.members.compactMap(\.revision).max() == lost.newest.header.revision)
        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            "\(place)/\(found.stored.snapshot)",
            "--yes",
            "-q"
        )
        #expect(restore.status == 0, "\(restore.errorText)")
        #expect(try lost.lab.contents().kvs == lost.newest.kvs)
    }
}
