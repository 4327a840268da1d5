import Foundation

/// One Swift file of the project.
struct SourceFile: Sendable, Hashable {
    /// The target, which is the first folder below `Sources` or `Tests`.
    var target: String
    /// From the project's root on.
    var path: String
    var text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL

    /// Every Swift file below a folder of the project.
    static func files(_ top: String) throws -> [SourceFile] {
        let folder = root.appending(path: top)
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".swift") }
            .map { path in
                SourceFile(
                    target: String(path.prefix { $0 != "/" }),
                    path: "\(top)/\(path)",
                    text: try String(
                        contentsOf: folder.appending(path: path),
                        encoding: .utf8
                    )
                )
            }
    }
}
