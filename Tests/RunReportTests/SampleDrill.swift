import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import RunReport

/// Drills of the sample's cluster, told by their events at given times.
enum SampleDrill: String, CaseIterable, Sendable {
    case passed
    case missed
    case swept

    static let production = "unit.ActiveState=active\nunit.MainPID=4711"

    /// As the planner makes it for `drill`; without looks at its text, which is tested elsewhere.
    static var plan: Plan {
        let sample = Sample()
        var targets = sample.targets
        for index in targets.indices {
            targets[index].scratch = ScratchMember(
                runner: .systemd(unit: DrillSettings.unit(of: sample.run)),
                command: ["/usr/bin/etcd", "--name=\(targets[index].name)"],
                directory: targets[index].paths.staging,
                limits: ScratchLimits(seconds: 7200, memoryBytes: 1 << 32, cpuPercent: 100)
            )
        }
        let cluster = PlannedCluster(
            topology: sample.topology,
            targets: targets,
            snapshot: sample.proof,
            leader: sample.leader,
            withoutDataDir: []
        )
        let steps: [any Step] = [
            ObserveProduction(), DistributeSnapshot(), RestoreSnapshot(), SetOwnership(),
            CompareRestored(), StartScratchCluster(), VerifyCluster(), RemoveScratchCluster(),
            CompareProduction(),
        ]
        var plan = sample.plan
        plan.kind = .drill
        plan.playbook = "drill"
        plan.targets = targets
        plan.snapshot?.takenAt = 1_795_362_300
        plan.objectives = PlannedObjectives(rto: 900, rpo: 21_600)
        plan.steps =
            [plan.steps[0]]
            + steps.map { step in
                PlannedStep(
                    name: step.name,
                    summary: step.summary,
                    limits: step.defaults,
                    stages: step.stages(cluster)
                )
            }
        return plan
    }

    var plan: Plan {
        var plan = Self.plan
        if self == .missed { plan.objectives = PlannedObjectives(rto: 30, rpo: 3000) }
        return plan
    }

    func run() throws -> SampleRun {
        let plan = plan
        var run = SampleRun(plan)
        try run.begin(plan)
        guard self == .swept else {
            try run.pass(plan)
            try run.add(.ended(.completed))
            return run
        }
        let stage = StageID(step: 7, stage: 0)
        try run.pass(plan, until: stage)
        try run.add(.stageBegan(stage))
        try run.add(.proved(run.record("data hash", "etcd-2", "1047458361", "77")))
        let failure = RunFailure(
            host: "etcd-2",
            step: "verify-cluster",
            message: "not proven: data hash",
            evidence: "data hash: expected 1047458361, observed 77",
            hint: "this snapshot would not have restored as it should: take another one now, and "
                + "drill again"
        )
        try run.add(.ended(.failed([failure])))
        let clean = CleanPlanner.plan(for: plan, createdAt: "2026-11-22T17:03:00Z")
        try run.begin(clean)
        try run.pass(clean)
        try run.add(.ended(.completed))
        return run
    }

    func history() throws -> RunHistory {
        let plan = plan
        return try run().history([
            plan, CleanPlanner.plan(for: plan, createdAt: "2026-11-22T17:03:00Z"),
        ])
    }
}
