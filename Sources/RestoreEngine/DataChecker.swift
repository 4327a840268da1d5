import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun

/// Asks a member what the playbook's user wants to know of the restored data.
struct DataChecker: Sendable {
    let plan: Plan
    let checks: DataChecks
    let fleet: Fleet
    let step: PlannedStep

    /// All are asked, whatever the first ones say.
    func run(
        record: (ProofRecord) async throws -> Void
    ) async throws -> [EffectFailure] {
        guard let link = fleet[checks.member],
            let client = plan.target(named: checks.member).flatMap(EtcdClient.init(target:))
        else {
            return [failure("the member has no client URL to ask", nil)]
        }
        var failures: [EffectFailure] = []
        for check in checks.checks {
            let result: CommandResult
            let isNewest: Bool
            do {
                (result, isNewest) = try await ask(check, link, client)
            } catch {
                if Task.isCancelled { return [] }
                failures.append(failure("\(check.name): could not be asked", "\(error)"))
                continue
            }
            guard let verdict = check.judge(result) else {
                failures.append(
                    failure("\(check.name): no answer (\(result.ending))", result.lastLines())
                )
                continue
            }
            try await record(
                ProofRecord(
                    name: check.name,
                    member: checks.member,
                    expected: check.expected,
                    observed: verdict.observed
                        + (isNewest
                            ? ", at the newest revision: the restored one is compacted" : ""),
                    holds: verdict.holds
                )
            )
            if !verdict.holds {
                failures.append(
                    failure(
                        "\(check.name): expected \(check.expected), got \(verdict.observed)",
                        check.isCommand ? result.lastLines() : nil
                    )
                )
            }
        }
        return failures
    }

    /// At the restored revision, or if that is compacted by now, at the newest, which is told.
    private func ask(
        _ check: DataCheck,
        _ link: HostLink,
        _ client: EtcdClient
    ) async throws -> (result: CommandResult, isNewest: Bool) {
        let limits = CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
        let result = try await link.run(
            check.question(client, revision: checks.revision),
            limits: limits
        )
        guard !check.isCommand, !result.isSuccess,
            EtcdRefusal(result.outputText + result.errorText) == .compacted
        else { return (result, false) }
        return (
            try await link.run(check.question(client, revision: nil), limits: limits), true
        )
    }

    private func failure(_ message: String, _ evidence: String?) -> EffectFailure {
        EffectFailure(
            RunFailure(
                host: checks.member,
                step: step.name,
                message: message,
                evidence: evidence,
                hint:
                    "the data is the snapshot's, that is proven: is it the right snapshot, and the "
                    + "check still right?"
            )
        )
    }
}
