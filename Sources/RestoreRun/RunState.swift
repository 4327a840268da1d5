package import RestorePlanning

/// All that is known of a run: the fold of its journal, and nothing else.
package struct RunState: Sendable, Hashable {
    package private(set) var phase: RunPhase?
    package private(set) var plan: PlanRecord?
    /// Every kind of plan that the run has had.
    package private(set) var kinds: Set<Plan.Kind> = []
    /// How many plans of each kind the run has had.
    package private(set) var planCounts: [Plan.Kind: Int] = [:]
    /// The members left out of each plan after it was made.
    private var fences: [PlanNumber: [FencedMember]] = [:]
    /// The joins that were not undone, oldest first, by their numbers; the last one need not be complete.
    package private(set) var joins: [Int] = []
    /// The members that were started on restored data, or may have been.
    package private(set) var started: Set<String> = []
    /// The stages of the current plan that every member has passed.
    package private(set) var endedStages: Set<StageID> = []
    package private(set) var openStage: StageID?
    package private(set) var effects: [EffectID: EffectProgress] = [:]
    package private(set) var steps: [StepTiming] = []
    package private(set) var proofs: [ProofRecord] = []
    /// Every failure, those that a retry mended too.
    package private(set) var stumbles: [Stumble] = []
    /// What did not come back that systemd had stopped with etcd, by member.
    package private(set) var missingDependents: [String: [DependentUnit]] = [:]
    package private(set) var coordinators: [CoordinatorRecord] = []
    /// Seconds since 1970.
    package private(set) var beganAt: Double?
    package private(set) var endedAt: Double?
    /// From the first intent to stop a member to the last proof; nil where nothing was stopped.
    package private(set) var stoppedAt: Double?
    package private(set) var provenAt: Double?

    package init() {}

    package enum EffectProgress: Sendable, Hashable {
        /// Whether it happened is unknown until somebody looks.
        case intended(attempt: Int)
        case settled(Settlement)
    }

    /// Plans of one kind are counted from 1.
    private struct PlanNumber: Sendable, Hashable {
        var kind: Plan.Kind
        var number: Int
    }

    package struct StepTiming: Sendable, Hashable {
        package var step: Int
        package var beganAt: Double
        package var endedAt: Double
        /// The most tries that any effect of it took.
        package var attempts: Int
    }

    package struct Stumble: Sendable, Hashable {
        package var effect: EffectID
        package var attempt: Int
        package var failure: RunFailure
        package var willRetry: Bool

        package init(effect: EffectID, attempt: Int, failure: RunFailure, willRetry: Bool) {
            self.effect = effect
            self.attempt = attempt
            self.failure = failure
            self.willRetry = willRetry
        }
    }
}

/// An event that cannot follow on what came before it: a bug, or a journal that was tampered with.
package struct IllegalTransition: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(description: String) {
        self.description = description
    }
}

extension RunState {
    /// Takes one event in; the only way in which a state changes.
    ///
    /// The time is in seconds since 1970, as the journal has it.
    package mutating func apply(_ event: RunEvent, at time: Double) throws(IllegalTransition) {
        switch event {
        case .planned(let record):
            try acceptPlan(record)
        case .began(let coordinator):
            guard let kind = openKind else { throw illegal(event) }
            phase = .underWay(kind)
            openStage = nil
            coordinators.append(coordinator)
            if beganAt == nil { beganAt = time }
        case .stageBegan(let stage):
            guard isUnderWay, openStage == nil else { throw illegal(event) }
            // a run that is taken up again may find on the hosts that it no longer holds
            endedStages.remove(stage)
            openStage = stage
            noteStep(stage.step, at: time)
        case .intended(let effect, let attempt):
            guard isUnderWay, openStage == effect.stage, attempt > 0 else { throw illegal(event) }
            effects[effect] = .intended(attempt: attempt)
            if effect.kind == .startService { started.insert(effect.member) }
            noteStep(effect.stage.step, at: time, attempt: attempt)
            // one member of many that is stopped is no downtime
            if effect.kind == .stopService, stoppedAt == nil, !kinds.contains(.member) {
                stoppedAt = time
            }
        case .settled(let effect, let how):
            guard isUnderWay, openStage == effect.stage else { throw illegal(event) }
            effects[effect] = .settled(how)
            // a look that finds all of them up is newer than what was told of them
            if effect.kind == .startDependents, how == .found {
                missingDependents[effect.member] = nil
            }
            if effect.kind == .startService { started.insert(effect.member) }
            noteStep(effect.stage.step, at: time)
        case .stumbled(let effect, let attempt, let failure, let willRetry):
            guard isUnderWay, openStage == effect.stage else { throw illegal(event) }
            stumbles.append(
                Stumble(effect: effect, attempt: attempt, failure: failure, willRetry: willRetry)
            )
            noteStep(effect.stage.step, at: time)
        case .stageEnded(let stage):
            guard isUnderWay, openStage == stage else { throw illegal(event) }
            endedStages.insert(stage)
            openStage = nil
            noteStep(stage.step, at: time)
        case .proved(let proof):
            guard isUnderWay, openStage != nil else { throw illegal(event) }
            proofs.removeAll {
                $0.member == proof.member && ($0.name == proof.name || proof.stands(for: $0))
            }
            proofs.append(proof)
            if proof.holds { provenAt = time }
        case .relayed(let record):
            guard isUnderWay, openStage == record.stage else { throw illegal(event) }
            noteStep(record.stage.step, at: time)
        case .startedDependents(let record):
            guard isUnderWay, openStage != nil else { throw illegal(event) }
            missingDependents[record.member] = record.missing.isEmpty ? nil : record.missing
        case .fenced(let members):
            guard let kind = openKind, kind.canFence else { throw illegal(event) }
            openStage = nil
            let known = fences(of: kind)
            fences[newest(kind)] =
                known + members.filter { one in !known.contains { $0.name == one.name } }
        case .ended(let ending):
            guard case .underWay(let kind) = phase else { throw illegal(event) }
            openStage = nil
            endedAt = time
            phase =
                switch ending {
                case .completed: .completed(kind)
                case .failed(let failures): .halted(kind, .failed(failures))
                case .interrupted: .halted(kind, .interrupted)
                case .refused: .refused
                }
        }
    }

    private func newest(_ kind: Plan.Kind) -> PlanNumber {
        PlanNumber(kind: kind, number: planCounts[kind, default: 0])
    }

    /// The members left out of the newest plan of a kind after it was made.
    package func fences(of kind: Plan.Kind) -> [FencedMember] { fences[newest(kind)] ?? [] }

    /// The same of the plan with all members that the run has restored: its newest join that was not
    /// undone, or else its restore.
    package var fencesOfWhole: [FencedMember] {
        guard let join = joins.last else { return fences(of: .restore) }
        return fences[PlanNumber(kind: .join, number: join)] ?? []
    }

    /// The plan kind that may be taken up: what is planned, under way, or halted.
    private var openKind: Plan.Kind? {
        switch phase {
        case .planned(let kind), .underWay(let kind), .halted(let kind, _): kind
        case .completed, .refused, nil: nil
        }
    }

    /// Whether no member was held or stopped yet: what is durable before an effect is its intent, so
    /// that without one there was no effect.
    package var isUntouched: Bool {
        kinds.isSubset(of: [.restore])
            && !effects.keys.contains { $0.kind == .holdService || $0.kind == .stopService }
    }

    /// Whether the cluster was told to do without the member, or may have been.
    package var hasLetMemberGo: Bool {
        // one that was no member any more is only added: a rollback would leave a learner behind
        effects.keys.contains { $0.kind == .removeMember || $0.kind == .addMember }
    }

    /// Whether the current plan leaves out a member on whose host the run was at work.
    package var leavesOut: Bool {
        guard let plan else { return false }
        return plan.leavesOut?.isEmpty == false || !fences(of: plan.kind).isEmpty
    }

    private var isUnderWay: Bool {
        if case .underWay = phase { return true }
        return false
    }

    private mutating func acceptPlan(_ record: PlanRecord) throws(IllegalTransition) {
        let isAllowed: Bool
        if let phase {
            switch record.kind {
            case .restore, .drill, .member: isAllowed = false
            case .join: isAllowed = phase.canJoin
            case .unjoin: isAllowed = plan?.kind == .join && phase != .completed(.join)
            case .rollback:
                isAllowed =
                    phase.refusal(of: .rollback) == nil
                    || (phase == .completed(.rollback) && leavesOut)
            case .clean: isAllowed = phase.refusal(of: .clean) == nil
            }
        } else {
            isAllowed = [.restore, .drill, .member].contains(record.kind)
        }
        guard isAllowed else { throw illegal(.planned(record)) }
        // a rollback in the middle of a restore goes on with the downtime that it began
        if case .completed = phase { stoppedAt = nil }
        if record.kind == .restore { stoppedAt = nil }
        phase = .planned(record.kind)
        plan = record
        kinds.insert(record.kind)
        planCounts[record.kind, default: 0] += 1
        if record.kind == .join { joins.append(newest(.join).number) }
        if record.kind == .unjoin { joins.removeLast() }
        endedStages = []
        openStage = nil
        effects = [:]
        steps = []
        proofs = []
        beganAt = nil
        endedAt = nil
        provenAt = nil
    }

    private mutating func noteStep(_ step: Int, at time: Double, attempt: Int = 1) {
        if let index = steps.firstIndex(where: { $0.step == step }) {
            steps[index].endedAt = time
            steps[index].attempts = max(steps[index].attempts, attempt)
        } else {
            steps.append(
                StepTiming(step: step, beganAt: time, endedAt: time, attempts: attempt)
            )
        }
    }

    private func illegal(_ event: RunEvent) -> IllegalTransition {
        IllegalTransition(description: "\(event) cannot follow in \(phase?.word ?? "a new run")")
    }
}
