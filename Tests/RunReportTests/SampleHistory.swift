import RestorePlanning
import RestoreRun
import RunReport

extension SampleRun {
    /// As the journal would tell it; `plans` where others than the sample's are meant.
    func history(_ plans: [Plan]? = nil) throws -> RunHistory {
        try RunHistory(
            events.map { TimedEvent($0.event, at: $0.time) },
            plans: plans ?? [Sample().plan, Sample().rollback, Sample().clean],
            seal: JournalSeal(
                records: events.count,
                lastHash: String(repeating: "c0ffee01", count: 8),
                tornBytes: 0
            )
        )
    }

    /// Failed, and finished by another operator an hour later.
    static func resumed() throws -> SampleRun {
        var run = try failed()
        try run.add(
            .began(
                CoordinatorRecord(
                    operator: Operator(user: "bob", coordinator: "laptop"),
                    process: 77,
                    version: "0.1.0"
                )
            ),
            after: 3600
        )
        try run.pass(run.plan)
        try run.add(.ended(.completed))
        return run
    }

    /// Another run held a host.
    static func refused() throws -> SampleRun {
        let plan = Sample().plan
        var run = SampleRun(plan)
        try run.begin(plan)
        let stage = StageID(step: 0, stage: 0)
        try run.add(.stageBegan(stage))
        let effect = EffectID(stage: stage, member: "etcd-2", kind: .takeLock)
        let failure = RunFailure(
            host: "etcd-2",
            step: "take-locks",
            message: "another run holds the lock /var/lib/etcd/.rekindle/lock: run "
                + "20261122T160000Z-aaaaaa, by bob on laptop, since 2026-11-22T16:00:01Z",
            hint: "wait for it, or finish it there with `rekindle resume 20261122T160000Z-aaaaaa`"
        )
        try run.add(.intended(effect, attempt: 1))
        try run.add(.stumbled(effect, attempt: 1, failure, willRetry: false))
        try run.add(.ended(.refused([failure])))
        return run
    }

    /// The plan of a restore without one member, with its revision raised.
    static var fencedPlan: Plan {
        var plan = Sample(
            names: ["etcd-1", "etcd-2"],
            warnings: ["etcd-2: 81 % of the disk is used"]
        ).plan
        plan.fenced = [
            FencedMember(name: "etcd-3", host: "10.0.0.3", reason: "disk lost, powered off")
        ]
        plan.revisionBump = 1_000_000_000
        return plan
    }

    static func fenced() throws -> SampleRun {
        var run = SampleRun(fencedPlan)
        try run.begin(fencedPlan)
        try run.pass(fencedPlan)
        try run.add(.ended(.completed))
        return run
    }

    /// Restored, and what was set aside deleted a week later.
    static func cleaned() throws -> SampleRun {
        var run = try restored()
        let clean = Sample().clean
        try run.begin(clean)
        try run.pass(clean)
        try run.add(.ended(.completed))
        return run
    }
}
