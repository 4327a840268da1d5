import RemoteHost
import RestorePlanning
import RestoreRun

/// Asks every host what it has restored, and compares.
struct CopyComparer: Sendable {
    let comparison: CopyComparison
    /// The members by name: whose lock has to be held where a copy is read.
    let targets: [MemberTarget]
    let `operator`: Operator
    let turn: Int
    let fleet: Fleet
    let step: PlannedStep
    let backOff: BackOff

    /// Each member's digest is recorded as a proof once all have answered.
    ///
    /// - Returns: what does not hold, or could not be asked.
    func compare(
        record: (ProofRecord) async throws -> Void
    ) async throws -> [EffectFailure] {
        let answers = await answers()
        if Task.isCancelled { return [] }
        let failures = comparison.copies.compactMap { copy in
            if case .failure(let failure) = answers[copy.member] { failure.value } else { nil }
        }
        guard failures.isEmpty else { return failures }
        let digests = answers.compactMapValues { try? $0.get() }
        let proofs = Self.proofs(comparison, digests)
        for proof in proofs { try await record(proof) }
        return proofs.filter { !$0.holds }.map { EffectFailure(failure($0)) }
    }

    /// Every digest against the one that most members with the same version of the tool have.
    static func proofs(
        _ comparison: CopyComparison,
        _ digests: [String: String]
    ) -> [ProofRecord] {
        comparison.copies.compactMap { copy in
            guard let digest = digests[copy.member] else { return nil }
            let alike = comparison.copies.filter { $0.tool == copy.tool }
            let expected = mostFrequent(alike.compactMap { digests[$0.member] })
            return ProofRecord(
                name: CopyComparison.name,
                member: copy.member,
                expected: expected,
                observed: digest,
                holds: digest == expected
            )
        }
    }

    /// The first of those that are there most often.
    private static func mostFrequent(_ digests: [String]) -> String {
        var best = (digest: "", count: 0)
        for digest in digests {
            let count = digests.count { $0 == digest }
            if count > best.count { best = (digest, count) }
        }
        return best.digest
    }

    private func answers() async -> [String: Result<String, Unanswered>] {
        await withTaskGroup(of: (String, Result<String, Unanswered>).self) { group in
            for copy in comparison.copies {
                group.addTask { (copy.member, await answer(copy)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private struct Unanswered: Error {
        var value: EffectFailure
    }

    /// Reads only, so it may be asked as often as need be.
    @concurrent
    private func answer(_ copy: CopyComparison.Copy) async -> Result<String, Unanswered> {
        guard let link = fleet[copy.member],
            let target = targets.first(where: { $0.name == copy.member })
        else {
            return .failure(unanswered(copy, "there is no link to the host", nil))
        }
        let command = copy.invocation(on: target, operator: `operator`, turn: turn)
        let limits = CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
        var attempt = 1
        while true {
            do {
                let result = try await link.run(command, limits: limits)
                if let refusal = GuardRefusal(result) {
                    guard refusal.isBusy, attempt <= step.limits.retries else {
                        return .failure(unanswered(copy, refusal.words, nil))
                    }
                    try await Task.sleep(for: backOff.pause(after: attempt))
                    attempt += 1
                    continue
                }
                let digest = result.outputText.trimmingSuffix("\n")
                guard result.isSuccess, !digest.isEmpty else {
                    return .failure(
                        unanswered(copy, "its restored database cannot be read", result.lastLines())
                    )
                }
                return .success(digest)
            } catch let lost as HostFailure
                where lost.isTransient && attempt <= step.limits.retries && !Task.isCancelled
            {
                try? await Task.sleep(for: backOff.pause(after: attempt))
                attempt += 1
            } catch {
                return .failure(unanswered(copy, "\(error)", nil))
            }
        }
    }

    private func unanswered(
        _ copy: CopyComparison.Copy,
        _ message: String,
        _ evidence: String?
    ) -> Unanswered {
        Unanswered(
            value: EffectFailure(
                RunFailure(
                    host: copy.member,
                    step: step.name,
                    message: message,
                    evidence: evidence,
                    hint: "mend what it says, then `rekindle resume`; or `rekindle rollback`"
                )
            )
        )
    }

    private func failure(_ proof: ProofRecord) -> RunFailure {
        RunFailure(
            host: proof.member,
            step: step.name,
            message: "its restored database is not the one that the others have",
            evidence: "\(proof.observed); the others have \(proof.expected)",
            hint: "look at `dmesg` there for its disk and its memory, then `rekindle rollback` "
                + "and restore again"
        )
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
