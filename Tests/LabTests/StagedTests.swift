import Foundation
import Testing

/// Restored beside a cluster that serves until the last moment.
@Suite(
    "A restore beside the running cluster",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("staged", etcd: "3.5")
)
struct StagedTests {
    private static let words = [
        "restore", "--playbook", "restore-cluster-staged", "--yes", "--output", "json",
    ]

    @Test("stops nothing before all copies are restored and alike, and ends as every restore does")
    func restores() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let process = try lost.start(Self.words + ["--snapshot", lost.snapshot])
        // each is acknowledged by a cluster that serves while it is restored beside
        var served = 0
        let isStopping = Watchdog.wait(atMost: 120, every: 20_000) {
            if lost.journal.count(.before("stop-service")) > 0 { return true }
            if (try? lab.etcdctl(["put", "/served", "\(served)"])) != nil { served += 1 }
            return Watchdog.hasEnded(process.process)
        }
        #expect(isStopping)
        let result = try process.finish(within: 120)
        try #require(result.status == 0, "\(result.errorText)")
        #expect(served > 0, "the old cluster served meanwhile")
        let document = try RunDocument(result)
        #expect(document.outcome == "restored")
        try lost.requireRestored()
        try lab.requireTidy(after: document.run)
        let journal = lost.journal.text
        let compared = try #require(journal.range(of: "\"restored copy\""))
        let stopped = try #require(journal.range(of: "\"hold-service\""))
        #expect(compared.upperBound < stopped.lowerBound)

        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        #expect(try lab.identity() == lost.oldIdentity)
    }

    @Test("is rolled back without a stop where it had stopped nothing")
    func leavesServing() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let before = try processes(lab)
        try CrashCase.kill(
            lost,
            Self.words + ["--snapshot", lost.snapshot],
            at: .after("set-ownership", members: 2)
        )
        let rollback = try lost.rekindle("rollback", "--yes")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        #expect(rollback.errorText.contains("had not begun to stop any member"))
        #expect(try processes(lab) == before, "etcd runs on, and was not started anew")
        try lost.requireOldCluster()
        try lab.requireTidy(after: lost.journal.run)
    }

    @Test("stops before the stop where a restored copy is not like the others")
    func differs() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let before = try processes(lab)
        // the last of the copies is restored, and changes on its disk before it is looked at
        try CrashCase.kill(
            lost,
            Self.words + ["--snapshot", lost.snapshot],
            at: .after("set-ownership", members: 2)
        )
        let run = lost.journal.run
        try lab.exec(
            2,
            // every key of one namespace gets another name; what no key refers to is not compared
            "LC_ALL=C sed -i 's/namespace-01/namespace-X1/g' "
                + "\(lab.dataDirectory)/.rekindle/\(run)/staging/member/snap/db"
        )
        let resume = try lost.rekindle("resume")
        #expect(resume.status == 1)
        #expect(resume.errorText.contains("etcd-2"), "\(resume.errorText)")
        #expect(resume.outputText.contains("is not the one that the others have"))
        #expect(try processes(lab) == before, "the old cluster serves on")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        #expect(try processes(lab) == before)
        try lost.requireOldCluster()
    }

    @Test("begins at a raised revision where it is asked to, and tells old watches so")
    func raises() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let result = try lost.rekindle(
            "restore",
            "--playbook",
            "restore-cluster-staged",
            "--snapshot",
            lost.snapshot,
            "--bump-revision",
            "auto",
            "--yes",
            "--output",
            "json"
        )
        try #require(result.status == 0, "\(result.errorText)")
        let raised = Int64(lost.saved.header.revision) + 1_000_000_000
        #expect(try lab.contents().header.revision == raised)
        #expect(try lab.contents().kvs == lost.saved.kvs, "keys and values are the snapshot's")
        let old = #expect(throws: Program.Failed.self) {
            try lab.etcdctl(["get", "/a", "--rev=\(lost.newest.header.revision)"])
        }
        #expect(
            old?.result.errorText.contains("required revision has been compacted") == true,
            "\(old.map { "\($0)" } ?? "")"
        )

        // once more, on top of what it has raised
        let second = lost.scratch.file("raised.db")
        try lab.script("snapshot", [second])
        let again = try lost.rekindle(
            "restore",
            "--snapshot",
            second,
            "--bump-revision",
            "500",
            "--yes",
            "-q"
        )
        #expect(again.status == 0, "\(again.errorText)")
        #expect(try lab.contents().header.revision == raised + 500)
    }

    /// The main process of every member's unit.
    private func processes(_ lab: Lab) throws -> [String] {
        try lab.members.map {
            try lab.exec($0, "systemctl show -p MainPID --value etcd").outputText
        }
    }
}
