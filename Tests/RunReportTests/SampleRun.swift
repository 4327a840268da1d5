import EtcdModel
import RestorePlanning
import RestoreRun

/// Runs of the sample's plan, told by their events at given times.
struct SampleRun {
    let plan: Plan
    private(set) var state = RunState()
    private(set) var events: [(event: RunEvent, time: Double)] = []
    /// 2026-11-22T16:45:12.250Z.
    private var now = 1_795_365_912.25

    init(_ plan: Plan) {
        self.plan = plan
    }

    mutating func add(_ event: RunEvent, after seconds: Double = 0.05) throws {
        now += seconds
        try state.apply(event, at: now)
        events.append((event, now))
    }

    mutating func begin(_ plan: Plan, user: String = "alice") throws {
        try add(
            .planned(
                PlanRecord(
                    kind: plan.kind,
                    cluster: plan.cluster,
                    playbook: plan.playbook,
                    sha256: Sample.snapshot.sha256
                )
            )
        )
        try takeUp(user: user)
    }

    mutating func takeUp(user: String = "alice") throws {
        try add(
            .began(
                CoordinatorRecord(
                    operator: Operator(user: user, coordinator: "bastion"),
                    process: 4242,
                    version: "0.1.0"
                )
            )
        )
    }

    /// Passes the steps of the plan up to, and not with, the given stage.
    mutating func pass(_ plan: Plan, until end: StageID? = nil) throws {
        for (stepIndex, step) in plan.steps.enumerated() {
            for (stageIndex, stage) in step.stages.enumerated() {
                let id = StageID(step: stepIndex, stage: stageIndex)
                if id == end { return }
                if state.endedStages.contains(id) { continue }
                try add(.stageBegan(id))
                for effect in stage.effects { try settle(effect, id) }
                if let proof = stage.proof { try prove(proof) }
                if let look = stage.production { try see(look) }
                try add(.stageEnded(id))
            }
        }
    }

    private mutating func settle(_ effect: PlannedEffect, _ stage: StageID) throws {
        let id = EffectID(stage: stage, member: effect.member, kind: effect.kind)
        if effect.kind == .setOwnership {
            try add(.settled(id, how: .found))
            return
        }
        try add(.intended(id, attempt: 1))
        if effect.kind == .uploadSnapshot, effect.member == "etcd-2" {
            try stumble(id)
            try add(.intended(id, attempt: 2), after: 0.5)
        }
        try add(.settled(id, how: .acted), after: effect.kind == .uploadSnapshot ? 11.25 : 0.4)
    }

    private mutating func stumble(_ id: EffectID) throws {
        try add(
            .stumbled(
                id,
                attempt: 1,
                RunFailure(
                    host: id.member,
                    step: "distribute-snapshot",
                    message: "the connection was lost after 734003200 bytes",
                    hint: "look at the network between here and the host"
                ),
                willRetry: true
            ),
            after: 6
        )
    }

    private mutating func see(_ look: ProductionLook) throws {
        let name =
            look.moment == .before ? ProductionLook.nameBefore : ProductionLook.name
        for subject in look.subjects {
            let seen = SampleDrill.production
            try add(.proved(record(name, subject.member, seen, seen)))
        }
    }

    private mutating func prove(_ expected: ExpectedCluster) throws {
        for member in expected.members {
            let id = member.id.map { "\($0)" } ?? ""
            let leader = expected.members.first?.id.map { "\($0)" } ?? ""
            var values = [
                ("cluster ID", expected.clusterID.map { "\($0)" } ?? ""), ("member ID", id),
                ("leader", leader),
            ]
            if let data = expected.data {
                values += [
                    ("revision", "\(data.revision)"), ("key count", "\(data.keys)"),
                    ("data hash", "\(data.hashKV)"),
                ]
            }
            for (name, value) in values + [("alarms", "none"), ("write", "accepted")] {
                try add(.proved(record(name, member.name, value, value)))
            }
        }
    }

    func record(
        _ name: String,
        _ member: String,
        _ expected: String,
        _ observed: String
    ) -> ProofRecord {
        ProofRecord(
            name: name,
            member: member,
            expected: expected,
            observed: observed,
            holds: expected == observed
        )
    }
}

extension SampleRun {
    static func restored() throws -> SampleRun {
        let plan = Sample().plan
        var run = SampleRun(plan)
        try run.begin(plan)
        try run.pass(plan)
        try run.add(.ended(.completed))
        return run
    }

    /// One host ran out of room while the snapshot was restored; one lost its connection.
    static func failed() throws -> SampleRun {
        let plan = Sample().plan
        var run = SampleRun(plan)
        let stage = StageID(step: 4, stage: 0)
        try run.begin(plan)
        try run.pass(plan, until: stage)
        try run.add(.stageBegan(stage))
        let effects = plan.steps[4].stages[0].effects.map {
            EffectID(stage: stage, member: $0.member, kind: $0.kind)
        }
        for effect in effects { try run.add(.intended(effect, attempt: 1)) }
        try run.add(.settled(effects[0], how: .acted), after: 4.5)
        let failure = RunFailure(
            host: "etcd-2",
            step: "restore-snapshot",
            message:
                "could not restore the snapshot into /var/lib/etcd/.rekindle/\(plan.run)/staging "
                + "(exit 1)",
            evidence: """
                Error: write /var/lib/etcd/.rekindle/\(plan.run)/staging/member/snap/db: \
                no space left on device
                rekindle: exit 1 of: /usr/bin/etcdutl snapshot restore …
                """,
            hint: "make room on the host, then `rekindle resume`"
        )
        try run.add(.stumbled(effects[1], attempt: 1, failure, willRetry: false), after: 1)
        try run.add(.ended(.failed([failure])))
        return run
    }

    static func rolledBack() throws -> SampleRun {
        var run = try failed()
        let rollback = Sample().rollback
        try run.begin(rollback, user: "bob")
        try run.pass(rollback)
        try run.add(.ended(.completed))
        return run.with(rollback)
    }

    static func interrupted() throws -> SampleRun {
        let plan = Sample().plan
        var run = SampleRun(plan)
        let stage = StageID(step: 1, stage: 1)
        try run.begin(plan)
        try run.pass(plan, until: stage)
        try run.add(.stageBegan(stage))
        let effect = EffectID(stage: stage, member: "etcd-2", kind: .stopService)
        try run.add(.intended(effect, attempt: 1))
        try run.add(.ended(.interrupted))
        return run
    }

    private func with(_ plan: Plan) -> SampleRun {
        var run = SampleRun(plan)
        run.state = state
        run.events = events
        run.now = now
        return run
    }
}
