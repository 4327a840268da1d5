import Glibc
import RemoteHost

/// One command, as a child of this process in a session of its own.
struct LocalCommand: Sendable {
    let host: String
    let line: String
    let environment: [String: String]
    /// Whether the end of its input would end it.
    let endsWithInput: Bool
    let input: CommandInput
    let output: CommandOutput
    let limits: CommandLimits
    let grace: Duration
    let interruption: Interruption

    /// - Throws: `HostFailure` where it could not be run to its end.
    func run() async throws -> CommandResult {
        try await withCheckedThrowingContinuation { continuation in
            // it blocks for as long as the command runs
            WorkerThread.start { continuation.resume(with: Result(catching: runToEnd)) }
        }
    }

    private func runToEnd() throws -> CommandResult {
        if interruption.isInterrupted { throw failure(.cancelled, "cancelled before it began") }
        let child = try ShellChild(line: line, environment: environment) { code in
            failure(.transport, "cannot run a command: \(String(cString: strerror(code)))")
        }
        defer { child.end(within: grace) }
        var feed = InputFeed(input)
        var kept: [UInt8] = []
        var errors: [UInt8] = []
        let clock = ContinuousClock()
        let deadline = clock.now + limits.deadline
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while !child.isSilent {
            if interruption.isInterrupted { throw failure(.cancelled, "cancelled") }
            guard clock.now < deadline else {
                throw failure(.timedOut, "the command did not end within \(limits.deadline)")
            }
            child.wait(wantsInput: feed.isOpen)
            if feed.isOpen {
                do {
                    try feed.push(into: child, keepsOpen: endsWithInput)
                } catch {
                    throw failure(.localInput, "\(error)")
                }
            }
            if let count = child.read(.output, into: &block) {
                try take(block[..<count], into: &kept)
            }
            if let count = child.read(.errors, into: &block) {
                errors += block[..<count].prefix(max(0, limits.keptOutput - errors.count))
            }
        }
        guard
            let ending = child.reap(until: { clock.now >= deadline || interruption.isInterrupted })
        else {
            throw interruption.isInterrupted
                ? failure(.cancelled, "cancelled")
                : failure(.timedOut, "the command did not end within \(limits.deadline)")
        }
        return CommandResult(ending: ending, output: kept, errorOutput: errors)
    }

    private func take(_ bytes: ArraySlice<UInt8>, into kept: inout [UInt8]) throws {
        switch output {
        case .kept: kept += bytes.prefix(max(0, limits.keptOutput - kept.count))
        case .sink(let sink):
            do {
                try bytes.withUnsafeBytes { try sink.write($0) }
            } catch {
                throw failure(.localOutput, "\(error)")
            }
        }
    }

    private func failure(_ kind: HostFailure.Kind, _ message: String) -> HostFailure {
        HostFailure(kind, host: host, message)
    }
}
