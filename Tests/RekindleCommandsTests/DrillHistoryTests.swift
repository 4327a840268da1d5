import Foundation
import TestSupport
import Testing

@Suite("The history of drills")
struct DrillHistoryTests {
    @Test("has no restore in it, in any form")
    func none() throws {
        let folder = try StateFolder([.restored])
        #expect(try folder.rekindle("runs", "--drills").output == "There are no drills.\n")
        let json = try folder.rekindle("runs", "--drills", "--format", "json")
        #expect(json.output.filter { !$0.isWhitespace } == #"{"drills":[]}"#)
        let page = try folder.rekindle("runs", "--drills", "--format", "html")
        #expect(page.status == 0, "\(page.error)")
        #expect(try WellFormedPage(page.output).text.contains("No drill yet"))
    }

    @Test("goes to a file with --out")
    func out() throws {
        let folder = try StateFolder([.restored])
        let file = "\(folder.path)/drills.html"
        let result = try folder.rekindle("runs", "--drills", "--format", "html", "--out", file)
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output == "")
        let shown = try folder.rekindle("runs", "--drills", "--format", "html")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == shown.output)
    }

    @Test(
        "is asked for by name: --format and --out alone are refused",
        arguments: ["--format", "--out"]
    )
    func usage(_ option: String) throws {
        let folder = try StateFolder([.restored])
        let result = try folder.rekindle("runs", option, option == "--out" ? "/nowhere" : "html")
        #expect(result.status == 64)
        #expect(result.error.contains("HINT: add --drills"))
    }
}
