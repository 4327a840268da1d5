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
        let resumed = try lost.rekindle("resume")
        #expect(resumed.status == 1 || resumed.status == 5, "\(resumed.errorText)")
        #expect(resumed.errorText.contains("the lock"), "\(resumed.errorText)")
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
