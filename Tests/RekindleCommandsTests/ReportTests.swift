import Foundation
import TestSupport
import Testing

@Suite("The report of an old run")
struct ReportTests {
    @Test("is a page that is made from its files alone, and changes none", arguments: OldRun.all)
    func page(_ run: OldRun) throws {
        let folder = try StateFolder([run])
        let before = try folder.contents()
        let result = try folder.rekindle("report", run.id, "--format", "html")
        #expect(result.status == 0, "\(result.error)")
        let page = try WellFormedPage(result.output)
        #expect(page.text.contains("\(run.records), and every hash fits the line before it"))
        #expect(page.text.contains(run.id))
        #expect(result.output.utf8.count < 100_000)
        #expect(try folder.contents() == before)
    }

    @Test("shows the same last hash in every format, which is the journal's")
    func lastHash() throws {
        let folder = try StateFolder([.restored])
        let lines = try String(contentsOfFile: folder.journal(.restored), encoding: .utf8)
            .split(separator: "\n")
        let hash = try #require(lines.last?.dropLast(2).suffix(64))
        for format in ["text", "json", "markdown", "html"] {
            let result = try folder.rekindle("report", "--format", format)
            #expect(result.output.contains(hash), "\(format)")
        }
    }

    @Test("goes to a file with --out, readable by its owner alone")
    func out() throws {
        let folder = try StateFolder([.restored])
        let file = "\(folder.path)/report.html"
        let result = try folder.rekindle("report", "--format", "html", "--out", file)
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output == "")
        let shown = try folder.rekindle("report", "--format", "html")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == shown.output)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }
}
