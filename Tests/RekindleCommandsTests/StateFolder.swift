import Foundation
import Testing

/// A state directory of a test's own with copies of old runs, and the program to be run on it.
final class StateFolder: Sendable {
    let path: String

    init(_ runs: [OldRun]) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "rekindle-state-\(UUID().uuidString)").path
        try Self.makeFolder("\(path)/runs")
        for run in runs {
            try Self.makeFolder(directory(run))
            for file in try run.planFiles + ["journal.jsonl"] {
                try write(try run.bytes(file), to: "\(directory(run))/\(file)")
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func directory(_ run: OldRun) -> String { "\(path)/runs/\(run.id)" }
    func journal(_ run: OldRun) -> String { "\(directory(run))/journal.jsonl" }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    /// Every file with its bytes.
    func contents() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            files[name] = FileManager.default.contents(atPath: "\(path)/\(name)")
        }
        return files
    }

    private static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    // MARK: the program

    struct Result {
        var status: Int32
        var output: String
        var error: String

        /// With white space made one blank, as lines are broken.
        var flatOutput: String { Result.flat(output) }
        var flatError: String { Result.flat(error) }

        private static func flat(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }

    /// The program under test, as it was built beside the tests.
    private static let program = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "rekindle")

    func rekindle(_ words: String...) throws -> Result {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = words + ["--state-dir", path]
        process.environment = ["LC_ALL": "C.UTF-8", "NO_COLOR": "1", "HOME": path]
        let (output, error) = ("\(path).out", "\(path).error")
        defer { for file in [output, error] { try? FileManager.default.removeItem(atPath: file) } }
        for file in [output, error] {
            try Data().write(to: URL(filePath: file))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: error))
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            error: try String(contentsOfFile: error, encoding: .utf8)
        )
    }
}
