import Foundation

/// Runs a program to its end.
enum Tool {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: its standard output.
    @discardableResult
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        input: String = "",
        acceptsFailure: Bool = false
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let environment {
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        }
        let output = Pipe()
        let errors = Pipe()
        let feed = Pipe()
        process.standardInput = feed
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try feed.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try feed.fileHandleForWriting.close()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        let errorText = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard acceptsFailure || process.terminationStatus == 0 else {
            let detail = String(decoding: errorText, as: UTF8.self)
            throw Failed(description: "\(path) \(arguments): \(detail)")
        }
        return String(decoding: text, as: UTF8.self)
    }

    @discardableResult
    static func run(_ path: String, _ arguments: String...) throws -> String {
        try run(path, arguments)
    }
}
