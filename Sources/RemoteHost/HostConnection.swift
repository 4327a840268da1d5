/// One authenticated way to one host.
///
/// Commands run on it one after the other; a second one waits for the first.
package protocol HostConnection: Sendable {
    /// Runs a command to its end.
    ///
    /// Cancelling the task ends it within a second, whatever the host does.
    /// - Throws: `HostFailure` when the host could not be asked or its answer did not come: whether
    ///   the command ran is then unknown. A command that fails is a `CommandResult`.
    func run(
        _ command: RemoteCommand,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits
    ) async throws -> CommandResult

    /// Ends the connection; may be called twice.
    func close() async
}

extension HostConnection {
    package func run(
        _ command: RemoteCommand,
        limits: CommandLimits = CommandLimits()
    ) async throws -> CommandResult {
        try await run(command, input: .none, output: .kept, limits: limits)
    }

    package func run(
        _ command: RemoteCommand,
        input: CommandInput,
        limits: CommandLimits
    ) async throws -> CommandResult {
        try await run(command, input: input, output: .kept, limits: limits)
    }
}

/// Opens connections.
///
/// The engine knows this protocol only; the commands hand it the SSH one.
package protocol HostConnector: Sendable {
    /// - Throws: `HostFailure`.
    func connect(to endpoint: HostEndpoint) async throws -> any HostConnection
}

/// What a command reads on its standard input.
package enum CommandInput: Sendable {
    case none
    case bytes([UInt8])
    /// Pulled on the connection's own thread, in pieces, as the host takes them.
    case stream(any ByteStream)
}

/// Bytes that are read once, front to back.
///
/// Used from one thread at a time; may block on a file.
package protocol ByteStream: Sendable {
    /// Fills the front of the buffer.
    /// - Returns: how many bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// About how many bytes it gives; nil where that is not known.
    var expectedBytes: UInt64? { get }
}

extension ByteStream {
    package var expectedBytes: UInt64? { nil }
}

/// Where a command's standard output goes.
package enum CommandOutput: Sendable {
    /// Into the result, as far as the limits say.
    case kept
    /// Handed on, on the connection's own thread, as it comes; the result has none.
    case sink(any ByteSink)
}

/// Takes bytes, front to back.
///
/// Used from one thread at a time; may block, and the host then waits.
package protocol ByteSink: Sendable {
    /// - Throws: where no more can be taken; the command and its connection are then given up.
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

package struct CommandLimits: Sendable, Hashable {
    /// From the start of the command to its exit status.
    package var deadline: Duration
    /// Bytes kept of each output stream; what comes after is read and dropped.
    package var keptOutput: Int

    package init(deadline: Duration = .seconds(60), keptOutput: Int = 4 << 20) {
        self.deadline = deadline
        self.keptOutput = keptOutput
    }
}
