import RemoteHost
import RestorePlanning
import RestoreRun

/// Runs a hook on all of its hosts at once, while every member's host is locked by this run and this process.
struct HookRunner: Sendable {
    let run: HookRun
    let targets: [MemberTarget]
    let `operator`: Operator
    let turn: Int
    let fleet: Fleet
    let step: PlannedStep
    let backOff: BackOff

    private enum Answer: Sendable {
        case ended(HookHost, CommandResult)
        case failed(HookHost, message: String, hint: String?)
    }

    /// Waits for every host, whatever the first ones say.
    func run(record: (ProofRecord) async throws -> Void) async throws -> [EffectFailure] {
        let unlocked = await unlocked()
        if !unlocked.isEmpty { return unlocked }
        return try await withThrowingTaskGroup(of: Answer.self) { group in
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

    /// The members whose lock is not held, or that do not say: nothing of the user's runs then.
    private func unlocked() async -> [EffectFailure] {
        let answers = await withTaskGroup(of: EffectFailure?.self) { group -> [EffectFailure] in
            for target in targets { group.addTask { await unlocked(target) } }
            return await group.reduce(into: [EffectFailure]()) {
                if let failure = $1 { $0.append(failure) }
            }
        }
        return answers.sorted { ($0.failure.host ?? "") < ($1.failure.host ?? "") }
    }

    private func unlocked(_ target: MemberTarget) async -> EffectFailure? {
        var attempt = 1
        while true {
            do {
                guard let link = fleet[target.name] else {
                    throw HostFailure(
                        .unreachable,
                        host: target.endpoint.host,
                        "there is no link to the host"
                    )
                }
                let result = try await link.run(LockScripts.holds(target, `operator`))
                if result.isSuccess { return nil }
                return EffectFailure(
                    RunFailure(
                        host: target.name,
                        step: step.name,
                        message: "\(run.hook.words): not run, the host is not locked by this run",
                        evidence: result.lastLines(),
                        hint: "another process may drive the run, or somebody removed the lock: "
                            + "`rekindle resume` says whose it is"
                    )
                )
            } catch {
                guard let lost = error as? HostFailure, lost.isTransient,
                    attempt <= max(step.limits.retries, Self.questions), !Task.isCancelled
                else {
                    return EffectFailure(
                        RunFailure(
                            host: target.name,
                            step: step.name,
                            message: "\(run.hook.words): not run, the lock cannot be asked for: "
                                + "\((error as? HostFailure)?.message ?? "\(error)")",
                            hint: (error as? HostFailure)?.hint
                                ?? "reach the host, then `rekindle resume`"
                        )
                    )
                }
                try? await Task.sleep(for: backOff.pause(after: attempt))
                attempt += 1
            }
        }
    }

    /// How often the lock is asked for again, also where the hook itself may run only once: it is only read.
    private static let questions = 3

    private func command(on host: HookHost) -> RemoteCommand {
        guard let target = targets.first(where: { $0.name == host.name }) else {
            return RemoteCommand(run.hook.command, endsWithConnection: true)
        }
        return run.invocation(on: target, operator: `operator`, turn: turn)
    }

    @concurrent
    private func answer(of host: HookHost) async -> Answer {
        guard let link = fleet[host.name] else {
            return .failed(host, message: "there is no link to the host", hint: nil)
        }
        var attempt = 1
        while true {
            do {
                let result = try await link.run(
                    command(on: host),
                    limits: CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
                )
                guard let refusal = GuardRefusal(result) else { return .ended(host, result) }
                // the hook did not run: that may be tried however seldom the hook itself may
                guard refusal.isBusy, attempt <= max(step.limits.retries, Self.questions) else {
                    return .failed(
                        host,
                        message: "not run: \(refusal.words)",
                        hint: "see that nobody else drives the run, then `rekindle resume`"
                    )
                }
                try await Task.sleep(for: backOff.pause(after: attempt))
                attempt += 1
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
