import RestorePlanning
import RunReport
import TestSupport
import Testing

@Suite("A verdict on a journal")
struct JournalVerdictTests {
    static let whole = JournalVerdict(
        run: Sample().run.rawValue,
        path: "/state/runs/\(Sample().run)/journal.jsonl",
        records: 118,
        firstAt: "2026-11-22T16:45:12.250Z",
        lastAt: "2026-11-22T16:46:02.014Z",
        lastHash: "97240030b6808f5df5be3a4ab0fa0576ff92a53b2d908b5847a51a5c336869bf",
        tornBytes: 37,
        phase: "restored"
    )

    static func damaged(_ sample: Sample) -> JournalVerdict {
        var verdict = whole
        verdict.records = 58
        verdict.tornBytes = 0
        verdict.phase = "unfinished restore"
        verdict.faults = [
            JournalVerdict.Fault(
                message: "/state/runs/\(Sample().run)/journal.jsonl, line 60: its bytes are not "
                    + "those that were written: the hash differs",
                line: 60,
                hint: "the disk or somebody changed it"
            )
        ]
        verdict.plan = sample.plan
        return verdict
    }

    @Test("tells of a whole one what an auditor notes, and of a line that broke off")
    func wholeText() {
        GoldenFile.expect(
            JournalVerdictText.render(Self.whole, style: .plain),
            in: "verify-whole.txt"
        )
    }

    @Test("tells of a damaged one where everything is on each host, and how to put it back")
    func damagedText() throws {
        var sample = Sample(withoutOldData: ["etcd-3"])
        sample.dataDirs = ["etcd-2": "/data/it's etcd"]
        sample.walDir = "/wal/etcd"
        GoldenFile.expect(
            JournalVerdictText.render(Self.damaged(sample), style: .plain),
            in: "verify-damaged.txt"
        )
        GoldenFile.expect(
            try JournalVerdictJSON.encode(Self.damaged(sample)),
            in: "verify-damaged.json"
        )
    }

    @Test("knows in general where things are when the plan is lost as well")
    func withoutPlan() {
        var verdict = Self.damaged(Sample())
        verdict.plan = nil
        GoldenFile.expect(
            JournalVerdictText.render(verdict, style: .plain),
            in: "verify-without-plan.txt"
        )
    }

    @Test("marks a damaged run in its place in the history")
    func listing() throws {
        let restored = try SampleRun.restored()
        let runs = [RunListing(run: restored.plan.run, state: restored.state)]
        let damaged = [
            DamagedRun(id: "20261121T000000Z-aaaaaa", problem: "line 60: the hash differs"),
            DamagedRun(id: "20261123T000000Z-aaaaaa", problem: "it has no journal"),
        ]
        let lines = RunsTable.render(runs, damaged: damaged, style: .plain).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("20261121T000000Z-aaaaaa") && lines[1].hasSuffix("damaged"))
        #expect(lines[2].hasSuffix("restored"))
        #expect(lines[3].hasPrefix("20261123T000000Z-aaaaaa") && lines[3].hasSuffix("damaged"))
        #expect(try RunsTable.json(runs, damaged: damaged).contains("line 60: the hash differs"))
    }
}
