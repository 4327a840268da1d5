import Foundation
import TestSupport

/// Runs a program of this machine to its end, for the tests of what we write for shells.
struct Program {
    var status: Int32
    /// Standard output and standard error, as they came.
    var output: String

    static func run(
        _ words: [String],
        input: String = "",
        in folder: String = "/",
        environment: [String: String] = [:]
    ) throws -> Program {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = CleanEnvironment.variables.merging(environment) { $1 }
        let output = Pipe()
        let standardInput = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = standardInput
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Program(
            status: process.terminationStatus,
            output: String(decoding: bytes, as: UTF8.self)
        )
    }

    static func isInstalled(_ name: String) -> Bool {
        (try? run(["sh", "-c", "command -v \(name)"]).status == 0) ?? false
    }
}
