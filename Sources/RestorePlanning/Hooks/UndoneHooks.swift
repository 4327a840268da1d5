/// The hooks of a restore turned back, by where they stood: the last first.
struct UndoneHooks {
    /// Those that ran before the members were stopped are undone when these serve again.
    var beforeStop: [PlannedStep] = []
    var whileStopped: [PlannedStep] = []
    /// Those that ran after the start are undone before the members are stopped again.
    var afterStart: [PlannedStep] = []

    /// `begunSteps`: whose hooks may have run; nil for all.
    init(of restore: Plan, begunSteps: Set<Int>?) {
        func position(_ kind: EffectKind) -> Int {
            restore.steps.firstIndex { step in
                step.stages.contains { $0.effects.contains { $0.kind == kind } }
            } ?? 0
        }
        let stop = position(.stopService)
        let start = position(.startService)
        for (index, step) in restore.steps.enumerated().reversed()
        where begunSteps?.contains(index) ?? true {
            guard let run = step.stages.first?.hook, let undoing = run.hook.undoing else {
                continue
            }
            let undone = PlannedStep(
                name: step.name,
                summary: RunHook(hook: undoing).summary,
                limits: step.limits,
                stages: [Stage(undoing.words, hook: HookRun(hook: undoing, hosts: run.hosts))]
            )
            if index < stop {
                beforeStop.append(undone)
            } else if index < start {
                whileStopped.append(undone)
            } else {
                afterStart.append(undone)
            }
        }
    }
}
