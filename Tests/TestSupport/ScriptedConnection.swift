package import RemoteHost
import Synchronization

/// A connection to a scripted host.
package final class ScriptedConnection: HostConnection {
    private struct State {
        /// Why it is closed.
        var ending: String?
        var last: Task<Void, Never>?
    }

    private struct DeadlinePassed: Error {}

    private let host: ScriptedHost
    private let state = Mutex(State())

    init(to host: ScriptedHost) {
        self.host = host
    }

    package func run(
        _ command: RemoteCommand,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits
    ) async throws -> CommandResult {
        let turn = state.withLock { state in
            let previous = state.last
            let turn = Task {
                await previous?.value
                return try await self.answer(command, input, output, limits)
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
        _ output: CommandOutput,
        _ limits: CommandLimits
    ) async throws -> CommandResult {
        if let ending = state.withLock(\.ending) {
            throw HostFailure(
                .disconnected,
                host: host.host,
                "the connection is closed: \(ending)"
            )
        }
        do {
            var result = try await withDeadline(limits.deadline) {
                try await self.host.answer(command, input)
            }
            if case .sink(let sink) = output {
                do {
                    try result.output.withUnsafeBytes { try sink.write($0) }
                } catch {
                    throw HostFailure(
                        .localOutput,
                        host: host.host,
                        "taking the output failed: \(error)"
                    )
                }
                result.output = []
            }
            result.output = Array(result.output.prefix(limits.keptOutput))
            result.errorOutput = Array(result.errorOutput.prefix(limits.keptOutput))
            return result
        } catch is CancellationError {
            throw failed(.cancelled, "cancelled while running the command")
        } catch is DeadlinePassed {
            throw failed(.timedOut, "did not finish within \(limits.deadline)")
        } catch let failure as HostFailure {
            if failure.kind != .refusedChannel { end(failure.message) }
            throw failure
        }
    }

    private func failed(_ kind: HostFailure.Kind, _ message: String) -> HostFailure {
        end(message)
        return HostFailure(kind, host: host.host, message)
    }

    private func end(_ reason: String) {
        state.withLock { $0.ending = $0.ending ?? reason }
    }

    private func withDeadline(
        _ deadline: Duration,
        _ body: @escaping @Sendable () async throws -> CommandResult
    ) async throws -> CommandResult {
        try await withThrowingTaskGroup(of: CommandResult.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw DeadlinePassed()
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
