import Foundation
import Testing

/// A member that is off, a coordinator that is gone for good, a snapshot of what still ran.
@Suite(
    "What an operator takes upon himself",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fence", etcd: "3.5")
)
struct FenceTests {
    private static let fence = "etcd-3=its disk is lost"

    @Test("a member that is off is fenced, and joins later with the same data")
    func fenced() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        try lab.script("power", ["off", "etcd-3"])
        let blocked = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes")
        #expect(blocked.status == 3, "no member is left out silently: \(blocked.errorText)")

        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "--fence",
            Self.fence,
            "--output",
            "json"
        )
        try #require(restore.status == 0, "\(restore.errorText)")
        let document = try RunDocument(restore)
        #expect(document.members.map(\.state) == ["proven", "proven", "fenced"])
        #expect(restore.errorText.contains("2 of 3 members are restored, a quorum is 2"))

        let tooEarly = try lost.rekindle("resume")
        #expect(tooEarly.status == 3, "\(tooEarly.errorText)")
        #expect(tooEarly.errorText.contains("etcd-3"))

        // it comes back with its old data, and cannot do any harm
        try lab.script("power", ["on", "etcd-3"])
        // a join that breaks is undone alone, and the others serve on as they are
        let serving = try processes(lab, 1, 2)
        try CrashCase.kill(lost, ["resume", "--quiet"], at: .before("install-data"))
        let undone = try lost.rekindle("rollback", "--yes", "--output", "json")
        try #require(undone.status == 0, "\(undone.errorText)")
        #expect(try processes(lab, 1, 2) == serving)
        #expect(try processes(lab, 3) == [""], "it was off, and stays off")
        let state = try lab.exec(3, "test -d \(lab.dataDirectory)/member/wal && echo whole")
            .outputText
        #expect(state == "whole\n")

        let resume = try lost.rekindle("resume", "--output", "json")
        try #require(resume.status == 0, "\(resume.errorText)")
        #expect(try RunDocument(resume).members.map(\.state) == ["proven", "proven", "proven"])
        try lost.requireRestored()
        try lab.requireTidy(after: document.run)

        let again = try lost.rekindle("resume")
        #expect(again.status == 3, "\(again.errorText)")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        // its host was cut off when the run was planned: it is left stopped, as it was
        try lab.exec(3, "systemctl start etcd")
        try lost.requireOldCluster()
    }

    @Test(
        "a fence is refused where the member still runs, or the others are too few",
        arguments: zip(
            [["etcd-2=I do not like it"], ["etcd-2=off", "etcd-3=off"]],
            ["etcd.service is active", "a quorum is 2"]
        )
    )
    func refused(_ fences: [String], _ says: String) throws {
        let lost = try LostCluster(.current)
        let flags = fences.flatMap { ["--fence", $0] }
        let result = try lost.lab.rekindle(
            try lost.arguments(["restore", "--snapshot", lost.snapshot, "--yes"] + flags)
        )
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains(says), "\(result.errorText)")
        for member in try lost.lab.members {
            let left = try lost.lab.exec(member, "ls -A \(lost.lab.dataDirectory)").outputText
            #expect(left == "member\n", "etcd-\(member)")
        }
    }

    @Test("a run whose coordinator and state are lost is taken over, once it has been silent")
    func takenOver() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        try CrashCase.kill(
            lost,
            ["restore", "--snapshot", lost.snapshot, "--yes", "--quiet"],
            at: .after("set-aside-data", members: 3)
        )
        let run = lost.journal.run
        let other = lost.scratch.file("other-state")
        func restore(_ flags: String...) throws -> Program.Result {
            try lab.rekindle(
                [
                    "-i", lab.inventory, "--state-dir", other, "restore", "--snapshot",
                    lost.snapshot, "--yes",
                ] + flags
            )
        }
        let alive = try restore("--take-over", run)
        #expect(alive.status == 5, "\(alive.errorText)")
        #expect(alive.errorText.contains("its coordinator is alive"), "\(alive.errorText)")
        // time passes
        for member in try lab.members {
            try lab.exec(member, "touch -d '5 minutes ago' \(lab.dataDirectory)/.rekindle/lock")
        }
        let unasked = try restore()
        #expect(unasked.status == 5, "\(unasked.errorText)")
        #expect(unasked.errorText.contains("--take-over \(run)"), "\(unasked.errorText)")
        let taken = try restore("--take-over", run, "--output", "json")
        try #require(taken.status == 0, "\(taken.errorText)")
        try lost.requireRestored()
        // what the first run set aside is there as it was, and neither lock nor hold is
        for member in try lab.members {
            let ours = "\(try lab.dataDirectory)/.rekindle"
            try lab.exec(
                member,
                "test -d \(ours)/\(run)/aside/member/wal && test ! -e \(ours)/lock "
                    + "&& test ! -e /etc/systemd/system/etcd.service.d/rekindle-hold.conf"
            )
        }
        for command in [["resume"], ["rollback", "--yes"]] {
            let refused = try lab.rekindle(try lost.arguments(command))
            #expect(refused.status == 3, "\(refused.errorText)")
            #expect(refused.errorText.contains("neither what run \(run)"), "\(refused.errorText)")
        }
    }

    @Test("a run that another laptop's run has followed is not rolled back, and stops nobody")
    func followed() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let first = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(first.status == 0, "\(first.errorText)")
        let other = lost.scratch.file("laptop-2")
        func second(_ words: String...) throws -> Program.Result {
            try lab.rekindle(["-i", lab.inventory, "--state-dir", other] + words)
        }
        let later = try second(
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "--output",
            "json"
        )
        try #require(later.status == 0, "\(later.errorText)")
        let run = try RunDocument(later).run
        let serving = try processes(lab, 1, 2, 3)

        let refused = try lost.rekindle("rollback", "--yes")
        #expect(refused.status == 3, "\(refused.errorText)")
        #expect(refused.errorText.contains("run \(run), by root on "), "\(refused.errorText)")
        #expect(refused.errorText.contains("rekindle rollback \(run)"), "\(refused.errorText)")
        #expect(!refused.errorText.contains("rename"), "\(refused.errorText)")
        #expect(try processes(lab, 1, 2, 3) == serving, "nobody was stopped")
        for member in try lab.members {
            try lab.exec(
                member,
                "test ! -e \(lab.dataDirectory)/.rekindle/lock "
                    + "&& test ! -e /etc/systemd/system/etcd.service.d/rekindle-hold.conf"
            )
        }
        // once the other run is undone, what this one restored is in place again
        let undone = try second("rollback", "--yes", "-q")
        try #require(undone.status == 0, "\(undone.errorText)")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
    }

    @Test("a host that is lost in the middle of a run is fenced by a rollback, or by a resume")
    func lostHost() throws {
        let first = try LostCluster(.current)
        let lab = first.lab
        let fence = ["--fence", "etcd-3=its board is burnt"]
        try CrashCase.kill(first, restore(first), at: .after("set-aside-data", members: 3))
        try lab.script("power", ["off", "etcd-3"])
        let blocked = try first.rekindle("rollback", "--yes")
        #expect(blocked.status == 3, "\(blocked.errorText)")
        #expect(blocked.errorText.contains("--fence etcd-3=REASON"), "\(blocked.errorText)")
        let few = try lab.rekindle(
            try first.arguments(["rollback", "--yes", "--fence", "etcd-2=off"] + fence)
        )
        #expect(few.status == 3, "\(few.errorText)")
        #expect(few.errorText.contains("1 of 3 members would get their old data back"))

        let rollback = try lab.rekindle(
            try first.arguments(["rollback", "--yes", "--output", "json"] + fence)
        )
        try #require(rollback.status == 0, "\(rollback.errorText)")
        let undone = try RunDocument(rollback)
        #expect(undone.members.map(\.state) == ["proven", "proven", "fenced"])
        // it comes back in the middle of nowhere, and cannot start
        try lab.script("power", ["on", "etcd-3"])
        #expect(try processes(lab, 3) == [""])
        let back = try first.rekindle("resume", "-q")
        #expect(back.status == 0, "\(back.errorText)")
        try first.requireOldCluster()
        for member in try lab.members {
            try lab.exec(
                member,
                "test ! -e \(lab.dataDirectory)/.rekindle/lock "
                    + "&& test ! -e /etc/systemd/system/etcd.service.d/rekindle-hold.conf"
            )
        }

        let second = try LostCluster(after: first)
        try CrashCase.kill(second, restore(second), at: .after("set-aside-data", members: 3))
        try lab.script("power", ["off", "etcd-3"])
        let stopped = try second.rekindle("resume")
        #expect(stopped.status == 3, "\(stopped.errorText)")
        let resume = try lab.rekindle(try second.arguments(["resume", "--output", "json"] + fence))
        try #require(resume.status == 0, "\(resume.errorText)")
        let document = try RunDocument(resume)
        #expect(document.members.map(\.state) == ["proven", "proven", "fenced"])
        let report = try second.rekindle("report", "--format", "text").outputText
        #expect(report.contains("its board is burnt"), "\(report)")
        #expect(report.contains(".rekindle/\(document.run)"), "\(report)")
        try lab.script("power", ["on", "etcd-3"])
        #expect(try processes(lab, 3) == [""])
        let joined = try second.rekindle("resume", "--output", "json")
        try #require(joined.status == 0, "\(joined.errorText)")
        #expect(try RunDocument(joined).members.map(\.state) == ["proven", "proven", "proven"])
        try second.requireRestored()
        try lab.requireTidy(after: document.run)
        // what it had before the run is put back with the others'
        let whole = try second.rekindle("rollback", "--yes", "-q")
        #expect(whole.status == 0, "\(whole.errorText)")
        try second.requireOldCluster()
    }

    private func restore(_ lost: LostCluster) -> [String] {
        ["restore", "--snapshot", lost.snapshot, "--yes", "--quiet"]
    }

    /// The process of each member's etcd; empty where none runs.
    private func processes(_ lab: Lab, _ members: Int...) throws -> [String] {
        try members.map { member in
            try lab.exec(member, "pgrep -x etcd || true").outputText
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    @Test("what still runs is saved before the stop, and holds the newest writes")
    func safety() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let result = try lost.rekindle(
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "--output",
            "json"
        )
        try #require(result.status == 0, "\(result.errorText)")
        let safety = try #require(try RunDocument(result).safetySnapshot)
        let member = try #require(Int(safety.member.dropFirst("etcd-".count)))
        let mode = try lab.exec(member, "stat -c '%a %U' \(safety.path)").outputText
        #expect(mode == "600 root\n")
        let copy = lost.scratch.file("safety.db")
        try lab.copy(safety.path, of: member, to: copy)
        try lost.requireRestored()
        // the newest data can be had back from it, with the same program
        let back = try lost.lab.rekindle([
            "-i", lab.inventory, "--state-dir", lost.scratch.file("safety-state"), "restore",
            "--snapshot", copy, "--yes", "-q",
        ])
        try #require(back.status == 0, "\(back.errorText)")
        #expect(try lab.contents() == lost.newest)
    }
}
