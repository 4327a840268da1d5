import ClusterInventory
import Foundation
import RemoteHost
import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

/// Inventories, paths and what hosts say are input: none of it may act on a terminal.
@Suite("Text from outside")
struct HostileTextTests {
    static let evil = "x\n\u{1B}]0;owned\u{07}\r\u{9B}2J\u{202E}\u{200B}\u{2028}\tz"

    private var sample: Sample {
        Sample(
            names: ["a\(Self.evil)", "b\(Self.evil)", "c"],
            clusterName: Self.evil,
            dataDirs: ["c": "/data\(Self.evil)"],
            walDir: "/wal\(Self.evil)",
            leader: "c",
            warnings: [Self.evil],
            snapshotPath: "/backup/\(Self.evil).db",
            restoreTool: "/opt/\(Self.evil)/etcdutl",
            owner: Self.evil,
            unit: "\(Self.evil).service"
        )
    }

    private func expectHarmless(_ text: String, _ what: String) {
        let hidden = text.unicodeScalars.filter { scalar in
            guard scalar != "\n" else { return false }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: return true
            default: return false
            }
        }
        #expect(hidden.isEmpty, "\(what): \(hidden.map { String($0.value, radix: 16) })")
    }

    @Test("never puts a control character into a plan, in any of its forms")
    func plans() throws {
        for plan in [sample.plan, sample.rollback, sample.clean] {
            expectHarmless(PlanText.render(plan, style: .plain, verbose: true), "text")
            expectHarmless(try PlanJSON.encode(plan), "JSON")
            expectHarmless(PlanMarkdown.render(plan), "Markdown")
            expectHarmless(PlanShell.render(plan), "shell")
        }
    }

    @Test("cannot add a line to the text of a plan")
    func lines() {
        let forged = "\n9  finish: all is well"
        let text = PlanText.render(Sample(clusterName: "prod\(forged)").plan, style: .plain)
        #expect(!text.split(separator: "\n").contains("9  finish: all is well"))
        #expect(text.contains("prod\\n9  finish: all is well"))
    }

    @Test("cannot leave a comment or a code block of a runbook or a script")
    func comments() throws {
        let plan = Sample(clusterName: "x\ntouch /tmp/owned").plan
        for script in PlanShell.scripts(plan).map(\.text) + [PlanShell.render(plan)] {
            #expect(!script.split(separator: "\n").contains("touch /tmp/owned"))
        }
        let fences = PlanMarkdown.render(
            Sample(dataDirs: ["etcd-1": "/d\n```\n# gone"]).plan
        )
        #expect(fences.contains("````sh\n"))
    }

    @Test("never puts a control character into checks, errors, reports, lists or progress")
    func others() throws {
        let check = Check(Self.evil, member: sample.names[0], .fails, Self.evil, hint: Self.evil)
        let failure = RunFailure(
            host: Self.evil,
            step: Self.evil,
            message: Self.evil,
            evidence: Self.evil,
            hint: Self.evil
        )
        expectHarmless(
            ChecksText.render([check], cluster: Self.evil, members: sample.names, style: .plain),
            "checks"
        )
        expectHarmless(
            try ChecksJSON.encode([check], cluster: Self.evil, members: sample.names),
            "checks as JSON"
        )
        expectHarmless(ErrorText.render([failure], style: .plain), "errors")
        expectHarmless(
            ErrorText.render(
                [Diagnostic(.error, Self.evil, file: Self.evil, hint: Self.evil)],
                style: .plain
            ),
            "diagnostics"
        )
        var run = SampleRun(sample.plan)
        try run.begin(sample.plan, user: Self.evil)
        try run.pass(sample.plan)
        try run.add(.ended(.failed([failure])))
        let summary = RunSummary(plan: run.plan, state: run.state)
        expectHarmless(RunReportText.render(summary, style: .plain), "report")
        expectHarmless(try RunReportJSON.encode(summary), "report as JSON")
        expectHarmless(RunShow.render(summary, style: .plain), "show")
        let listing = RunListing(run: run.plan.run, state: run.state)
        expectHarmless(RunsTable.render([listing], style: .plain), "runs")
        expectHarmless(try RunsTable.json([listing]), "runs as JSON")
        var lines = EventLines(plan: run.plan)
        for (event, time) in run.events {
            for line in lines.lines(for: event, at: time) {
                expectHarmless(line, "event")
                #expect(!line.contains("\n"))
            }
        }
    }

    @Test("is never markup of a page, wherever it comes from")
    func markup() throws {
        let markup =
            "</title></style></pre><script>alert('x')</script><img src=x onerror=\"y\">&amp;\" on=`z`"
        let sample = Sample(
            names: ["a\(markup)", "b\(markup)", "etcd-2"],
            clusterName: markup,
            dataDirs: ["etcd-2": "/data\(markup)"],
            walDir: "/wal\(markup)",
            leader: "etcd-2",
            warnings: [markup],
            snapshotPath: "/backup/\(markup).db",
            restoreTool: "/opt/\(markup)/etcdutl",
            owner: markup,
            unit: "\(markup).service"
        )
        var plan = sample.plan
        plan.playbook = markup
        plan.createdAt = markup
        plan.fenced = [FencedMember(name: "f\(markup)", host: markup, reason: markup)]
        plan.safetySnapshot = SafetySnapshot(member: "a\(markup)", path: markup)
        plan.steps[0].name = markup
        plan.targets[0].endpoint.host = markup
        plan.targets[0].endpoint.user = markup
        plan.targets[0].takesOver = markup
        let failure = RunFailure(
            host: markup,
            step: markup,
            message: markup,
            evidence: "\(markup)\n\(markup)",
            hint: markup
        )
        var run = SampleRun(plan)
        try run.begin(plan, user: markup)
        try run.pass(plan, until: StageID(step: 7, stage: 0))
        let stage = StageID(step: 7, stage: 0)
        try run.add(.stageBegan(stage))
        try run.add(
            .relayed(
                RelayRecord(
                    stage: stage,
                    chain: [markup, markup],
                    offset: 0,
                    absent: [RelayRecord.Absence(member: markup, reason: markup)],
                    broke: markup
                )
            )
        )
        try run.add(
            .proved(
                ProofRecord(
                    name: markup,
                    member: markup,
                    expected: markup,
                    observed: markup,
                    holds: false
                )
            )
        )
        let effect = EffectID(stage: stage, member: markup, kind: .startService)
        try run.add(.stumbled(effect, attempt: 1, failure, willRetry: true))
        try run.add(.ended(.failed([failure])))
        let text = RunReportHTML.render(try run.history([plan]))
        let page = try WellFormedPage(text)
        let active: Set<String> = ["script", "img"]
        #expect(page.elements.filter { active.contains($0.name) }.isEmpty)
        #expect(page.elements.count { $0.name == "title" } == 1)
        #expect(page.elements.count { $0.name == "style" } == 1)
        #expect(page.elements.allSatisfy { $0.attributes["onerror"] == nil })
        #expect(!text.contains("<script") && !text.contains("<img"))
        // it is there, as text: failure, stumble, proof, fence, warning and more
        #expect(page.text.components(separatedBy: "<script>alert('x')</script>").count > 30)
        let page2 = RunReportMarkdown.render(try run.history([plan]))
        #expect(!page2.contains("\n<script") && page2.contains("\\<script\\>"))
    }

    @Test("never puts a control character into a page")
    func pages() throws {
        var run = SampleRun(sample.plan)
        try run.begin(sample.plan, user: Self.evil)
        try run.pass(sample.plan)
        let failure = RunFailure(host: Self.evil, message: Self.evil, evidence: Self.evil)
        try run.add(.ended(.failed([failure])))
        let history = try run.history([sample.plan])
        expectHarmless(RunReportHTML.render(history), "page")
        expectHarmless(RunReportMarkdown.render(history), "Markdown")
        _ = try WellFormedPage(RunReportHTML.render(history))
    }
}
