import EtcdModel
import RemoteHost
package import RestorePlanning
package import RestoreRun

/// A run as its report needs it: a plan, and what became of it.
package struct RunSummary: Sendable {
    /// How it ended, in the words of `restore --output json`.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case restored
        /// A drill that was proven, and met its objectives.
        case passed
        /// A drill that was proven, and missed one.
        case missedObjectives = "missed-objectives"
        /// A member that left, and came again.
        case changed
        case rolledBack = "rolled-back"
        case cleaned
        case failed
        case refused
        case interrupted
        /// A coordinator works on it, or died while it did.
        case unfinished
        case planned
    }

    let plan: Plan
    let state: RunState
    let phase: RunPhase
    let failures: [RunFailure]
    /// Whether what a drill that did not pass had made was removed afterwards.
    var isRemoved = false

    package init(plan: Plan, state: RunState) {
        // without the members that were fenced after the plan was made
        self.plan = plan.fencing(state.fences(of: plan.kind))
        self.state = state
        phase = state.phase ?? .planned(plan.kind)
        failures =
            switch phase {
            case .halted(_, .failed(let failures)): failures
            case .planned, .underWay, .halted, .completed, .refused: []
            }
    }

    /// A run that was refused before its first effect: by a check, or by another run's lock.
    package init(plan: Plan, refusedFor failures: [RunFailure], state: RunState = RunState()) {
        self.plan = plan
        self.state = state
        phase = .refused
        self.failures = failures
    }

    package var outcome: Outcome {
        switch phase {
        case .completed(.restore), .completed(.join), .completed(.unjoin): .restored
        case .completed(.rollback): .rolledBack
        case .completed(.clean): .cleaned
        case .completed(.member): .changed
        case .completed(.drill): DrillFacts(self)?.missed == nil ? .passed : .missedObjectives
        case .halted(_, .failed): .failed
        case .halted(_, .interrupted): .interrupted
        case .refused: .refused
        case .underWay: .unfinished
        case .planned: .planned
        }
    }

    /// The members that a resume of the complete run would bring in.
    var leftOut: [FencedMember] {
        plan.kind == .rollback ? plan.fenced.filter { $0.left != nil } : plan.fenced
    }

    /// What an operator may ask for now.
    var requests: [RunRequest] {
        state.phase == nil || isRemoved
            ? []
            : RunRequest.allCases.filter {
                state.refusal(of: $0, leavesFenced: !leftOut.isEmpty) == nil
            }
    }

    /// Seconds since 1970; nil while it is not over.
    var endedAt: Double? {
        switch phase {
        case .planned, .underWay: nil
        case .halted, .completed, .refused: state.endedAt
        }
    }

    var totalSeconds: Double? {
        guard let began = state.beganAt, let ended = endedAt else { return nil }
        return ended - began
    }

    /// From the first intent to stop a member to the last proof; nil where one of them is missing.
    var downtimeSeconds: Double? {
        switch phase {
        case .completed(.restore), .completed(.rollback):
            guard let stopped = state.stoppedAt, let proven = state.provenAt else { return nil }
            return proven - stopped
        case .completed(.join), .completed(.unjoin), .completed(.clean), .completed(.drill),
            .completed(.member), .planned, .underWay, .halted, .refused:
            return nil
        }
    }

    /// When etcd was stopped, where it is not proven to serve again; seconds since 1970.
    var downSince: Double? {
        switch phase {
        // the others serve while fenced members join
        case .planned(.join), .underWay(.join), .halted(.join, _), .planned(.unjoin),
            .underWay(.unjoin), .halted(.unjoin, _):
            nil
        case .planned, .underWay, .halted: state.stoppedAt
        case .completed, .refused: nil
        }
    }

    /// The cluster that the run leads to: the new one, or for a rollback the old one.
    var clusterID: ClusterID? {
        switch plan.kind {
        case .restore, .join, .unjoin, .drill, .member: plan.clusterID
        case .rollback, .clean: plan.targets.compactMap(\.oldIdentity?.clusterID).first
        }
    }

    /// What the inventory must say from now on; nil unless a member has moved.
    var inventoryChange: InventoryChange? {
        phase == .completed(.member) ? plan.inventoryChange : nil
    }

    /// nil unless it was saved.
    var safetySnapshot: SafetySnapshot? {
        guard let safety = plan.safetySnapshot else { return nil }
        // a rollback's journal is a restore's, in which it came first
        if plan.kind != .restore, plan.kind != .member { return safety }
        let isSaved = state.effects.contains { id, progress in
            guard case .settled = progress else { return false }
            return id.kind == .saveSnapshot && id.member == safety.member
        }
        return isSaved ? safety : nil
    }

    func proofs(of member: String) -> [ProofRecord] {
        state.proofs.filter { $0.member == member }
    }

    func observed(_ proof: String, of member: String) -> String? {
        proofs(of: member).first { $0.name == proof }?.observed
    }
}

extension RunSummary {
    /// One member at the end of the run.
    struct MemberSummary: Sendable, Hashable {
        var name: String
        var host: String
        var memberID: MemberID?
        var state: String
        var revision: Int64?
        var hashKV: UInt32?
    }

    var members: [MemberSummary] {
        plan.targets.map { target in
            MemberSummary(
                name: target.name,
                host: target.endpoint.host,
                memberID: memberID(of: target),
                state: MemberProgress.word(of: target.name, in: self),
                revision: observed("revision", of: target.name).flatMap { Int64($0) },
                hashKV: (observed("data hash", of: target.name)
                    ?? observed("same data", of: target.name)).flatMap { UInt32($0) }
            )
        }
            + plan.fenced.map { MemberSummary(name: $0.name, host: $0.host, state: "fenced") }
    }

    private func memberID(of target: MemberTarget) -> MemberID? {
        if plan.kind == .rollback || plan.kind == .clean { return target.oldIdentity?.memberID }
        // etcd chose it
        if case .changed? = target.role {
            return observed("member ID", of: target.name)
                .flatMap { UInt64($0, radix: 16) }.map(MemberID.init(rawValue:))
        }
        return target.memberID
    }

    /// One step that was begun.
    struct StepSummary: Sendable, Hashable {
        var number: Int
        var name: String
        var beganAt: Double
        var seconds: Double
        var attempts: Int
    }

    var begunSteps: [StepSummary] {
        state.steps.filter { plan.steps.indices.contains($0.step) }
            .map { timing in
                StepSummary(
                    number: timing.step + 1,
                    name: plan.steps[timing.step].name,
                    beganAt: timing.beganAt,
                    seconds: timing.endedAt - timing.beganAt,
                    attempts: timing.attempts
                )
            }
    }
}
