import RestorePlanning
import RestoreRun
import Testing

@testable import RunReport

@Suite("Clients that watch the restored cluster")
struct WatchersTests {
    private static let out = Hook(
        group: "control-plane",
        command: ["down"],
        undo: ["up"],
        title: "stop kube-apiserver"
    )
    private static let `in` = Hook(group: "control-plane", command: ["up"], undo: ["down"])

    /// A restore with a raised revision; `hooks`: whether the API server is down meanwhile.
    private func plan(hooks: Bool, bump: Int64? = 1_000_000_000) -> Plan {
        var plan = Sample().plan
        plan.revisionBump = bump
        guard hooks else { return plan }
        func step(_ hook: Hook) -> PlannedStep {
            PlannedStep(
                name: "run",
                summary: hook.words,
                limits: StepLimits(retries: 0, timeoutSeconds: 1),
                stages: [Stage(hook.words, hook: HookRun(hook: hook, hosts: []))]
            )
        }
        plan.steps.insert(step(Self.out), at: 1)
        plan.steps.insert(step(Self.in), at: plan.steps.count - 1)
        return plan
    }

    private func start(_ plan: Plan) -> Int {
        plan.steps.firstIndex {
            $0.stages.contains { $0.effects.contains { $0.kind == .startService } }
        }
            ?? 0
    }

    /// A run of the plan that has begun these steps, as far as it got.
    private func state(_ plan: Plan, upTo last: Int) throws -> RunState {
        var state = RunState()
        try state.apply(
            .planned(PlanRecord(kind: .restore, cluster: "c", playbook: "p", sha256: "00")),
            at: 0
        )
        try state.apply(
            .began(
                CoordinatorRecord(
                    operator: Operator(user: "u", coordinator: "c"),
                    process: 1,
                    version: "1"
                )
            ),
            at: 0
        )
        for step in 0...last {
            let stage = StageID(step: step, stage: 0)
            try state.apply(.stageBegan(stage), at: Double(step * 10))
            if step == start(plan) {
                let effect = EffectID(stage: stage, member: "etcd-1", kind: .startService)
                try state.apply(.intended(effect, attempt: 1), at: Double(step * 10))
            }
            try state.apply(.stageEnded(stage), at: Double(step * 10 + 5))
        }
        return state
    }

    @Test("are there once a member was started, if nothing keeps them out")
    func open() throws {
        let plan = plan(hooks: false)
        let start = start(plan)
        #expect(try !state(plan, upTo: start - 1).mayHaveBeenWatched(plan))
        #expect(try state(plan, upTo: start).mayHaveBeenWatched(plan))
        #expect(
            try !state(plan, upTo: start).mayHaveBeenWatched(self.plan(hooks: false, bump: nil))
        )
    }

    @Test("are there only once the hook that lets them in has begun")
    func keptOut() throws {
        let plan = plan(hooks: true)
        let start = start(plan)
        let last = plan.steps.count - 2
        #expect(plan.stepThatLetsClientsIn == last)
        #expect(try !state(plan, upTo: start).mayHaveBeenWatched(plan))
        #expect(try !state(plan, upTo: last - 1).mayHaveBeenWatched(plan))
        #expect(try state(plan, upTo: last).mayHaveBeenWatched(plan))
    }

    @Test(
        "are there for good: neither a failure nor the end of the run, nor what follows, takes them away"
    )
    func later() throws {
        let plan = plan(hooks: true)
        var state = try state(plan, upTo: plan.steps.count - 1)
        try state.apply(.ended(.completed), at: 99)
        #expect(state.mayHaveBeenWatched(plan))
        try state.apply(
            .planned(PlanRecord(kind: .clean, cluster: "c", playbook: "p", sha256: "00")),
            at: 100
        )
        #expect(state.mayHaveBeenWatched(plan))
    }

    @Test(
        "were without their API from the first hook's start to the last one's end, and the report says so"
    )
    func away() throws {
        let plan = plan(hooks: true)
        var state = try state(plan, upTo: plan.steps.count - 1)
        #expect(RunSummary(plan: plan, state: state).clientsOut == nil)
        try state.apply(.ended(.completed), at: 99)
        let away = RunSummary(plan: plan, state: state).clientsOut
        #expect(away?.seconds == Double((plan.steps.count - 2) * 10 + 5 - 10))
        #expect(away?.isAPI == true)
        let none = self.plan(hooks: false)
        #expect(RunSummary(plan: none, state: state).clientsOut == nil)
    }
}
