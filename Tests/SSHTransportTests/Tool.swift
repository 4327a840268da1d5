import Foundation

/// Runs a program to its end.
enum Tool {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Gives it the input, and `NAME=value` beside this process's environment.
    ///
    /// - Returns: its standard output.
    @discardableResult
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String] = [],
        input: String = "",
        acceptsFailure: Bool = false
    ) throws -> String {
        let feed = ChildProcess.pipe()
        let output = ChildProcess.pipe()
        let errors = ChildProcess.pipe()
        let process = try ChildProcess(
            path,
            arguments,
            descriptors: [feed.read, output.write, errors.write],
            environment: environment
        )
        for descriptor in [feed.read, output.write, errors.write] { close(descriptor) }
        // Short enough to be taken at once; a program that reads nothing may be gone already.
        send(feed.write, input, input.utf8.count, Int32(MSG_NOSIGNAL))
        close(feed.write)
        let text = readAll(output.read)
        let errorText = readAll(errors.read)
        guard process.wait() || acceptsFailure else {
            throw Failed(description: "\(path) \(arguments): \(errorText)")
        }
        return text
    }

    @discardableResult
    static func run(_ path: String, _ arguments: String...) throws -> String {
        try run(path, arguments)
    }

    private static func readAll(_ descriptor: Int32) -> String {
        defer { close(descriptor) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
            all += buffer.prefix(count)
        }
        return String(decoding: all, as: UTF8.self)
    }
}
