import EtcdModel
package import RestorePlanning

extension DrillFigures {
    /// What a drill measured, from its plan and its journal.
    package init(plan: Plan, state: RunState) {
        let proofSeconds = Self.secondsToProof(plan, state)
        let proof = plan.snapshot?.proof
        let estimate = Self.estimates(plan, state)
        self.init(
            run: plan.run,
            cluster: plan.cluster,
            outcome: .failed,
            beganAt: state.beganAt ?? 0,
            endedAt: state.endedAt ?? state.beganAt ?? 0,
            secondsToProof: proofSeconds,
            downtimeEstimate: estimate.whole,
            stagedDowntimeEstimate: estimate.staged,
            snapshotTakenAt: plan.snapshot?.takenAt,
            revisionsBehind: plan.outlook.liveRevision.flatMap { live in
                proof.map { max(0, live.subtracting(saturating: $0.revision)) }
            },
            snapshotBytes: plan.snapshotBytes,
            snapshotRevision: proof?.revision ?? 0,
            snapshotKeys: proof?.keys ?? 0,
            rtoObjective: plan.objectives?.rto,
            rpoObjective: plan.objectives?.rpo
        )
        switch state.phase {
        case .completed(.drill):
            outcome = meetsRTO == false || meetsRPO == false ? .missedObjectives : .passed
        case .halted(_, .interrupted): outcome = .interrupted
        case .halted(_, .failed(let failures)):
            self.failures = failures.map { failure in
                (failure.host.map { "\($0): " } ?? "") + failure.message
            }
        case .refused: outcome = .refused
        // its coordinator died, unless it is at work at this moment
        case .planned, .underWay, nil:
            outcome = .interrupted
            failures = ["no ending is recorded"]
        case .completed: break
        }
    }

    private static let rehearsed = [
        "distribute-snapshot", "restore-snapshot", "set-ownership", "start-scratch-cluster",
        "verify-cluster",
    ]
    private static let rehearsedWhileDown = ["start-scratch-cluster", "verify-cluster"]

    /// nil unless the cluster was proven.
    private static func secondsToProof(_ plan: Plan, _ state: RunState) -> Double? {
        guard let began = state.beganAt, let verified = timing("verify-cluster", plan, state),
            isProven(plan, state)
        else { return nil }
        return verified.endedAt - began
    }

    private static func isProven(_ plan: Plan, _ state: RunState) -> Bool {
        guard let index = plan.steps.firstIndex(where: { $0.name == "verify-cluster" }) else {
            return false
        }
        return plan.steps[index].stages.indices.allSatisfy {
            state.endedStages.contains(StageID(step: index, stage: $0))
        }
    }

    private static func estimates(
        _ plan: Plan,
        _ state: RunState
    ) -> (whole: Double?, staged: Double?) {
        guard isProven(plan, state) else { return (nil, nil) }
        func sum(_ names: [String]) -> Double {
            names.compactMap { timing($0, plan, state) }
                .reduce(0) { $0 + $1.endedAt - $1.beganAt }
        }
        return (sum(rehearsed), sum(rehearsedWhileDown))
    }

    private static func timing(
        _ name: String,
        _ plan: Plan,
        _ state: RunState
    ) -> RunState.StepTiming? {
        guard let index = plan.steps.firstIndex(where: { $0.name == name }) else { return nil }
        return state.steps.first { $0.step == index }
    }
}
