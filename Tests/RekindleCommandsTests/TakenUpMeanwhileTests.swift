import EtcdModel
import Foundation
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import Testing

@testable import RekindleCommands

/// A command looks at every host and asks before it takes a run up: others may be faster.
@Suite("A run that another process takes up meanwhile")
struct TakenUpMeanwhileTests {
    private static let coordinator = CoordinatorRecord(
        operator: Operator(user: "ops", coordinator: "laptop"),
        process: 1,
        version: "test"
    )

    private func plan() throws -> Plan {
        try PlanJSON.decode(try OldRun.restored.bytes("plan.json"), file: "plan.json")
    }

    /// A run that was interrupted in its restore.
    private func interrupted() async throws -> (folder: StateFolder, store: RunStore, run: String) {
        let folder = try StateFolder([])
        let store = RunStore(world: .real(), given: folder.path)
        let plan = try plan()
        let (_, journal) = try await store.begin(plan)
        _ = try await journal.append(.began(Self.coordinator))
        _ = try await journal.append(.ended(.interrupted))
        return (folder, store, plan.run.rawValue)
    }

    private func journal(_ folder: StateFolder, _ run: String) -> Data? {
        FileManager.default.contents(atPath: "\(folder.path)/runs/\(run)/journal.jsonl")
    }

    private func rollback() throws -> Plan {
        RollbackPlanner.plan(for: try plan(), leader: nil, createdAt: "later")
    }

    @Test(
        "is not taken up by what was seen before, and its journal stays as it is",
        arguments: ["resume", "rollback", "clean", "fence"]
    )
    func wentOn(command: String) async throws {
        let (folder, store, run) = try await interrupted()
        let seen = try store.find(run)
        do {
            let (_, journal) = try await store.reopen(seen, turningTo: try rollback())
            _ = try await journal.append(.began(Self.coordinator))
            _ = try await journal.append(.ended(command == "clean" ? .completed : .interrupted))
        }
        let before = journal(folder, run)
        await #expect(throws: RunWentOn.self) {
            switch command {
            case "resume": _ = try await store.reopen(seen, turningTo: nil)
            case "rollback": _ = try await store.reopen(seen, turningTo: try rollback())
            case "clean":
                _ = try await store.reopen(
                    seen,
                    turningTo: CleanPlanner.plan(for: try plan(), createdAt: "later")
                )
            default:
                _ = try await store.reopen(
                    seen,
                    turningTo: nil,
                    fencing: [FencedMember(name: "etcd-3", host: "h", reason: "burnt")]
                )
            }
        }
        #expect(journal(folder, run) == before)
        #expect(try store.find(run).current.kind == .rollback)
    }

    @Test("is taken up again by what it is now")
    func again() async throws {
        let (folder, store, run) = try await interrupted()
        do {
            let (_, journal) = try await store.reopen(
                try store.find(run),
                turningTo: try rollback()
            )
            _ = try await journal.append(.began(Self.coordinator))
            _ = try await journal.append(.ended(.interrupted))
        }
        let (reopened, _) = try await store.reopen(try store.find(run), turningTo: nil)
        #expect(reopened.current.kind == .rollback)
        withExtendedLifetime(folder) {}
    }

    @Test("is not given a plan that cannot follow, and its journal stays as it is")
    func impossible() async throws {
        let (folder, store, run) = try await interrupted()
        let before = journal(folder, run)
        await #expect(throws: IllegalTransition.self) {
            // what an interrupted restore set aside is not cleaned away
            let plan = CleanPlanner.plan(for: try plan(), createdAt: "later")
            _ = try await store.reopen(try store.find(run), turningTo: plan)
        }
        #expect(journal(folder, run) == before)
        #expect(try store.find(run).state.phase == .halted(.restore, .interrupted))
    }

    @Test("keeps an earlier join when a later one is undone")
    func joins() async throws {
        let (folder, store, run) = try await interrupted()
        func turn(to plan: Plan?, _ ending: RunEnding) async throws {
            let (_, journal) = try await store.reopen(try store.find(run), turningTo: plan)
            _ = try await journal.append(.began(Self.coordinator))
            _ = try await journal.append(.ended(ending))
        }
        func join(without fenced: [FencedMember]) throws -> Plan {
            var join = try plan().fencing(fenced)
            join.kind = .join
            return join
        }
        let off = FencedMember(name: "etcd-3", host: "h", reason: "off")
        try await turn(to: nil, .completed)
        try await turn(to: try join(without: [off]), .completed)
        try await turn(to: try join(without: []), .interrupted)
        #expect(try store.find(run).whole.targets.count == 3)
        var undoing = try join(without: [])
        undoing.kind = .unjoin
        try await turn(to: undoing, .completed)
        #expect(try store.find(run).whole.targets.map(\.name) == ["etcd-1", "etcd-2"])
        withExtendedLifetime(folder) {}
    }
}
