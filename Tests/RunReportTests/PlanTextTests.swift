import RemoteHost
import RestorePlanning
import RunReport
import TestSupport
import Testing

@Suite("A plan as text")
struct PlanTextTests {
    @Test("shows a tired person what will happen, what is lost, and the ways out")
    func restore() {
        var sample = Sample()
        sample.warnings = ["etcd-2: 9 s ahead of this machine's"]
        GoldenFile.expect(PlanText.render(sample.plan, style: .plain), in: "plan.txt")
    }

    @Test("names the way to a member behind jump hosts, and gives the same to ssh by hand")
    func jumps() {
        var plan = Sample().plan
        plan.targets[0].endpoint.jumps = [
            JumpHost(host: "gate", user: "ops"), JumpHost(host: "::1", port: 2222, user: "x"),
        ]
        plan.targets[0].endpoint.config = SSHConfigWords(
            file: "/config",
            host: "e1",
            hostKeyAlias: "etcd-one"
        )
        let way = "ops@gate,x@[::1]:2222"
        #expect(PlanText.render(plan, style: .plain).contains("10.0.0.1 through \(way)"))
        let byHand = PlanMarkdown.render(plan)
        #expect(byHand.contains("ssh -o HostKeyAlias=etcd-one -J '\(way)' ops@10.0.0.1 "))
        #expect(byHand.contains("\nssh ops@10.0.0.2 "))
    }

    @Test("tells that the snapshot is as its manifest says, and so do the runbook and the report")
    func manifest() throws {
        func told(_ manifest: ManifestRecord?) throws -> [String] {
            let run = try SampleRun.restored()
            var plan = run.plan
            plan.snapshot?.manifest = manifest
            let summary = RunSummary(plan: plan, state: run.state)
            return [
                PlanText.render(plan, style: .plain), PlanMarkdown.render(plan),
                RunReportText.render(summary, style: .plain),
            ]
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        }
        let record = ManifestRecord(member: "etcd-2", takenAt: "2026-01-02T03:04:05Z")
        for text in try told(record) {
            #expect(text.contains("agrees: saved from etcd-2 at 2026-01-02T03:04:05Z, with this"))
        }
        let recovered = ManifestRecord(
            member: "etcd-2",
            takenAt: "2026-01-02T03:04:05Z",
            recoveredFrom: "wal"
        )
        for text in try told(recovered) {
            #expect(
                text.contains("agrees: recovered from the database and WAL of etcd-2, its last")
            )
        }
        for text in try told(nil) { #expect(!text.contains("agrees:")) }
    }

    @Test("prints every command where it is asked to")
    func verbose() {
        GoldenFile.expect(
            PlanText.render(Sample().plan, style: .plain, verbose: true),
            in: "plan-verbose.txt"
        )
    }

    @Test("says that no host was asked, and what is assumed for that reason")
    func offline() {
        let sample = Sample(leader: nil, liveRevision: nil, askedHosts: false)
        GoldenFile.expect(PlanText.render(sample.plan, style: .plain), in: "plan-offline.txt")
    }

    @Test("names the directories of each member where they differ, and folds the rest")
    func differingDirectories() {
        let sample = Sample(
            dataDirs: ["etcd-2": "/data/etcd"],
            walDir: "/wal/etcd",
            leader: nil,
            liveRevision: nil,
            withoutOldData: ["etcd-3"]
        )
        GoldenFile.expect(PlanText.render(sample.plan, style: .plain), in: "plan-differing.txt")
    }

    @Test("of a rollback says what is put back and what is kept")
    func rollback() {
        GoldenFile.expect(PlanText.render(Sample().rollback, style: .plain), in: "rollback.txt")
    }

    @Test("of a clean says what is deleted for good")
    func clean() {
        GoldenFile.expect(PlanText.render(Sample().clean, style: .plain), in: "clean.txt")
    }

    @Test("in ASCII holds nothing but ASCII")
    func ascii() {
        var sample = Sample()
        sample.warnings = ["etcd-2: 9 s ahead of this machine's"]
        for plan in [sample.plan, sample.rollback, sample.clean] {
            let text = PlanText.render(plan, style: .ascii, verbose: true)
            #expect(text.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test("in colour is the same text once the colours are taken away")
    func color() {
        let plan = Sample().plan
        let style = Style(color: true, unicode: true)
        let colored = PlanText.render(plan, style: style)
        #expect(colored.contains("\u{1B}["))
        let bare = colored.replacing(/\u{1B}\[[0-9]+m/, with: "")
        #expect(bare == PlanText.render(plan, style: .plain))
    }

    @Test("counts the effects that the plan holds")
    func counts() {
        let plan = Sample().plan
        let effects = plan.steps.flatMap { $0.stages.flatMap(\.effects) }.count
        let text = PlanText.render(plan, style: .plain)
        #expect(text.contains("\(effects) effects on 3 hosts in \(plan.steps.count) steps"))
    }
}
