import RunReport
import TestSupport
import Testing

@Suite("A plan as a runbook")
struct PlanMarkdownTests {
    @Test("leads a person through every stage, the proof and the rollback")
    func golden() {
        GoldenFile.expect(PlanMarkdown.render(Sample().plan), in: "plan.md")
    }

    @Test("has blocks that a POSIX shell can parse", arguments: PlanShellTests.samples)
    func blocks(sample: Sample) throws {
        for plan in [sample.plan, sample.rollback, sample.clean] {
            let blocks = PlanMarkdown.render(plan).split(separator: "```sh\n").dropFirst()
            #expect(!blocks.isEmpty)
            for block in blocks {
                let lines = try #require(block.split(separator: "\n```").first)
                let check = try Program.run(["sh", "-n"], input: "\(lines)\n")
                #expect(check.status == 0, "\(check.output)")
            }
        }
    }

    @Test("says where the bytes come from when the snapshot is no plain file here")
    func otherSource() {
        let text = PlanMarkdown.render(Sample(snapshotPath: "s3://backup/prod.db.gz").plan)
        #expect(text.contains("# the unpacked bytes of s3://backup/prod.db.gz, piped into:"))
        #expect(!text.contains("<s3:"))
    }
}
