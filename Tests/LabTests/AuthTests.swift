import Foundation
import Glibc
import Testing

@Suite(
    "A cluster of etcd 3.5 with authentication by passwords",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("auth35", etcd: "3.5", "--no-tls")
)
struct Auth35Tests {
    @Test("is backed up, restored, drilled, rolled back and mended, and the password is nowhere")
    func works() throws {
        let cluster = try GuardedCluster(.current)
        try cluster.refusals()
        try cluster.restoreAndRollBack()
        try cluster.drillAndRebuild()
        try cluster.requireHidden()
    }
}

@Suite(
    "A cluster of etcd 3.4 with authentication by passwords",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("auth34", etcd: "3.4", "--no-tls")
)
struct Auth34Tests {
    @Test("is backed up, restored and rolled back, and the password is nowhere")
    func works() throws {
        let cluster = try GuardedCluster(.current)
        try cluster.refusals()
        try cluster.restoreAndRollBack()
        try cluster.requireHidden()
    }
}

/// A cluster that lets in nobody without a password, and a backup that Rekindle took of it.
private struct GuardedCluster {
    /// A colon, quotes, blanks, letters of two bytes, and what a shell would expand.
    static let password = "battery: horse\"s 'ü' $HOME `78`"

    let lab: Lab
    let scratch: Scratch
    let inventory: String
    let snapshot: String
    let saved: Lab.Contents
    let newest: Lab.Contents
    let watch: SecretWatch

    init(_ current: Lab) throws {
        scratch = try Scratch()
        try current.reset()
        try current.write(puts: ["/a": "1", "/b": "1"])
        for words in [
            ["user", "add", "root:\(Self.password)"], ["user", "grant-role", "root", "root"],
            ["user", "add", "bob:builder"], ["auth", "enable"],
        ] {
            try current.etcdctl(words)
        }
        var lab = current
        lab.user = "root:\(Self.password)"
        self.lab = lab
        inventory = try Self.inventory(lab, scratch, user: "root", Self.password)
        let place = scratch.file("backups")
        let arguments = ["-i", inventory, "--state-dir", scratch.file("state")]
        let save = try lab.rekindle(
            arguments + ["snapshot", "save", "--to", place, "--output", "json"]
        )
        try #require(save.status == 0, "\(save.errorText)")
        let file = try FileManager.default.contentsOfDirectory(atPath: place)
            .first { $0.hasSuffix(".db") }
        snapshot = "\(place)/\(try #require(file))"
        saved = try lab.contents()
        try lab.write(puts: ["/a": "2", "/c": "1"], deletions: ["/b"])
        newest = try lab.contents()
        watch = SecretWatch([Self.password])
    }

    /// The lab's, with a user and the file of its password.
    private static func inventory(
        _ lab: Lab,
        _ scratch: Scratch,
        user: String,
        _ password: String
    ) throws -> String {
        let name = UUID().uuidString
        try Data((password + "\n").utf8).write(to: URL(filePath: scratch.file(name)))
        chmod(scratch.file(name), 0o600)
        let text = try String(contentsOfFile: try lab.inventory, encoding: .utf8).replacing(
            "\netcd:\n",
            with: "\netcd:\n  auth-user: \(user)\n  auth-password-file: \(name)\n"
        )
        // the file is named relative to the inventory
        let path = scratch.file("\(name).yaml")
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func rekindle(_ words: String..., as inventory: String? = nil) throws -> Program.Result
    {
        try lab.rekindle(
            ["-i", inventory ?? self.inventory, "--state-dir", scratch.file("state")] + words
        )
    }

    /// What is shown is broken into lines.
    private func told(_ result: Program.Result) -> String {
        (result.outputText + result.errorText).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }

    func refusals() throws {
        let cases: [(String, String)] = [
            (try lab.inventory, "authentication is on, and the inventory names no user"),
            (
                try Self.inventory(lab, scratch, user: "root", "wrong"),
                "etcd does not take the password of the user root"
            ),
            (
                try Self.inventory(lab, scratch, user: "bob", "builder"),
                "the user bob has not the role root"
            ),
        ]
        for (inventory, said) in cases {
            let check = try rekindle("check", as: inventory)
            #expect(check.status == 3, "\(check.errorText)")
            #expect(told(check).contains(said), "\(told(check))")
            let restore = try rekindle(
                "restore",
                "--snapshot",
                snapshot,
                "--yes",
                as: inventory
            )
            #expect(restore.status == 3, "\(restore.errorText)")
            #expect(told(restore).contains("No host was changed."), "\(told(restore))")
            for member in try lab.members {
                let left = try lab.exec(member, "ls -d \(lab.dataDirectory)/.rekindle; true")
                #expect(left.outputText.isEmpty)
            }
        }
        let check = try rekindle("check", "--snapshot", snapshot)
        #expect(check.status == 0, "\(check.errorText)")
        #expect(told(check).contains("passwords will be those of its time"), "\(told(check))")
    }

    func restoreAndRollBack() throws {
        let restore = try rekindle("restore", "--snapshot", snapshot, "--yes", "-v")
        try #require(restore.status == 0, "\(restore.errorText)")
        #expect(told(restore).contains("accepted by consensus") || restore.status == 0)
        #expect(try lab.contents().kvs == saved.kvs)
        #expect(Set(try lab.hashKV()).count == 1)
        let rollback = try rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        #expect(try lab.contents() == newest)
    }

    func drillAndRebuild() throws {
        let drill = try rekindle("drill", "--snapshot", snapshot, "-q")
        #expect(drill.status == 0, "\(drill.errorText)")
        let rebuild = try rekindle("member", "rebuild", "etcd-2", "--yes", "-q")
        #expect(rebuild.status == 0, "\(rebuild.errorText)")
        #expect(try lab.contents() == newest)
    }

    /// Neither an argument of any process, nor a log, nor a file of a run has it.
    func requireHidden() throws {
        let (found, looks) = watch.stop()
        // etcdctl is told by its environment, which is root's alone to read
        let shown = found.filter { $0.hasPrefix("cmdline") }
        #expect(shown.isEmpty, "\(shown)")
        #expect(looks > 20)
        for format in ["text", "json", "markdown", "html"] {
            let report = try rekindle("report", "--format", format)
            #expect(report.status == 0)
            #expect(!(report.outputText + report.errorText).contains(Self.password))
        }
        for format in ["text", "json", "markdown", "shell"] {
            let plan = try rekindle("plan", "--snapshot", snapshot, "--format", format)
            #expect(plan.status == 0, "\(plan.errorText)")
            #expect(!plan.outputText.contains(Self.password))
        }
        let pattern = scratch.file("pattern")
        try Data(Self.password.utf8).write(to: URL(filePath: pattern))
        let here = try Program.run("/usr/bin/grep", ["-rlFf", pattern, scratch.file("state")])
        #expect(here.outputText.isEmpty, "\(here.outputText)")
        let bytes = Data(Self.password.utf8).base64EncodedString()
        for member in try lab.members {
            let there = try lab.exec(
                member,
                """
                echo \(bytes) | base64 -d >/run/pattern
                journalctl --no-pager 2>/dev/null | grep -acFf /run/pattern | cat
                grep -rlFf /run/pattern --exclude-dir=member \(lab.dataDirectory) | cat
                rm /run/pattern
                """
            )
            #expect(there.outputText == "0\n", "etcd-\(member): \(there.outputText)")
        }
    }
}
