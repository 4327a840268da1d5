import Foundation
import Glibc
import Testing

@Suite(
    "Backups",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("backup", etcd: "3.5")
)
struct BackupTests {
    private func nothingIsLeft(_ lost: LostCluster) throws {
        for member in try lost.lab.members {
            #expect(
                try lost.lab.exec(member, "ls /var/tmp | grep -c rekindle || :").outputText == "0\n"
            )
        }
    }

    private func kept(_ directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    @Test(
        "are saved from a follower, listed, pruned, and restored from, with their manifest as witness"
    )
    func whole() throws {
        let lost = try LostCluster(.current)
        let directory = lost.scratch.file("backups")
        let passphrase = lost.scratch.file("passphrase")
        try "open sesame\n".write(toFile: passphrase, atomically: true, encoding: .utf8)
        for packing in [[], ["--compress", "zst", "--passphrase-file", passphrase]] {
            let save = try lost.lab.rekindle(
                try lost.arguments(["snapshot", "save", "--to", directory] + packing)
            )
            try #require(save.status == 0, "\(save.errorText)")
            #expect(save.errorText.contains("(a follower)"))
            usleep(1_100_000)
        }
        try nothingIsLeft(lost)
        let list = try lost.rekindle("snapshot", "list", "--in", directory)
        #expect(list.outputText.split(separator: "\n").count { $0.hasSuffix("proven") } == 2)
        let prune = try lost.rekindle(
            "snapshot",
            "prune",
            "--in",
            directory,
            "--keep-last",
            "1",
            "--yes"
        )
        #expect(prune.status == 0, "\(prune.errorText)")
        let files = kept(directory)
        try #require(files.count == 2)
        let file = "\(directory)/\(files[0])"
        #expect(file.hasSuffix(".db.zst.gpg"))

        try lost.lab.write(puts: ["/a": "newest of all"])
        let words = ["restore", "--snapshot", file, "--passphrase-file", passphrase, "--yes"]
        let restore = try lost.lab.rekindle(try lost.arguments(words))
        try #require(restore.status == 0, "\(restore.errorText)")
        #expect(restore.errorText.contains("as its manifest says: saved from etcd-"))
        #expect(try lost.lab.contents().kvs == lost.newest.kvs)

        // another file in its place is whole as well
        let other = lost.scratch.file("other.db")
        let manifest = "\(other).manifest.json"
        try FileManager.default.copyItem(atPath: lost.snapshot, toPath: other)
        try FileManager.default.copyItem(atPath: "\(file).manifest.json", toPath: manifest)
        let refused = try lost.rekindle("plan", "--snapshot", other)
        #expect(refused.status == 65, "\(refused.errorText)")
        #expect(refused.errorText.contains("the manifest says"))
    }

    @Test("leave nothing under a final name where they are killed, refused or out of room")
    func broken() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let directory = lost.scratch.file("backups")
        let save = ["snapshot", "save", "--to", directory]

        let killed = try lost.start(save)
        usleep(400_000)
        killed.kill(SIGKILL)
        _ = try killed.finish()
        #expect(kept(directory).allSatisfy { $0.hasPrefix(".") })

        for member in try lab.members {
            try lab.exec(
                member,
                "rm -rf /var/tmp/rekindle-save.*; mount -t tmpfs -o size=1m none /var/tmp"
            )
        }
        let full = try lost.rekindle("snapshot", "save", "--to", directory)
        for member in try lab.members { try lab.exec(member, "umount /var/tmp") }
        #expect(full.status == 1, "\(full.errorText)")
        #expect(full.errorText.contains("MiB are needed"))

        // one that is alone has no leader
        try lab.exec(1, "systemctl stop etcd")
        try lab.exec(2, "systemctl stop etcd")
        var refused = try lost.rekindle("snapshot", "save", "--to", directory)
        for _ in 0..<20 where refused.status != 3 {
            refused = try lost.rekindle("snapshot", "save", "--to", directory)
        }
        #expect(refused.status == 3, "\(refused.errorText)")
        #expect(refused.errorText.contains("no member is healthy"))
        #expect(refused.errorText.contains("--from NAME"))
        let alone = try lost.rekindle("snapshot", "save", "--to", directory, "--from", "etcd-3")
        #expect(alone.status == 0, "\(alone.errorText)")
        try nothingIsLeft(lost)
    }
}
