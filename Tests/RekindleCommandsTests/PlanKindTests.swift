import EtcdModel
import Foundation
import RestorePlanning
import RunJournal
import RunReport
import Testing

@testable import RekindleCommands

/// Every plan of a run counts by the digest in its journal, and every plan is run by its own command.
@Suite("Plans of every kind")
struct PlanKindTests {
    private static func plan(_ kind: Plan.Kind) throws -> Plan {
        var plan = try PlanJSON.decode(try OldRun.restored.bytes("plan.json"), file: "plan.json")
        plan.kind = kind
        if kind == .member {
            plan.snapshot = nil
            for index in plan.targets.indices { plan.targets[index].role = .kept }
        }
        return plan
    }

    @Test(
        "with which a run begins are verified, and one that was changed is found",
        arguments: [Plan.Kind.restore, .drill, .member]
    )
    func verified(kind: Plan.Kind) async throws {
        let folder = try StateFolder([])
        let store = RunStore(world: .real(), given: folder.path)
        let plan = try Self.plan(kind)
        let (run, _) = try await store.begin(plan)
        let whole = try folder.rekindle("runs", "verify", plan.run.rawValue)
        #expect(whole.status == 0, "\(whole.error)")
        #expect(whole.flatOutput.contains("plan.json: as the journal recorded"), "\(whole.output)")
        let path = run.directory.planPath
        var text = try String(contentsOfFile: path, encoding: .utf8)
        text = text.replacing(plan.cluster, with: "other")
        try folder.write(Array(text.utf8), to: path)
        let changed = try folder.rekindle("runs", "verify", plan.run.rawValue)
        #expect(changed.status == 65, "\(changed.output)")
        #expect(changed.error.contains("plan.json"), "\(changed.error)")
    }

    @Test("that are no restore's are not run by restore --plan", arguments: Plan.Kind.allCases)
    func otherKinds(kind: Plan.Kind) throws {
        guard kind != .restore else { return }
        let folder = try OfflineFolder()
        try folder.write(try PlanJSON.encode(try Self.plan(kind)), to: "plan.json")
        let result = try folder.rekindle(["restore", "--plan", "plan.json", "--yes"])
        #expect(result.status == 65, "\(result.output)")
        #expect(result.error.contains("restores nothing: it is the plan of"), "\(result.error)")
        #expect(result.error.contains("HINT: "))
    }
}
