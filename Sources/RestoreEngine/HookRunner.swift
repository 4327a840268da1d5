import RemoteHost
import RestorePlanning
import RestoreRun

/// Runs a hook on all of its hosts at once.
struct HookRunner: Sendable {
    let run: HookRun
    let fleet: Fleet
    let step: PlannedStep
    let backOff: BackOff

    private enum Answer: Sendable {
        case ended(HookHost, CommandResult)
        case failed(HookHost, message: String, hint: String?)
    }

    /// Waits for every host, whatever the first ones say.
    func run(record: (ProofRecord) async throws -> Void) async throws -> [EffectFailure] {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for host in run.hosts { group.addTask { await answer(of: host) } }
            var failures: [EffectFailure] = []
            for try await answer in group {
                switch answer {
                case .ended(let host, let result):
                    try await record(
                        ProofRecord(
                            name: run.proofName,
                            member: host.name,
                            expected: "\(CommandResult.Ending.exited(0))",
                            observed: "\(result.ending)",
                            holds: result.isSuccess
                        )
                    )
                    if !result.isSuccess { failures.append(failure(host, result)) }
                case .failed(let host, let message, let hint):
                    failures.append(
                        EffectFailure(
                            RunFailure(
                                host: host.name,
                                step: step.name,
                                message: "\(run.hook.words): \(message)",
                                hint: hint
                            )
                        )
                    )
                }
            }
            return failures.sorted { ($0.failure.host ?? "") < ($1.failure.host ?? "") }
        }
    }

    @concurrent
    private func answer(of host: HookHost) async -> Answer {
        guard let link = fleet[host.name] else {
            return .failed(host, message: "there is no link to the host", hint: nil)
        }
        var attempt = 1
        while true {
            do {
                return .ended(
                    host,
                    try await link.run(
                        RemoteCommand(run.hook.command, endsWithConnection: true),
                        limits: CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
                    )
                )
            } catch let failure as HostFailure {
                guard failure.isTransient, attempt <= step.limits.retries else {
                    return .failed(host, message: failure.message, hint: failure.hint)
                }
                // a cancelled pause is followed by a try that fails at once
                try? await Task.sleep(for: backOff.pause(after: attempt))
                attempt += 1
            } catch {
                return .failed(host, message: "\(error)", hint: nil)
            }
        }
    }

    private func failure(_ host: HookHost, _ result: CommandResult) -> EffectFailure {
        EffectFailure(
            RunFailure(
                host: host.name,
                step: step.name,
                message: "\(run.hook.words): \(result.ending)",
                evidence: result.lastLines(),
                hint:
                    "the command is the playbook's own: mend what it says, then `rekindle resume`, "
                    + "which runs it again on every host of \(run.hook.group)"
            )
        )
    }
}
