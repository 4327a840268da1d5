import RemoteHost
import RestorePlanning
import RestoreRun

/// Looks at production before and after a drill, and compares.
struct ProductionWatch: Sendable {
    let look: ProductionLook
    let fleet: Fleet
    let step: PlannedStep
    let backOff: BackOff

    /// What is seen before is recorded as a proof, so that the look after finds it in the journal.
    ///
    /// - Returns: what differs, or could not be asked.
    func run(
        knowing earlier: [ProofRecord],
        record: (ProofRecord) async throws -> Void
    ) async throws -> [EffectFailure] {
        let answers = await answers()
        if Task.isCancelled { return [] }
        var failures: [EffectFailure] = []
        for subject in look.subjects {
            switch answers[subject.member] {
            case .success(let seen):
                let before = earlier.last {
                    $0.name == ProductionLook.nameBefore && $0.member == subject.member
                }
                let proof = proof(of: subject, seen, before: before?.observed)
                try await record(proof)
                if !proof.holds { failures.append(EffectFailure(failure(proof))) }
            case .failure(let failure): failures.append(failure.value)
            case nil: break
            }
        }
        return failures
    }

    private func proof(
        of subject: ProductionLook.Subject,
        _ seen: String,
        before: String?
    ) -> ProofRecord {
        let expected = look.moment == .before ? seen : before ?? ""
        return ProofRecord(
            name: look.moment == .before ? ProductionLook.nameBefore : ProductionLook.name,
            member: subject.member,
            expected: expected,
            observed: seen,
            holds: expected == seen
        )
    }

    private func failure(_ proof: ProofRecord) -> RunFailure {
        RunFailure(
            host: proof.member,
            step: step.name,
            message: "production is not as it was before the drill",
            evidence: ProductionLook.differences(proof.expected, proof.observed)
                .joined(separator: "\n"),
            hint:
                "find out who did that: a drill touches none of it; `journalctl` there tells of the "
                + "unit"
        )
    }

    private struct Unanswered: Error {
        var value: EffectFailure
    }

    private func answers() async -> [String: Result<String, Unanswered>] {
        await withTaskGroup(of: (String, Result<String, Unanswered>).self) { group in
            for subject in look.subjects {
                group.addTask { (subject.member, await answer(subject)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// Reads only, so it may be asked as often as need be.
    @concurrent
    private func answer(_ subject: ProductionLook.Subject) async -> Result<String, Unanswered> {
        guard let link = fleet[subject.member] else {
            return .failure(unanswered(subject, "there is no link to the host", nil))
        }
        let limits = CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
        var attempt = 1
        while true {
            do {
                let result = try await link.run(subject.command, limits: limits)
                let lines = result.outputText.split(separator: "\n").map(String.init)
                guard result.isSuccess, lines.last == "end=yes" else {
                    return .failure(
                        unanswered(subject, "production cannot be looked at", result.lastLines())
                    )
                }
                return .success(lines.dropLast().joined(separator: "\n"))
            } catch let lost as HostFailure
                where lost.isTransient && attempt <= step.limits.retries && !Task.isCancelled
            {
                try? await Task.sleep(for: backOff.pause(after: attempt))
                attempt += 1
            } catch {
                return .failure(unanswered(subject, "\(error)", nil))
            }
        }
    }

    private func unanswered(
        _ subject: ProductionLook.Subject,
        _ message: String,
        _ evidence: String?
    ) -> Unanswered {
        Unanswered(
            value: EffectFailure(
                RunFailure(
                    host: subject.member,
                    step: step.name,
                    message: message,
                    evidence: evidence,
                    hint: "mend what it says, then drill again"
                )
            )
        )
    }
}
