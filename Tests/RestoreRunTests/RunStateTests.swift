import RestorePlanning
import Testing

@testable import RestoreRun

@Suite("The state of a run")
struct RunStateTests {
    /// Every phase against every event: what may follow is here, and nothing else may.
    static let allowed: [String: Set<String>] = [
        "new": ["plan restore"],
        "planned": ["plan rollback", "begin"],
        "under way": [
            "plan rollback", "begin", "stage begins", "completed", "failed", "interrupted",
            "refused",
        ],
        "in a stage": [
            "plan rollback", "begin", "intent", "settled", "stumbled", "stage ends", "proved",
            "completed", "failed", "interrupted", "refused",
        ],
        "failed": ["plan rollback", "begin"],
        "interrupted": ["plan rollback", "begin"],
        "refused": [],
        "restored": ["plan rollback", "plan clean"],
        "rolled back": ["plan clean"],
        "cleaned": [],
    ]

    @Test(
        "takes an event only where it can follow",
        arguments: RunSamples.histories.map(\.phase),
        RunSamples.events.map(\.name)
    )
    func everyPhaseAgainstEveryEvent(phase: String, name: String) throws {
        let history = try #require(RunSamples.histories.first { $0.phase == phase })
        let sample = try #require(RunSamples.events.first { $0.name == name })
        var state = try RunSamples.state(after: history.events)
        let before = state
        let isAllowed = Self.allowed[phase]?.contains(name) == true
        if isAllowed {
            try state.apply(sample.event, at: 99)
            #expect(state != before || name == "begin")
        } else {
            #expect(throws: IllegalTransition.self) { try state.apply(sample.event, at: 99) }
            #expect(state == before, "a refused event must leave the state as it was")
        }
    }

    @Test("an intent without an outcome leaves the effect unknown, not done")
    func openIntent() throws {
        let state = try RunSamples.state(after: [
            RunSamples.plan(.restore), .began(RunSamples.coordinator),
            .stageBegan(RunSamples.stage), .intended(RunSamples.effect, attempt: 2),
        ])
        #expect(state.effects[RunSamples.effect] == .intended(attempt: 2))
        #expect(state.endedStages.isEmpty)
    }

    @Test("a coordinator that begins again finds its ended stages, and none open")
    func beginAgain() throws {
        let next = StageID(step: 0, stage: 1)
        let state = try RunSamples.state(after: [
            RunSamples.plan(.restore), .began(RunSamples.coordinator),
            .stageBegan(RunSamples.stage), .stageEnded(RunSamples.stage), .stageBegan(next),
            .began(RunSamples.coordinator), .stageBegan(next),
        ])
        #expect(state.endedStages == [RunSamples.stage])
        #expect(state.openStage == next)
        #expect(state.coordinators.count == 2)
    }

    @Test("a stage that no longer holds begins again, and is open until it ends again")
    func stageAgain() throws {
        var state = try RunSamples.state(after: [
            RunSamples.plan(.restore), .began(RunSamples.coordinator),
            .stageBegan(RunSamples.stage), .stageEnded(RunSamples.stage),
        ])
        try state.apply(.began(RunSamples.coordinator), at: 8)
        try state.apply(.stageBegan(RunSamples.stage), at: 9)
        #expect(state.openStage == RunSamples.stage)
        #expect(state.endedStages.isEmpty)
    }

    @Test("an effect of another stage than the open one is refused")
    func effectOfAnotherStage() throws {
        var state = try RunSamples.state(after: [
            RunSamples.plan(.restore), .began(RunSamples.coordinator),
            .stageBegan(StageID(step: 3, stage: 0)),
        ])
        #expect(throws: IllegalTransition.self) {
            try state.apply(.intended(RunSamples.effect, attempt: 1), at: 9)
        }
    }

    @Test("downtime begins with the first intent to stop a member and ends with the last proof")
    func downtime() throws {
        var state = RunState()
        try state.apply(RunSamples.plan(.restore), at: 1)
        try state.apply(.began(RunSamples.coordinator), at: 2)
        try state.apply(.stageBegan(RunSamples.stage), at: 3)
        try state.apply(.intended(RunSamples.effect, attempt: 1), at: 4)
        try state.apply(.intended(RunSamples.effect, attempt: 2), at: 5)
        let proof = ProofRecord(
            name: "leader",
            member: nil,
            expected: "a",
            observed: "a",
            holds: true
        )
        try state.apply(.proved(proof), at: 6)
        try state.apply(.proved(proof), at: 8)
        #expect(state.stoppedAt == 4)
        #expect(state.provenAt == 8)
        #expect(state.proofs == [proof], "a proof that is made again replaces the earlier one")
    }

    @Test("a rollback starts over: none of the restore's stages count for it")
    func rollbackStartsOver() throws {
        let state = try RunSamples.state(after: [
            RunSamples.plan(.restore), .began(RunSamples.coordinator),
            .stageBegan(RunSamples.stage), .stageEnded(RunSamples.stage),
            .ended(.interrupted), RunSamples.plan(.rollback),
        ])
        #expect(state.phase == .planned(.rollback))
        #expect(state.endedStages.isEmpty)
        #expect(state.effects.isEmpty)
    }

    @Test("every step that has settled keeps the most attempts that one of its effects took")
    func attempts() throws {
        let state = try RunSamples.state(after: [
            RunSamples.plan(.restore), .began(RunSamples.coordinator),
            .stageBegan(RunSamples.stage), .intended(RunSamples.effect, attempt: 1),
            .stumbled(RunSamples.effect, attempt: 1, RunSamples.failure, willRetry: true),
            .intended(RunSamples.effect, attempt: 2), .settled(RunSamples.effect, how: .acted),
        ])
        #expect(state.steps.map(\.attempts) == [2])
        #expect(state.stumbles.count == 1)
    }
}
