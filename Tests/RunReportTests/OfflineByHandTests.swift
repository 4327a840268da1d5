import Foundation
import RemoteHost
import RestorePlanning
import RunReport
import TestSupport
import Testing

/// What is not known of a host is printed as such, with what to do in both cases.
@Suite("A plan that asked no host, by hand")
struct OfflineByHandTests {
    private static let plan = Sample(leader: nil, liveRevision: nil, askedHosts: false).plan

    @Test("has a way back for hosts where etcd ran, and one for those where it did not")
    func bothWays() throws {
        let script = try #require(PlanShell.scripts(Self.plan).first).text
        let runbook = PlanMarkdown.render(Self.plan)
        for text in [script, runbook] {
            #expect(text.contains("only where etcd ran before: start it"))
            #expect(text.contains("only where etcd did not run before: leave it stopped"))
            #expect(text.contains("systemctl start --no-block -- etcd.service"))
        }
        #expect(script.contains("rollback_5_1_only_where_etcd_ran_before_start_it"))
        #expect(script.contains("rollback_5_2_only_where_etcd_did_not_run_before_leave_it_stopped"))
        #expect(runbook.contains("R5.1 is for those hosts, and\nR5.2 for the others."))
    }

    @Test("begins with a look at every host, which an asked one does not need")
    func look() throws {
        let script = try #require(PlanShell.scripts(Self.plan).first).text
        #expect(script.contains("sh rekindle-etcd-1.sh look"))
        let runbook = PlanMarkdown.render(Self.plan)
        #expect(runbook.contains("## Before you begin"))
        for name in ["etcd-1", "etcd-2", "etcd-3"] {
            #expect(runbook.contains("**\(name)** (10.0.0.\(name.suffix(1))): everything is so;"))
        }
        let asked = Sample().plan
        #expect(!PlanMarkdown.render(asked).contains("Before you begin"))
        #expect(try !#require(PlanShell.scripts(asked).first).text.contains("NOTE THIS DOWN"))
    }

    @Test(
        "tells what is not so before it does anything",
        .enabled(if: Program.isInstalled("flock"), "flock (util-linux) is not installed")
    )
    func refused() throws {
        let scratch = try Scratch()
        let programs = try scratch.programs()
        try programs.write("case $1 in is-active) echo active ;; esac", as: "systemctl")
        for tool in ["etcdutl", "etcdctl"] { try programs.write("exit 1", as: tool) }
        var sample = Sample(
            names: ["etcd-1"],
            dataDirs: ["etcd-1": "\(scratch.path)/data"],
            leader: nil,
            liveRevision: nil,
            askedHosts: false,
            restoreTool: "etcdutl",
            etcdctl: "etcdctl",
            owner: try Program.run(["id", "-un"]).output.split(separator: "\n").joined()
        )
        sample.withoutOldData = []
        let script = try #require(PlanShell.scripts(sample.plan).first)
        try scratch.write(script.text, to: "script.sh")
        func pass(_ stage: String) throws -> Program {
            try Program.run(
                ["sh", "script.sh", stage],
                in: scratch.path,
                environment: ["PATH": programs.path]
            )
        }
        let nothing = try pass("step_1_1")
        #expect(nothing.status == 1)
        #expect(nothing.output.contains("NOT SO: there is no \(scratch.path)"), "\(nothing.output)")
        #expect(!scratch.exists("data"))
        // a service that runs on another directory, and a log that is elsewhere
        try scratch.write("old", to: "data/member/snap/db")
        let elsewhere = try pass("look")
        #expect(elsewhere.status == 1)
        #expect(elsewhere.output.contains("has no database in"), "\(elsewhere.output)")
        #expect(elsewhere.output.contains("look for etcd's --wal-dir"), "\(elsewhere.output)")
        #expect(elsewhere.output.contains("NOTE THIS DOWN: etcd.service runs now"))
        #expect(!scratch.exists("data/.rekindle"))
        try programs.write("case $1 in is-active) echo inactive ;; esac", as: "systemctl")
        try scratch.write("", to: "data/member/wal/0.wal")
        let fit = try pass("look")
        #expect(fit.status == 0, "\(fit.output)")
        #expect(fit.output.contains("NOTE THIS DOWN: etcd.service does not run now"))
    }

    @Test("gives a sudo that asks its password, in no argument, and the snapshot after it")
    func sudo() throws {
        let scratch = try Scratch()
        let programs = try scratch.programs()
        try programs.write("for last; do :; done; exec sh -c \"$last\"", as: "ssh")
        try programs.write(
            """
            [ "$1 $2 $3 $4 $5" = "-k -S -p  --" ] || exit 90
            shift 5; IFS= read -r word; [ "$word" = "battery staple 9" ] || exit 91
            exec "$@"
            """,
            as: "sudo"
        )
        try scratch.write("battery staple 9", to: "password")
        try scratch.write("the snapshot", to: "s.db")
        var plan = Sample(
            names: ["etcd-1"],
            dataDirs: ["etcd-1": "\(scratch.path)/data"],
            snapshotPath: "\(scratch.path)/s.db"
        ).plan
        plan.targets[0].endpoint.becomePassword = .file("\(scratch.path)/password")
        let run = "data/.rekindle/\(plan.run)"
        for folder in ["data", "data/.rekindle", run] {
            try FileManager.default.createDirectory(
                atPath: "\(scratch.path)/\(folder)",
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        let text = PlanMarkdown.render(plan)
        #expect(!text.contains("sudo -n"))
        let block = try #require(
            text.split(separator: "```sh\n").first { $0.contains("\nssh ") }?
                .split(separator: "\n```").first
        )
        let done = try Program.run(
            ["sh", "-c", String(block)],
            environment: ["PATH": programs.path]
        )
        #expect(done.status == 0, "\(done.output)")
        #expect(try scratch.read("\(run)/snapshot.db.part") == "the snapshot")
        plan.targets[0].endpoint.becomePassword = .asked
        #expect(PlanMarkdown.render(plan).contains("stty -echo </dev/tty"))
        #expect(!PlanMarkdown.render(plan).contains("sudo -n"))
    }
}
