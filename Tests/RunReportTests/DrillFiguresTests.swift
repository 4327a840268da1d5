import RestorePlanning
import RestoreRun
import RunReport
import Testing

@Suite("What a drill measured")
struct DrillFiguresTests {
    private func figures(
        _ rto: Double?,
        _ rpo: Double?,
        takenAt: Double? = 1_795_362_300
    ) throws -> DrillFigures {
        var plan = SampleDrill.plan
        plan.objectives = PlannedObjectives(rto: rto, rpo: rpo)
        plan.snapshot?.takenAt = takenAt
        return DrillFigures(plan: plan, state: try SampleDrill.passed.run().state)
    }

    @Test(
        "is held against the objectives that there are, and to nothing else",
        arguments: [
            (nil, nil, DrillFigures.Outcome.passed), (900, 21_600, .passed),
            (30, 21_600, .missedObjectives), (900, 3000, .missedObjectives),
            (nil, 3000, .missedObjectives), (30, nil, .missedObjectives),
        ] as [(Double?, Double?, DrillFigures.Outcome)]
    )
    func outcome(_ rto: Double?, _ rpo: Double?, _ outcome: DrillFigures.Outcome) throws {
        #expect(try figures(rto, rpo).outcome == outcome)
    }

    @Test("cannot miss an RPO where nothing tells the snapshot's age")
    func unknownAge() throws {
        let figures = try figures(900, 1, takenAt: nil)
        #expect(figures.outcome == .passed)
        #expect(figures.meetsRPO == nil)
        #expect(figures.snapshotAge == nil)
    }

    @Test("is from the first step to the last proof of the cluster, not to the drill's end")
    func times() throws {
        let run = try SampleDrill.passed.run()
        let plan = SampleDrill.plan
        let figures = DrillFigures(plan: plan, state: run.state)
        func spent(_ names: [String]) -> Double {
            run.state.steps.filter { names.contains(plan.steps[$0.step].name) }
                .reduce(0) { $0 + $1.endedAt - $1.beganAt }
        }
        let verified = try #require(
            run.state.steps.first { plan.steps[$0.step].name == "verify-cluster" }
        )
        let began = try #require(run.state.beganAt)
        let ended = try #require(run.state.endedAt)
        #expect(figures.secondsToProof == verified.endedAt - began)
        #expect(try #require(figures.secondsToProof) < ended - began)
        let staged = ["start-scratch-cluster", "verify-cluster"]
        let whole = staged + ["distribute-snapshot", "restore-snapshot", "set-ownership"]
        #expect(figures.stagedDowntimeEstimate == spent(staged))
        let estimate = try #require(figures.downtimeEstimate)
        #expect(abs(estimate - spent(whole)) < 0.001)
        #expect(estimate > spent(staged))
    }

    @Test("has no time and no estimate where it was not proven, and says what went wrong")
    func failed() throws {
        let history = try SampleDrill.swept.history()
        let figures = try #require(DrillListing(history)).figures
        #expect(figures.outcome == .failed)
        #expect(figures.secondsToProof == nil)
        #expect(figures.downtimeEstimate == nil)
        #expect(figures.stagedDowntimeEstimate == nil)
        #expect(figures.failures == ["etcd-2: not proven: data hash"])
    }

    @Test("of a drill without an ending is an interrupted one")
    func died() throws {
        let plan = SampleDrill.plan
        var run = SampleRun(plan)
        try run.begin(plan)
        let figures = DrillFigures(plan: plan, state: run.state)
        #expect(figures.outcome == .interrupted)
        #expect(figures.failures == ["no ending is recorded"])
    }

    @Test("is not told of a restore")
    func restore() throws {
        #expect(DrillListing(try SampleRun.restored().history()) == nil)
    }
}
