import RestorePlanning
import Testing

@testable import RestoreRun

@Suite("What a found journal allows")
struct ResumptionTests {
    static let allowed: [String: Set<RunRequest>] = [
        "planned": [.resume, .rollback],
        "under way": [.resume, .rollback],
        "in a stage": [.resume, .rollback],
        "failed": [.resume, .rollback],
        "interrupted": [.resume, .rollback],
        "refused": [],
        "restored": [.rollback, .clean],
        "rolled back": [.clean],
        "cleaned": [],
    ]

    @Test(
        "allows a request where it can help, and explains itself where it cannot",
        arguments: allowed.keys.sorted(),
        RunRequest.allCases
    )
    func everyPhaseAgainstEveryRequest(phase: String, request: RunRequest) throws {
        let history = try #require(RunSamples.histories.first { $0.phase == phase })
        let reached = try #require(try RunSamples.state(after: history.events).phase)
        let refusal = reached.refusal(of: request)
        if Self.allowed[phase]?.contains(request) == true {
            #expect(refusal == nil)
        } else {
            let refusal = try #require(refusal)
            #expect(!refusal.fact.isEmpty)
            #expect(!refusal.hint.isEmpty)
        }
    }

    @Test(
        "refuses everything of a run whose journal has a header and no event",
        arguments: RunRequest.allCases
    )
    func nothingBegan(request: RunRequest) throws {
        let refusal = try #require(RunState().refusal(of: request))
        #expect(refusal.fact.hasPrefix("it never began"))
        #expect(refusal.hint == "run `rekindle restore` again")
    }

    @Test(
        "lets a join be undone alone, and begun again",
        arguments: RunSamples.joins.map(\.phase),
        RunRequest.allCases
    )
    func joins(phase: String, request: RunRequest) throws {
        let events = try #require(RunSamples.joins.first { $0.phase == phase }).events
        let state = try RunSamples.state(after: events)
        let isAllowed = state.refusal(of: request) == nil
        #expect(isAllowed == (request != .clean || phase == "join undone"))
        #expect(state.joins == (phase == "joining" ? [1] : []))
        if phase == "join undone" {
            // the restored cluster is as it was: it can be joined, rolled back, cleaned
            for kind in [Plan.Kind.join, .rollback, .clean] {
                _ = try RunSamples.state(after: events + [RunSamples.plan(kind)])
            }
        }
    }

    @Test("takes a rollback up that left a member out, and no other")
    func rollbackWithout() throws {
        let rollback: [RunEvent] = [
            RunSamples.plan(.restore), .began(RunSamples.coordinator), .ended(.interrupted),
            .planned(
                PlanRecord(
                    kind: .rollback,
                    cluster: "prod",
                    playbook: "p",
                    sha256: "00",
                    leavesOut: ["etcd-3"]
                )
            ), .began(RunSamples.coordinator), .ended(.completed),
        ]
        let state = try RunSamples.state(after: rollback)
        #expect(state.refusal(of: .resume, leavesFenced: true) == nil)
        #expect(state.refusal(of: .resume, leavesFenced: false) != nil)
        let again = try RunSamples.state(after: rollback + [RunSamples.plan(.rollback)])
        #expect(again.planCounts[.rollback] == 2)
        #expect(throws: IllegalTransition.self) {
            try RunSamples.state(
                after: [
                    RunSamples.plan(.restore), .began(RunSamples.coordinator), .ended(.interrupted),
                    RunSamples.plan(.rollback), .began(RunSamples.coordinator), .ended(.completed),
                    RunSamples.plan(.rollback),
                ]
            )
        }
    }

    @Test("forgets no earlier join when a later one is undone, nor whom that one left out")
    func undoneSecondJoin() throws {
        let burnt = FencedMember(name: "etcd-4", host: "h", reason: "burnt")
        let off = FencedMember(name: "etcd-5", host: "h", reason: "off")
        let first: [RunEvent] =
            Array(RunSamples.joins[0].events.prefix(5)) + [
                .ended(.interrupted), .fenced([burnt]), .began(RunSamples.coordinator),
                .ended(.completed),
            ]
        let joined = try RunSamples.state(after: first)
        #expect(joined.joins == [1])
        #expect(joined.fencesOfWhole == [burnt])
        let second: [RunEvent] = [
            RunSamples.plan(.join), .began(RunSamples.coordinator), .ended(.interrupted),
            .fenced([off]),
        ]
        let joining = try RunSamples.state(after: first + second)
        #expect(joining.joins == [1, 2])
        #expect(joining.fencesOfWhole == [off])
        let undone = try RunSamples.state(
            after: first + second + [
                RunSamples.plan(.unjoin), .began(RunSamples.coordinator), .ended(.completed),
            ]
        )
        #expect(undone.joins == [1])
        #expect(undone.fencesOfWhole == [burnt])
        let again = try RunSamples.state(
            after: first + second + [RunSamples.plan(.unjoin), .began(RunSamples.coordinator)]
                + [.ended(.completed), RunSamples.plan(.join)]
        )
        #expect(again.joins == [1, 3])
        #expect(again.fencesOfWhole == [])
    }

    @Test("remembers who was fenced from which plan, and who was ever started")
    func fences() throws {
        let fenced = FencedMember(name: "etcd-3", host: "h", reason: "burnt")
        let start = EffectID(stage: RunSamples.stage, member: "etcd-1", kind: .startService)
        let state = try RunSamples.state(
            after: [
                RunSamples.plan(.restore), .began(RunSamples.coordinator),
                .stageBegan(RunSamples.stage), .intended(start, attempt: 1), .ended(.interrupted),
                .fenced([fenced]), .fenced([fenced]), .began(RunSamples.coordinator),
                .ended(.interrupted), RunSamples.plan(.rollback),
            ]
        )
        #expect(state.fences(of: .restore) == [fenced])
        #expect(state.fences(of: .rollback) == [])
        #expect(state.started == ["etcd-1"])
        let complete = Array(RunSamples.joins[2].events.prefix(3))
        #expect(throws: IllegalTransition.self) {
            try RunSamples.state(after: complete + [.fenced([fenced])])
        }
    }
}
