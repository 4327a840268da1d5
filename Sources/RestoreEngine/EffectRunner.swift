import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import SnapshotSource

/// Settles the effects of one stage on one member, one after the other.
struct EffectRunner: Sendable {
    let engine: Engine
    let target: MemberTarget
    let link: HostLink
    let step: PlannedStep

    /// - Returns: nil once all are settled; else why the first that failed did.
    @concurrent
    func settle(_ effects: [PlannedEffect], stage: StageID) async throws -> EffectFailure? {
        for effect in effects {
            let id = EffectID(stage: stage, member: target.name, kind: effect.kind)
            if let failure = try await settle(effect, id) { return failure }
        }
        return nil
    }

    private func settle(_ effect: PlannedEffect, _ id: EffectID) async throws -> EffectFailure? {
        var attempt = 1
        while true {
            guard let failure = try await attemptOnce(effect, id, attempt) else { return nil }
            if Task.isCancelled { return failure }
            let willRetry = failure.isTransient && attempt <= step.limits.retries
            try await engine.recorder.record(
                .stumbled(id, attempt: attempt, failure.failure, willRetry: willRetry)
            )
            guard willRetry else { return failure }
            do {
                try await Task.sleep(for: engine.backOff.pause(after: attempt))
            } catch {
                return failure
            }
            attempt += 1
        }
    }

    /// Looks, and acts only where that shows it is needed and allowed.
    private func attemptOnce(
        _ effect: PlannedEffect,
        _ id: EffectID,
        _ attempt: Int
    ) async throws -> EffectFailure? {
        var look: FreshLooks.Look
        switch await freshOrNewLook(attempt) {
        case .success(let found): look = found
        case .failure(let failure): return failure.value
        }
        if isOfOtherCoordinator(look.seen) {
            if let refusal = await engine.keeper.adopt().first { return EffectFailure(refusal) }
            // the other one's last command may have ended meanwhile
            switch await self.look() {
            case .success(let seen): look = FreshLooks.Look(seen: seen)
            case .failure(let failure): return failure.value
            }
        }
        let standing = look.seen.standing(of: effect.kind, target: target, in: engine.plan)
        switch standing {
        case .done:
            // nothing was done: it is as good for the next effect
            await engine.freshLooks.keep(look, of: target.name)
            try await engine.recorder.record(.settled(id, how: .found))
            return nil
        case .refused(let refusal):
            var failure = failure(refusal.fact, hint: refusal.hint)
            failure.lockedBy = refusal.lockedBy
            return EffectFailure(failure)
        case .ready:
            // what is not begun yet need not be interrupted
            if Task.isCancelled { return EffectFailure(failure("cancelled before it began")) }
            try await engine.recorder.record(.intended(id, attempt: attempt))
            switch await act(effect, after: look.seen.partialBytes) {
            case .failure(let failure): return failure.value
            case .success(let output):
                if effect.kind == .startDependents {
                    let missing = DependentUnit.all(KeyedLines(output))
                    try await engine.recorder.record(
                        .startedDependents(DependentsRecord(member: target.name, missing: missing))
                    )
                }
            }
            try await engine.recorder.record(.settled(id, how: .acted))
            return nil
        }
    }

    /// A host that could not be reached when the others' locks were adopted is looked at here.
    private func isOfOtherCoordinator(_ seen: MemberObservation) -> Bool {
        guard let session = engine.operator.session, let lock = seen.lock else { return false }
        return lock.run == target.paths.run && lock.session != session.word
    }

    private func freshOrNewLook(_ attempt: Int) async -> Result<FreshLooks.Look, LookFailure> {
        if let look = await engine.freshLooks.take(of: target.name), attempt == 1 {
            return .success(look)
        }
        return await look().map { FreshLooks.Look(seen: $0) }
    }

    func look() async -> Result<MemberObservation, LookFailure> {
        do {
            let script = ObservationScript(target: target)
            let limits = CommandLimits(deadline: .seconds(60))
            var result = try await link.run(script.command, limits: limits)
            if result.ending == .exited(PlannedEffect.busyStatus), engine.operator.session != nil {
                // what it waits for may hang on a connection that is gone: nobody waits for it any more
                let ended = try await link.run(
                    PlannedEffect.clearing(
                        target,
                        operator: engine.operator,
                        turn: await engine.recorder.last
                    ),
                    limits: limits
                )
                result =
                    ended.isSuccess ? try await link.run(script.command, limits: limits) : ended
            }
            guard let seen = script.read(result.outputText) else {
                return .failure(
                    LookFailure(
                        value: EffectFailure(
                            failure(
                                "looking at the host failed (\(result.ending))",
                                evidence: result.lastLines(),
                                hint: "try `ssh` and `sudo` there by hand"
                            ),
                            isTransient: result.ending == .exited(PlannedEffect.busyStatus)
                        )
                    )
                )
            }
            return .success(seen)
        } catch {
            return .failure(LookFailure(value: connectionFailure(error)))
        }
    }

    struct LookFailure: Error {
        var value: EffectFailure
    }

    /// - Returns: what the commands printed, which comes on standard error.
    private func act(
        _ effect: PlannedEffect,
        after partialBytes: UInt64?
    ) async -> Result<String, LookFailure> {
        do {
            let offset =
                effect.readsSnapshot ? try await provenOffset(after: partialBytes ?? 0) : 0
            let form = try form(for: effect)
            let result = try await link.run(
                effect.invocation(
                    on: target,
                    operator: engine.operator,
                    offset: offset,
                    form: form,
                    turn: await engine.recorder.last
                ),
                input: input(of: effect, from: offset, as: form),
                limits: CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
            )
            if result.isSuccess {
                if let seen = ObservationScript(target: target).read(result.outputText) {
                    await engine.freshLooks.keep(FreshLooks.Look(seen: seen), of: target.name)
                }
                return .success(result.errorText)
            }
            let isBusy = result.ending == .exited(PlannedEffect.busyStatus)
            // another run was faster between our look and our lock: the next look shows whose it is
            let isOvertaken =
                effect.kind == .takeLock
                && result.ending == .exited(PlannedEffect.lockLostStatus)
            return .failure(
                LookFailure(
                    value: EffectFailure(
                        failure(
                            "could not \(effect.summary) (\(result.ending))",
                            evidence: result.lastLines(),
                            hint: hint(result, of: effect.kind)
                        ),
                        isTransient: isBusy || isOvertaken
                    )
                )
            )
        } catch {
            return .failure(LookFailure(value: connectionFailure(error)))
        }
    }

    /// How much of what an earlier try left on the host is the snapshot's; 0 where it is not.
    func provenOffset(after partialBytes: UInt64) async throws -> UInt64 {
        guard partialBytes > 0 else { return 0 }
        let answer = try await link.run(
            PartialCopy.question(target),
            limits: CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
        )
        guard answer.isSuccess, let partial = PartialCopy(answer.outputText), partial.bytes > 0,
            partial.bytes <= engine.plan.snapshotBytes
        else { return 0 }
        // a whole copy is known by the snapshot's own digest, without a walk through it here
        if partial.bytes == engine.plan.snapshotBytes {
            return partial.sha256 == engine.plan.snapshot?.proof.sha256 ? partial.bytes : 0
        }
        guard
            try await PrefixDigest.sha256(of: engine.snapshot(0), bytes: partial.bytes)
                == partial.sha256
        else { return 0 }
        return partial.bytes
    }

    private func form(for effect: PlannedEffect) throws -> WireForm {
        guard effect.readsSnapshot else { return .plain }
        return try engine.wire.form(among: target.tools.unpackers)
    }

    private func input(
        of effect: PlannedEffect,
        from offset: UInt64,
        as form: WireForm
    ) -> CommandInput {
        guard effect.readsSnapshot else { return .none }
        let member = target.name
        let total = engine.plan.snapshotBytes
        let observer = engine.observer
        return .stream(
            engine.wire.stream(
                from: offset,
                as: form,
                bandwidth: engine.bandwidth
            ) { taken, wire in
                observer.sent(
                    SentBytes(taken: taken, total: total, offset: offset, wire: wire),
                    to: member
                )
            }
        )
    }

    private func hint(_ result: CommandResult, of kind: EffectKind) -> String {
        let text = result.errorText
        if kind == .promoteMember, case .agent(let change)? = target.role,
            text.contains("in sync with leader")
        {
            return
                "\(change.name) serves as a learner, which counts for no quorum, and does not catch "
                + "up: see etcd's log there, its disk and its network, then `rekindle resume`"
        }
        if kind == .saveSnapshot, text.contains("it waits for a quorum") {
            return
                "start etcd on the other members, then `rekindle resume`; if they cannot be started, "
                + "`rekindle rollback`, then restore again: the new plan goes without this snapshot, and the "
                + "data directories are set aside whole in any case"
        }
        if text.contains("No space left on device") {
            return "make room on the host, then `rekindle resume`"
        }
        if text.contains("a resume sends it again") {
            return "the bytes changed on the host's disk: look at `dmesg` there, then "
                + "`rekindle resume`"
        }
        if text.contains("expected sha256") || text.contains("bytes with SHA-256") {
            return "the bytes changed on the way or on the host's disk: check both disks, then "
                + "`rekindle resume`"
        }
        return "mend what the command says, then `rekindle resume`"
            + (hasWayBack(from: kind) ? "; or `rekindle rollback`" : "")
    }

    /// A member that the cluster was told to let go does not come back as who it was.
    private func hasWayBack(from kind: EffectKind) -> Bool {
        guard engine.plan.kind == .member else { return true }
        switch kind {
        case .takeLock, .saveSnapshot, .holdService, .stopService: return true
        default: return false
        }
    }

    private func connectionFailure(_ error: any Error) -> EffectFailure {
        guard let lost = error as? HostFailure else {
            return EffectFailure(
                failure(
                    "\(error)",
                    hint: "see to what this machine says of itself, then `rekindle resume`"
                )
            )
        }
        return EffectFailure(
            failure(lost.message, hint: lost.hint),
            isTransient: lost.isTransient
        )
    }

    private func failure(
        _ message: String,
        evidence: String? = nil,
        hint: String? = nil
    ) -> RunFailure {
        RunFailure(
            host: target.name,
            step: step.name,
            message: message,
            evidence: evidence,
            hint: hint
        )
    }
}
