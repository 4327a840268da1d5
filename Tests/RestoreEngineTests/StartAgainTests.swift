import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("An etcd that died between its start and its proof", .timeLimit(.minutes(15)))
struct StartAgainTests {
    /// Ends a session while it proves, with the etcd of one member dead.
    private func interrupt(_ rehearsal: Rehearsal, _ plan: Plan) async throws {
        let proof = ModelSighting(member: "etcd-2", command: .status)
        let before = rehearsal.fleet.sightings.count { $0 == proof }
        let fleet = rehearsal.fleet
        fleet.trouble("etcd-2") { $0.isMute = true }
        let ending = try await rehearsal.sessionCancelled(plan) { _ in
            fleet.sightings.count { $0 == proof } > before
        }
        #expect(ending == .interrupted)
        fleet.trouble("etcd-2") { $0.isMute = false }
        fleet.change("etcd-2") { $0.isActive = false }
    }

    @Test("is started once more by a resume of the restore")
    func restore() async throws {
        let rehearsal = Rehearsal()
        try await interrupt(rehearsal, Sample.restore)
        try await rehearsal.complete()
        rehearsal.expectRestored()
        #expect(rehearsal.fleet.completions(of: .startService, on: "etcd-1") == 1)
        #expect(rehearsal.fleet.completions(of: .startService, on: "etcd-2") == 2)
    }

    @Test("is started once more by a resume of the rollback")
    func rollback() async throws {
        let rehearsal = Rehearsal()
        try await rehearsal.complete()
        try await interrupt(rehearsal, Sample.rollback)
        try await rehearsal.complete(Sample.rollback)
        rehearsal.expectRolledBack()
    }
}
