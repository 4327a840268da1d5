import EtcdModel
import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

/// The runs that the reports for auditors are shown with.
enum ToldRun: String, CaseIterable, Sendable {
    case restored
    case failed
    case resumed
    case interrupted
    case refused
    case fenced
    case cleaned
    case rolledBack = "rolled-back"

    func history() throws -> RunHistory {
        switch self {
        case .restored: try SampleRun.restored().history()
        case .failed: try SampleRun.failed().history()
        case .resumed: try SampleRun.resumed().history()
        case .interrupted: try SampleRun.interrupted().history()
        case .refused: try SampleRun.refused().history()
        case .fenced: try SampleRun.fenced().history([SampleRun.fencedPlan])
        case .cleaned: try SampleRun.cleaned().history()
        case .rolledBack: try SampleRun.rolledBack().history()
        }
    }
}

@Suite("A run as a page")
struct RunReportHTMLTests {
    @Test(
        "looks as it did",
        arguments: [ToldRun.restored, .resumed, .refused, .fenced, .rolledBack]
    )
    func golden(_ run: ToldRun) throws {
        GoldenFile.expect(
            RunReportHTML.render(try run.history()),
            in: "report-\(run.rawValue).html"
        )
    }

    @Test(
        "is well-formed, needs no network and no script, and is small",
        arguments: ToldRun.allCases
    )
    func selfContained(_ run: ToldRun) throws {
        let text = RunReportHTML.render(try run.history())
        let page = try WellFormedPage(text)
        #expect(text.utf8.count < 100_000)
        let active: Set<String> = [
            "script", "iframe", "object", "embed", "link", "img", "form", "a", "base", "input",
            "use", "image",
        ]
        #expect(page.elements.filter { active.contains($0.name) }.isEmpty)
        let keys = Set(page.elements.flatMap(\.attributes.keys))
        #expect(keys.filter { $0.hasPrefix("on") }.isEmpty)
        #expect(keys.isDisjoint(with: ["href", "src", "srcset", "style", "action"]))
        let addresses = text.matches(of: /url\([^)]*\)/).map { String($0.output) }
        #expect(Set(addresses).isSubset(of: ["url(#hatch)"]))
        #expect(!text.contains("@import"))
    }

    @Test("tells what the inventory must say of a member that moved, as text and Markdown do")
    func moved() throws {
        var plan = Sample().plan
        plan.kind = .member
        plan.movedFrom = "10.0.0.99"
        plan.targets[1].role = .changed(
            JoinSettings(
                execStart: "/usr/bin/etcd",
                initialCluster: "",
                configFile: nil
            )
        )
        var run = SampleRun(plan)
        try run.begin(plan)
        try run.pass(plan)
        #expect(!RunReportHTML.render(try run.history([plan])).contains("must say"))
        try run.add(.ended(.completed))
        let history = try run.history([plan])
        for text in [
            RunReportHTML.render(history), RunReportMarkdown.render(history),
            RunReportText.render(RunSummary(plan: plan, state: run.state), style: .plain),
        ] {
            let told = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(told.uppercased().contains("THE INVENTORY MUST SAY NOW"))
            #expect(told.contains("10.0.0.2:2380"))
            #expect(told.contains("Whoever asks etcd at 10.0.0.99 must ask 10.0.0.2."))
        }
    }

    @Test("forbids the browser everything but its own styles")
    func policy() throws {
        let page = try WellFormedPage(RunReportHTML.render(try ToldRun.restored.history()))
        let metas = page.elements.filter { $0.name == "meta" }
        let policy = try #require(
            metas.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        )
        #expect(
            policy.attributes["content"]
                == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        )
    }

    @Test(
        "has its verdict in its title and its only first heading",
        arguments: [
            (ToldRun.restored, "Restored and proven"), (.failed, "The restore failed"),
            (.resumed, "Restored and proven"), (.interrupted, "The restore was interrupted"),
            (.refused, "Refused; no host was changed"),
            (.fenced, "Restored and proven, without etcd-3"), (.cleaned, "Restored and proven"),
            (.rolledBack, "Rolled back, and the old cluster answers"),
        ]
    )
    func verdict(_ run: ToldRun, _ words: String) throws {
        let text = RunReportHTML.render(try run.history())
        let page = try WellFormedPage(text)
        #expect(page.elements.count { $0.name == "h1" } == 1)
        #expect(text.contains("<title>\(words): prod, run 20261122T164512Z-3fa9c1</title>"))
        #expect(text.contains("<span>\(words)</span></h1>"))
    }

    @Test("keeps the proof of a restore after what it set aside was deleted")
    func cleaned() throws {
        let page = try WellFormedPage(RunReportHTML.render(try ToldRun.cleaned.history()))
        #expect(page.text.contains("What it had set aside was deleted at 2026-11-22"))
        #expect(page.text.contains("1047458361"))
    }

    @Test("tells of a rolled back run also what failed before, and which snapshot it was about")
    func rolledBack() throws {
        let page = try WellFormedPage(RunReportHTML.render(try ToldRun.rolledBack.history()))
        #expect(page.text.contains("What failed before, in the restore"))
        #expect(page.text.contains("no space left on device"))
        #expect(page.text.contains(Sample.snapshot.sha256))
    }

    @Test("shows every try of every effect in its timeline", arguments: ToldRun.allCases)
    func everyTry(_ run: ToldRun) throws {
        let page = try WellFormedPage(RunReportHTML.render(try run.history()))
        let sample: SampleRun =
            switch run {
            case .restored: try .restored()
            case .failed: try .failed()
            case .resumed: try .resumed()
            case .interrupted: try .interrupted()
            case .refused: try .refused()
            case .fenced: try .fenced()
            case .cleaned: try .cleaned()
            case .rolledBack: try .rolledBack()
            }
        var tries = 0
        var proven: Set<String> = []
        for (index, told) in sample.events.enumerated() {
            switch told.event {
            case .intended: tries += 1
            // what is found done was never intended
            case .settled(let effect, .found):
                let isIntended = sample.events[..<index].contains {
                    if case .intended(effect, _) = $0.event { true } else { false }
                }
                if !isIntended { tries += 1 }
            case .proved(let proof):
                let rounds = sample.events[..<index].count {
                    if case .stageBegan = $0.event { true } else { false }
                }
                proven.insert("\(proof.member ?? "") \(rounds)")
            default: break
            }
        }
        let legend = 24
        let bars = page.elements.filter { element in
            guard element.name == "rect", element.attributes["width"] != "\(legend - 2)" else {
                return false
            }
            let name = element.attributes["class"] ?? ""
            return name.hasPrefix("bar-") && name != "bar-down"
        }
        #expect(bars.count == tries + proven.count)
    }

    @Test("is the same bytes for the same journal")
    func stable() throws {
        let history = try ToldRun.resumed.history()
        #expect(
            RunReportHTML.render(history) == RunReportHTML.render(try ToldRun.resumed.history())
        )
    }

    @Test(
        "has as Markdown the same verdict, proofs and failures",
        arguments: [ToldRun.resumed, .fenced]
    )
    func markdown(_ run: ToldRun) throws {
        GoldenFile.expect(
            RunReportMarkdown.render(try run.history()),
            in: "report-\(run.rawValue).md"
        )
    }

    @Test("of a journal whose plan is not given is refused")
    func withoutPlan() throws {
        #expect(throws: IllegalTransition.self) {
            try SampleRun.rolledBack().history([Sample().plan])
        }
    }

    @Test("of a run that never began says so")
    func empty() throws {
        let page = try WellFormedPage(RunReportHTML.render(try SampleRun(Sample().plan).history()))
        #expect(page.text.contains("No coordinator has taken it up."))
    }
}
