import EtcdModel
package import RemoteHost
package import RestorePlanning
package import RestoreRun
package import SnapshotSource

/// Interprets a plan: intent, effect, outcome, stage by stage, all members of a stage at once.
package struct Engine: Sendable {
    let plan: Plan
    let fleet: Fleet
    let recorder: RunRecorder
    let observer: any RunObserver
    let `operator`: Operator
    /// Opens the snapshot anew, from an offset on.
    let snapshot: @Sendable (UInt64) throws -> any ByteStream
    /// Computes from the snapshot's bytes what members say that hold them.
    let hashKV: HashKVOfSnapshot
    /// The same for the uploads, which share what is read and packed.
    let wire: PackedSnapshot
    let bandwidth: Bandwidth?
    let backOff: BackOff
    let freshLooks: FreshLooks
    /// After so long without a byte a relay is given up, and each host is sent to.
    let relayPatience: Duration
    let keeper: LockKeeper

    package init(
        plan: Plan,
        fleet: Fleet,
        recorder: RunRecorder,
        observer: any RunObserver,
        operator: Operator,
        snapshot: @escaping @Sendable (UInt64) throws -> any ByteStream,
        hashKV: @escaping HashKVOfSnapshot = { _ in throw NoSnapshotAtHand() },
        bandwidth: Bandwidth? = nil,
        backOff: BackOff = BackOff(),
        looksStayFresh: Duration = .seconds(2),
        relayPatience: Duration = .seconds(20),
        isOver: @escaping @Sendable (CoordinatorProcess) -> Bool? = { _ in nil }
    ) {
        self.plan = plan
        self.fleet = fleet
        self.recorder = recorder
        self.observer = observer
        self.operator = `operator`
        self.snapshot = snapshot
        self.hashKV = hashKV
        wire = PackedSnapshot(bytes: plan.snapshotBytes, open: snapshot)
        self.bandwidth = bandwidth
        self.backOff = backOff
        freshLooks = FreshLooks(limit: looksStayFresh)
        self.relayPatience = relayPatience
        keeper = LockKeeper(
            targets: plan.targets,
            fleet: fleet,
            operator: `operator`,
            isOver: isOver,
            onWait: { observer.waits(for: $0) }
        )
    }

    /// Runs what of the plan is not done yet.
    ///
    /// Cancelling the task ends it within seconds, with the run resumable.
    /// - Throws: when the journal cannot be written: nothing was done after the last record.
    package func execute(as coordinator: CoordinatorRecord) async throws -> RunEnding {
        try await recorder.record(.began(coordinator))
        let ending = try await stages()
        try await recorder.record(.ended(ending))
        return ending
    }

    private func stages() async throws -> RunEnding {
        let others = await keeper.adopt()
        if !others.isEmpty { return .failed(others) }
        let standing = await standingStages()
        for (stepIndex, step) in plan.steps.enumerated() {
            for (stageIndex, stage) in step.stages.enumerated() {
                let id = StageID(step: stepIndex, stage: stageIndex)
                if standing.contains(id) { continue }
                if Task.isCancelled { return .interrupted }
                try await recorder.record(.stageBegan(id))
                let failures = try await run(stage, id, of: step)
                if Task.isCancelled { return .interrupted }
                guard failures.isEmpty else {
                    return await giveBackLocks(after: failures, id)
                        ? .refused(failures.map(\.failure)) : .failed(failures.map(\.failure))
                }
                try await recorder.record(.stageEnded(id))
            }
        }
        return .completed
    }

    private func run(
        _ stage: Stage,
        _ id: StageID,
        of step: PlannedStep
    ) async throws -> [EffectFailure] {
        if let expected = stage.proof {
            let prover = ClusterProver(
                plan: plan,
                fleet: fleet,
                expected: expected,
                observer: observer,
                known: await recorder.state.proofs,
                snapshot: hashKV
            )
            return try await prover.prove(
                within: .seconds(step.limits.timeoutSeconds),
                step: step.name,
                record: { try await recorder.record(.proved($0)) }
            ).map { EffectFailure($0) }
        }
        if let comparison = stage.comparison {
            let comparer = CopyComparer(
                comparison: comparison,
                targets: plan.targets,
                operator: `operator`,
                turn: await recorder.last,
                fleet: fleet,
                step: step,
                backOff: backOff
            )
            return try await comparer.compare { try await recorder.record(.proved($0)) }
        }
        if let look = stage.production {
            let watch = ProductionWatch(look: look, fleet: fleet, step: step, backOff: backOff)
            return try await watch.run(knowing: await recorder.state.proofs) {
                try await recorder.record(.proved($0))
            }
        }
        if let checks = stage.dataChecks {
            let checker = DataChecker(plan: plan, checks: checks, fleet: fleet, step: step)
            return try await checker.run { try await recorder.record(.proved($0)) }
        }
        if let hook = stage.hook {
            let runner = HookRunner(
                run: hook,
                targets: plan.targets,
                operator: `operator`,
                turn: await recorder.last,
                fleet: fleet,
                step: step,
                backOff: backOff
            )
            return try await runner.run { try await recorder.record(.proved($0)) }
        }
        if let relay = stage.relay {
            try await RelayRunner(engine: self, relay: relay, stage: id, step: step).run()
            return []
        }
        return try await withThrowingTaskGroup(of: EffectFailure?.self) { group in
            var failures: [EffectFailure] = []
            for target in plan.targets {
                let effects = stage.effects.filter { $0.member == target.name }
                if effects.isEmpty { continue }
                guard let link = fleet[target.name] else {
                    failures.append(EffectFailure(noLink(to: target, step)))
                    continue
                }
                let runner = EffectRunner(engine: self, target: target, link: link, step: step)
                group.addTask { try await runner.settle(effects, stage: id) }
            }
            for try await failure in group {
                if let failure { failures.append(failure) }
            }
            return failures.sorted { ($0.failure.host ?? "") < ($1.failure.host ?? "") }
        }
    }

    private func noLink(to target: MemberTarget, _ step: PlannedStep) -> RunFailure {
        RunFailure(
            host: target.name,
            step: step.name,
            message: "there is no link to \(target.endpoint.host), and no member is left out",
            hint: "this is a fault of this program: please report it"
        )
    }
}

/// How long to wait before the next try: doubled each time up to a limit, give or take a quarter.
package struct BackOff: Sendable {
    package var first: Duration
    package var limit: Duration

    package init(first: Duration = .milliseconds(500), limit: Duration = .seconds(30)) {
        self.first = first
        self.limit = limit
    }

    /// The pause after the given try, counted from 1.
    package func pause(after attempt: Int) -> Duration {
        let doubled = first * (1 << min(attempt - 1, 20))
        // members that lost the same link must not come back all at once
        return min(doubled, limit) * Double.random(in: 0.75...1.25)
    }
}
