import EtcdModel

/// The steps of a change of one member, and those of its way back as long as there is one.
struct MemberSteps {
    let targets: [MemberTarget]
    let changed: EffectBuilder
    let agent: EffectBuilder
    let change: MembershipChange
    let settings: JoinSettings
    let clusterID: ClusterID

    private var name: String { change.name }

    func steps(withoutDataDir: Bool, disarms: Bool) -> [PlannedStep] {
        [
            Framing.takeLocks(
                targets.map { EffectBuilder($0) },
                withoutDataDir: withoutDataDir ? [name] : []
            ),
            step(
                "verify-others",
                "see that the others serve as one cluster, with the same data",
                timeout: 120,
                Stage("prove the others", proof: expected(of: kept, reading: true))
            ),
            step(
                Framing.safetyName,
                "save what the cluster holds now, before anything is changed",
                retries: 2,
                timeout: 900,
                [agent.saveSnapshot()].compactMap { $0 },
                "save and prove"
            ),
            step(
                "stop-member",
                "stop \(name), and let nothing start it again",
                timeout: 180,
                [changed.holdService(), changed.stopService()],
                "hold and stop"
            ),
            step(
                "remove-member",
                "remove \(name) from the cluster: from here on there is no way back but forward",
                timeout: 180,
                [agent.removeMember(change)].compactMap { $0 },
                "remove"
            ),
            step(
                "archive-data",
                "rename its old data aside, where it stays until `rekindle clean`",
                timeout: 120,
                [changed.setAsideData()] + [changed.setAsideWAL()].compactMap { $0 },
                "rename aside"
            ),
            step(
                "add-member",
                "add it to the cluster again, as one that has nothing yet",
                timeout: 180,
                [agent.addMember(change)].compactMap { $0 },
                "add"
            ),
            step(
                "start-member",
                "start it: the leader sends it all data",
                timeout: 120,
                [changed.joinCluster(settings)],
                "start"
            ),
            step(
                "promote-member",
                "give it its vote once it has caught up",
                timeout: 1800,
                [agent.promoteMember(change)].compactMap { $0 },
                "promote"
            ),
        ].compactMap { $0.stages.isEmpty ? nil : $0 }
            + (disarms
                ? [
                    step(
                        "disarm-alarms",
                        "disarm the alarm that it had raised",
                        timeout: 60,
                        [agent.disarmAlarms()].compactMap { $0 },
                        "disarm"
                    )
                ] : [])
            + [
                step(
                    "verify-cluster",
                    "prove that all members are one cluster with the same data",
                    retries: 0,
                    timeout: 600,
                    Stage("prove every member", proof: expected(of: targets, reading: false))
                )
            ] + [Framing.dependents([changed])].compactMap { $0 } + [
                finish([changed.forgetJoin()])
            ]
    }

    private var kept: [MemberTarget] { targets.filter { $0.name != name } }

    /// While CORRUPT is raised the cluster takes no write: the others are asked what they hold, no more.
    private func expected(of targets: [MemberTarget], reading: Bool) -> ExpectedCluster {
        var expected = ExpectedCluster(
            clusterID: clusterID,
            // who comes again has an ID that nobody knows yet
            members: targets.map {
                $0.name == name
                    ? ExpectedMember(name: name, id: nil, replaces: $0.memberID)
                    : ExpectedMember(name: $0.name, id: $0.memberID)
            },
            data: nil,
            agreesOnData: true
        )
        expected.isReadOnly = reading
        return expected
    }

    private func finish(_ first: [PlannedEffect]) -> PlannedStep {
        step(
            Framing.finishName,
            "leave nothing in the unit, and release the locks",
            timeout: 60,
            first + targets.map { EffectBuilder($0).releaseLock() },
            "tidy up"
        )
    }

    private func step(
        _ name: String,
        _ summary: String,
        retries: Int = 3,
        timeout: Int,
        _ effects: [PlannedEffect],
        _ title: String
    ) -> PlannedStep {
        PlannedStep(
            name: name,
            summary: summary,
            limits: StepLimits(retries: retries, timeoutSeconds: timeout),
            stages: effects.isEmpty ? [] : [Stage(title, effects: effects)]
        )
    }

    private func step(
        _ name: String,
        _ summary: String,
        retries: Int = 0,
        timeout: Int,
        _ stage: Stage
    ) -> PlannedStep {
        PlannedStep(
            name: name,
            summary: summary,
            limits: StepLimits(retries: retries, timeoutSeconds: timeout),
            stages: [stage]
        )
    }
}
