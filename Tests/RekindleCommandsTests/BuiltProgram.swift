import Foundation
import Testing

/// Programs that a test runs to their end: the one under test, and those of the system.
enum BuiltProgram {
    /// As it was built beside the tests.
    static let path = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "rekindle").path

    static func run(
        _ words: [String],
        of program: String = path,
        environment: [String: String] = [:],
        in folder: String = "/"
    ) throws -> StateFolder.Result {
        let files = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: files) }
        let (output, error) = (files.appending(path: "out"), files.appending(path: "error"))
        for file in [output, error] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: folder)
        let variables = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"]
        process.environment = variables.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        return StateFolder.Result(
            status: process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            error: try String(contentsOf: error, encoding: .utf8)
        )
    }
}
