import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("Hosts where an earlier command is at work", .timeLimit(.minutes(15)))
struct BusyHostTests {
    @Test("are looked at again")
    func lookedAtAgain() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(
            .look,
            on: "etcd-2",
            .exits(PlannedEffect.busyStatus, saying: "an earlier command of this run is at work")
        )
        try await rehearsal.complete()
        rehearsal.expectRestored()
        let state = try rehearsal.log.folded()
        #expect(state.stumbles.map(\.willRetry) == [true])
        #expect(state.stumbles.first?.failure.evidence?.contains("earlier command") == true)
    }
}
