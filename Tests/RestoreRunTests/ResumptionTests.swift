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
}
