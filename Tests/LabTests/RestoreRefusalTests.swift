import Foundation
import Glibc
import Testing

/// What is refused, before anything is touched.
@Suite(
    "A request that must not be granted",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("refuse", etcd: "3.5")
)
struct RestoreRefusalTests {
    @Test("is a second coordinator or a second resume while one is at work, and is told by whom")
    func second() throws {
        let lost = try CrashCase.next(.current)
        let lab = lost.lab
        let first = try lost.start(["restore", "--snapshot", lost.snapshot, "--yes", "--quiet"])
        #expect(lost.journal.wait(for: .before("upload-snapshot"), in: first))
        // stopped in the middle, it is at work for as long as the others need to ask
        first.kill(SIGSTOP)
        let other = lost.scratch.file("other-state")
        let second = try lab.rekindle([
            "-i", lab.inventory, "--state-dir", other, "restore", "--snapshot", lost.snapshot,
            "--yes", "--output", "json",
        ])
        let refused = try RunDocument(second)
        #expect(refused.outcome == "refused")
        #expect(refused.error?.message.hasPrefix("lock: locked by run ") == true)
        #expect(second.status == 5, "\(second.errorText)")
        #expect(second.errorText.contains("run \(lost.journal.run)"), "\(second.errorText)")
        #expect(second.errorText.contains("root"), "\(second.errorText)")
        #expect(!FileManager.default.fileExists(atPath: "\(other)/runs"))
        first.kill(SIGKILL)
        #expect(try first.finish().status == 128 + SIGKILL)

        let resume = try lost.start(["resume", "--output", "json"])
        #expect(lost.journal.wait(for: .begun, beyond: 1, in: resume))
        resume.kill(SIGSTOP)
        let again = try lost.rekindle("resume")
        #expect(again.status == 5, "\(again.errorText)")
        #expect(again.errorText.contains("pid \(resume.process)"), "\(again.errorText)")
        resume.kill(SIGCONT)
        let result = try resume.finish()
        #expect(result.status == 0, "\(result.errorText)")
        try lost.requireRestored()
        CrashCase.handOn(lost)
    }

    @Test(
        "is one onto a host where etcd's user has put something in the place of root's directory",
        arguments: ["ln -s /root .rekindle", "mkdir .rekindle; ln -s /etc/passwd .rekindle/busy"]
    )
    func foreignDirectory(trick: String) throws {
        let lost = try CrashCase.next(.current)
        let lab = lost.lab
        let data = try lab.dataDirectory
        let look = "ls -A /root; md5sum /etc/passwd"
        let before = try lab.exec(2, look).outputText
        _ = try lab.exec(2, "cd \(data) && runuser -u etcd -- sh -c '\(trick)'")
        let result = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        let said = result.outputText + result.errorText
        #expect(result.status == 3, "\(said)")
        #expect(said.contains(".rekindle") && said.contains("HINT"), "\(said)")
        #expect(try lab.exec(2, look).outputText == before)
        _ = try lab.exec(2, "rm -r \(data)/.rekindle")
        for member in try lab.members {
            #expect(try lab.exec(member, "ls -A \(data)").outputText == "member\n")
        }
        CrashCase.handOn(lost)
    }

    @Test("goes no further where etcd's user does so in the middle of the run")
    func foreignInTheMiddle() throws {
        let lost = try CrashCase.next(.current)
        let lab = lost.lab
        let data = try lab.dataDirectory
        let look = "ls -A /root; md5sum /etc/passwd"
        let before = try lab.exec(2, look).outputText
        let restore = try lost.start(["restore", "--snapshot", lost.snapshot, "--yes", "--quiet"])
        #expect(lost.journal.wait(for: .before("upload-snapshot"), in: restore))
        restore.kill(SIGSTOP)
        let run = lost.journal.run
        _ = try lab.exec(
            2,
            """
            cd \(data) && runuser -u etcd -- sh -c 'mv .rekindle mine; mkdir -m 700 -p .rekindle/\(run)
            ln -s /etc/passwd .rekindle/\(run)/snapshot.db.part; ln -s /etc/passwd .rekindle/busy
            echo run=\(run) >.rekindle/lock'
            """
        )
        restore.kill(SIGCONT)
        let result = try restore.finish()
        // with --quiet there is the report only
        let said = result.outputText + result.errorText
        #expect(result.status == 1 && said.contains("HINT"), "\(said)")
        #expect(try lab.exec(2, look).outputText == before)
        _ = try lab.exec(2, "cd \(data) && rm -r .rekindle && mv mine .rekindle")
        let resume = try lost.rekindle("resume")
        #expect(resume.status == 0, "\(resume.errorText)")
        try lost.requireRestored()
        CrashCase.handOn(lost)
    }

    @Test("is anything but a rollback or a clean of a finished run, and of a clean one anything")
    func finished() throws {
        let lost = try CrashCase.next(.current)
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(restore.status == 0, "\(restore.errorText)")
        let resume = try lost.rekindle("resume")
        #expect(resume.status == 3, "\(resume.errorText)")
        #expect(resume.errorText.contains("nothing to resume"))
        let clean = try lost.rekindle("clean", "--yes", "-q")
        #expect(clean.status == 0, "\(clean.errorText)")
        for member in try lost.lab.members {
            let left = try lost.lab.exec(member, "ls -A \(lost.lab.dataDirectory)").outputText
            #expect(left == "member\n", "etcd-\(member)")
        }
        for command in ["rollback", "clean", "resume"] {
            let result = try lost.rekindle(command)
            #expect(result.status == 3, "\(command): \(result.errorText)")
            #expect(result.errorText.contains("HINT: "))
        }
        try lost.requireRestored()
        CrashCase.handOn(lost)
    }

    /// What somebody does between `plan --out` and `restore --plan`.
    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case snapshot = "the snapshot's file is another"
        case unit = "a unit has another data directory"
        case data = "a member's data is gone"

        var testDescription: String { rawValue }
    }

    @Test("is a plan from a file once the world has changed", arguments: Change.allCases)
    func stale(_ change: Change) throws {
        let lost = try CrashCase.next(.current)
        let lab = lost.lab
        let plan = lost.scratch.file("stale-\(change).json")
        let snapshot = lost.scratch.file("stale-\(change).db")
        try FileManager.default.copyItem(atPath: lost.snapshot, toPath: snapshot)
        let planned = try lost.rekindle(
            "plan",
            "--snapshot",
            snapshot,
            "--format",
            "json",
            "--out",
            plan
        )
        try #require(planned.status == 0, "\(planned.errorText)")
        switch change {
        case .snapshot:
            try FileManager.default.removeItem(atPath: snapshot)
            try lab.script("snapshot", [snapshot])
        case .unit:
            try lab.exec(2, "sed -i.bak 's,^ETCD_DATA_DIR=.*,&-2,' /etc/default/etcd")
        case .data:
            try lab.exec(2, "systemctl stop etcd; rm -rf \(lab.dataDirectory)/member")
        }
        let result = try lost.rekindle("restore", "--plan", plan, "--yes")
        #expect(result.status == (change == .snapshot ? 65 : 3), "\(result.errorText)")
        #expect(result.errorText.contains("HINT: "))
        if change != .snapshot { #expect(result.errorText.contains("etcd-2")) }
        #expect(!FileManager.default.fileExists(atPath: lost.stateDirectory))
        for member in try lab.members {
            let left = try lab.exec(member, "ls -A \(lab.dataDirectory)").outputText
            #expect(!left.contains("rekindle"), "etcd-\(member)")
        }
        switch change {
        case .snapshot: CrashCase.handOn(lost)
        case .unit:
            try lab.exec(2, "mv /etc/default/etcd.bak /etc/default/etcd")
            CrashCase.handOn(lost)
        case .data: break
        }
    }
}
