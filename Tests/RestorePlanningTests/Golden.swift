import Foundation
import Testing

/// Compares a text with a file of `Fixtures`; `UPDATE_GOLDEN=1` writes the file anew.
func expectGolden(
    _ text: String,
    _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = fixture(name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: file)
    }
    let wanted = try String(contentsOf: file, encoding: .utf8)
    if text == wanted { return }
    let pairs = zip(
        text.split(separator: "\n", omittingEmptySubsequences: false),
        wanted.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let difference = pairs.enumerated().first { $0.element.0 != $0.element.1 }
    Issue.record(
        """
        \(name) differs from line \(difference.map { $0.offset + 1 } ?? 0) on:
        got:    \(difference.map { String($0.element.0) } ?? "another length")
        wanted: \(difference.map { String($0.element.1) } ?? "")
        `UPDATE_GOLDEN=1 swift test` writes the file anew
        """,
        sourceLocation: sourceLocation
    )
}

/// A file of `Fixtures`, in the source tree.
func fixture(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
}
