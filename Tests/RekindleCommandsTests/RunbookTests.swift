import ArgumentParser
import Foundation
import RekindleCommands
import Testing

@Suite("The runbook")
struct RunbookTests {
    private static let text: String? = try? String(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/RUNBOOK.md"),
        encoding: .utf8
    )

    /// The lines of its code blocks that run Rekindle, without their comments.
    private static let lines: [String] = (text ?? "").split(separator: "\n")
        .map { $0.drop { $0 == " " } }
        .filter { $0.hasPrefix("rekindle ") }
        .map { $0.prefix { $0 != "#" } }
        .map { String($0).replacing("'disk lost'", with: "lost") }

    @Test("has commands")
    func commands() {
        #expect(Self.lines.count >= 10)
    }

    @Test("names commands and options that there are", arguments: lines)
    func parses(command: String) throws {
        let words = command.split(separator: " ").dropFirst().map(String.init)
        #expect(throws: Never.self) { _ = try RekindleCommand.parseAsRoot(words) }
    }

    @Test("leads to headings that there are")
    func links() throws {
        let text = try #require(Self.text)
        let headings = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { line in
                line.dropFirst(3).lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }
                    .replacing(" ", with: "-")
            }
        )
        let links = text.split(separator: "](#").dropFirst().map { $0.prefix { $0 != ")" } }
        #expect(links.count >= 9)
        for link in links { #expect(headings.contains(String(link)), "#\(link)") }
    }
}
