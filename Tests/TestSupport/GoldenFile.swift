import FoundationEssentials
package import Testing

/// Expected output in a file beside the tests: read by people, compared by the byte.
package enum GoldenFile {
    /// Records an issue where the text differs from the file.
    ///
    /// `UPDATE_GOLDEN=1 swift test` writes the file instead: look at the difference before you
    /// commit it. The path is below `Fixtures`, beside the test's source file.
    package static func expect(
        _ actual: String,
        in path: String,
        testFile: String = #filePath,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let folder = testFile.split(separator: "/").dropLast().joined(separator: "/")
        let file = "/\(folder)/Fixtures/\(path)"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            do {
                try Data(actual.utf8).write(to: URL(filePath: file))
            } catch {
                Issue.record("\(path) cannot be written: \(error)", sourceLocation: sourceLocation)
            }
            return
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            Issue.record(
                "there is no \(path); UPDATE_GOLDEN=1 writes it",
                sourceLocation: sourceLocation
            )
            return
        }
        let expected = String(decoding: bytes, as: UTF8.self)
        if actual != expected {
            Issue.record(
                "\(difference(actual, expected, path)); UPDATE_GOLDEN=1 rewrites it",
                sourceLocation: sourceLocation
            )
        }
    }

    private static func difference(_ actual: String, _ expected: String, _ path: String) -> Comment
    {
        let is_ = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let was = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let first = zip(is_, was).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let line = first ?? min(is_.count, was.count)
        let now = line < is_.count ? String(is_[line]) : "(the end)"
        let then = line < was.count ? String(was[line]) : "(the end)"
        return "line \(line + 1) of \(path) is\n  \(now)\nand not\n  \(then)\n"
    }
}
