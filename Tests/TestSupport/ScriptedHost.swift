package import RemoteHost
import Synchronization

/// A host that answers as a test's script says, and keeps the contract of `HostConnection`.
///
/// The script gives the result of each command, or nil for one that it does not expect, or throws
/// the `HostFailure` that the test wants. It is asked for one command at a time.
package final class ScriptedHost: HostConnection {
    package typealias Script =
        @Sendable (_ command: RemoteCommand, _ input: CommandInput) async throws -> CommandResult?

    /// A command that the script has no answer for: the test or the code under test is wrong.
    package struct UnscriptedCommand: Error, CustomStringConvertible {
        package let host: String
        package let command: RemoteCommand
        package var description: String { "\(host): no script for: \(command)" }
    }

    private struct State {
        var commands: [RemoteCommand] = []
        var unscripted: [RemoteCommand] = []
        var ending: String?
        var last: Task<Void, Never>?
    }

    package let host: String
    private let script: Script
    private let state = Mutex(State())

    package init(host: String, _ script: @escaping Script) {
        self.host = host
        self.script = script
    }

    /// Every command that the host was asked to run, in order.
    package var commands: [RemoteCommand] { state.withLock(\.commands) }
    /// Must be empty at the end of a test, in case that somebody swallowed the error.
    package var unscripted: [RemoteCommand] { state.withLock(\.unscripted) }
    package var isClosed: Bool { state.withLock { $0.ending != nil } }

    package func run(
        _ command: RemoteCommand,
        input: CommandInput,
        limits: CommandLimits
    ) async throws -> CommandResult {
        let turn = state.withLock { state in
            let previous = state.last
            let turn = Task {
                await previous?.value
                return try await self.answer(command, input, limits)
            }
            state.last = Task { _ = await turn.result }
            return turn
        }
        return try await withTaskCancellationHandler {
            try await turn.value
        } onCancel: {
            turn.cancel()
        }
    }

    package func close() async {
        end("it was closed by this side")
    }

    private func answer(
        _ command: RemoteCommand,
        _ input: CommandInput,
        _ limits: CommandLimits
    ) async throws -> CommandResult {
        let ending = state.withLock { state in
            if state.ending == nil { state.commands.append(command) }
            return state.ending
        }
        if let ending {
            throw HostFailure(.disconnected, host: host, "the connection is closed: \(ending)")
        }
        do {
            var result = try await withDeadline(limits.deadline) {
                try await self.script(command, input)
            }
            result.output = Array(result.output.prefix(limits.keptOutput))
            result.errorOutput = Array(result.errorOutput.prefix(limits.keptOutput))
            return result
        } catch is CancellationError {
            throw failed(.cancelled, "cancelled while running the command")
        } catch is DeadlinePassed {
            throw failed(.timedOut, "did not finish within \(limits.deadline)")
        } catch is Unexpected {
            state.withLock { $0.unscripted.append(command) }
            throw UnscriptedCommand(host: host, command: command)
        } catch let failure as HostFailure {
            if failure.kind != .refusedChannel { end(failure.message) }
            throw failure
        }
    }

    private func failed(_ kind: HostFailure.Kind, _ message: String) -> HostFailure {
        end(message)
        return HostFailure(kind, host: host, message)
    }

    private func end(_ reason: String) {
        state.withLock { $0.ending = $0.ending ?? reason }
    }

    private struct DeadlinePassed: Error {}
    private struct Unexpected: Error {}

    private func withDeadline(
        _ deadline: Duration,
        _ body: @escaping @Sendable () async throws -> CommandResult?
    ) async throws -> CommandResult {
        try await withThrowingTaskGroup(of: CommandResult.self) { group in
            group.addTask {
                guard let result = try await body() else { throw Unexpected() }
                return result
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw DeadlinePassed()
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw Unexpected() }
            return result
        }
    }
}
