package import RemoteHost
import Synchronization

/// A host that answers as a test's script says.
///
/// The script gives the result of each command, or nil for one that it does not expect, or throws
/// the `HostFailure` that the test wants. Connections to it keep the contract of `HostConnection`:
/// a failure ends the connection, and the next one finds the host and its records as they were.
package final class ScriptedHost: Sendable {
    package typealias Script =
        @Sendable (_ command: RemoteCommand, _ input: CommandInput) async throws -> CommandResult?

    /// A command that the script has no answer for: the test or the code under test is wrong.
    package struct UnscriptedCommand: Error, CustomStringConvertible {
        package let host: String
        package let command: RemoteCommand
        package var description: String { "\(host): no script for: \(command)" }
    }

    private struct Record {
        var commands: [RemoteCommand] = []
        var unscripted: [RemoteCommand] = []
    }

    package let host: String
    private let script: Script
    private let record = Mutex(Record())

    package init(host: String, _ script: @escaping Script) {
        self.host = host
        self.script = script
    }

    /// Every command that the host was asked to run, in order, over all connections.
    package var commands: [RemoteCommand] { record.withLock(\.commands) }
    /// Must be empty at the end of a test, in case that somebody swallowed the error.
    package var unscripted: [RemoteCommand] { record.withLock(\.unscripted) }

    package func connect() -> ScriptedConnection {
        ScriptedConnection(to: self)
    }

    func answer(_ command: RemoteCommand, _ input: CommandInput) async throws -> CommandResult {
        record.withLock { $0.commands.append(command) }
        guard let result = try await script(command, input) else {
            record.withLock { $0.unscripted.append(command) }
            throw UnscriptedCommand(host: host, command: command)
        }
        return result
    }
}
