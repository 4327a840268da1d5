import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

/// A run of one member against the model, as the engine does it: looks, then acts; a resume skips
/// the stages that had ended.
struct ModelRun {
    var host: HostModel
    /// Operations until the crash; nil for none.
    var budget: Int?
    private(set) var operations = 0

    struct Crash: Error {}

    init(_ host: HostModel, budget: Int? = nil) {
        self.host = host
        self.budget = budget
    }

    /// Goes on after the stages that had ended before, and counts them up.
    mutating func execute(_ plan: Plan, ended: inout Int) throws {
        let stages = plan.steps.flatMap(\.stages).map { $0.effects.map(\.kind) }
        while ended < stages.count {
            for kind in stages[ended] { try settle(kind) }
            ended += 1
        }
    }

    private mutating func settle(_ kind: EffectKind) throws {
        let standing = host.observation.standing(
            of: kind,
            target: host.target,
            restored: host.restored,
            snapshotBytes: Sample.proof.bytes
        )
        switch standing {
        case .done: return
        case .refused(let refusal):
            throw HostModel.Broken(description: "\(kind) is refused: \(refusal.fact)")
        case .ready:
            if kind == .restoreSnapshot, host.data.member == .restored {
                throw HostModel.Broken(description: "restored once more over what is in place")
            }
            for operation in host.operations(of: kind) {
                if operations == budget { throw Crash() }
                try operation(&host)
                operations += 1
                if let violation = host.violation {
                    throw HostModel.Broken(description: "after \(kind): \(violation)")
                }
            }
        }
        // the effect is done, and nothing of it is on record
        if operations == budget { throw Crash() }
    }
}

@Suite("Crashes at every operation")
struct CrashTests {
    struct World: Sendable, CustomTestStringConvertible {
        var hasWALDir: Bool
        var hasOldData: Bool
        var wasActive: Bool
        var isStaged: Bool

        static let all: [World] = [false, true].flatMap { wal in
            [(true, true), (true, false), (false, false)].flatMap { old, active in
                [false, true].map {
                    World(hasWALDir: wal, hasOldData: old, wasActive: active, isStaged: $0)
                }
            }
        }

        var testDescription: String {
            (hasWALDir ? "own WAL directory" : "WAL inside")
                + (hasOldData ? ", old data" : ", nothing old") + (wasActive ? ", running" : "")
                + (isStaged ? ", staged" : "")
        }

        var plan: Plan {
            Sample.plan(
                members: 1,
                walDir: hasWALDir ? "/wal/etcd" : nil,
                playbook: isStaged ? .restoreClusterStaged : .restoreCluster
            ) { facts, _ in
                if !hasOldData { facts.observation?.data = DataState() }
                if !wasActive {
                    facts.unit.activity.activity = .stopped
                    facts.live = nil
                }
            }
        }

        func host(_ plan: Plan) throws -> HostModel {
            let target = try #require(plan.targets.first)
            #expect(target.hasOldData == hasOldData)
            #expect(target.wasActive == wasActive)
            #expect((target.paths.walDir != nil) == hasWALDir)
            return HostModel(
                target: target,
                restored: WALIdentity(memberID: target.memberID, clusterID: plan.clusterID)
            )
        }
    }

    /// Everything that a run can be after a crash: at every operation, and once without one.
    static func crashes(
        of plan: Plan,
        from host: HostModel,
        ended: Int = 0
    ) throws -> [(host: HostModel, ended: Int)] {
        var outcomes: [(host: HostModel, ended: Int)] = []
        var budget = 0
        while true {
            var run = ModelRun(host, budget: budget)
            var reached = ended
            do {
                try run.execute(plan, ended: &reached)
                outcomes.append((run.host, reached))
                return outcomes
            } catch is ModelRun.Crash {
                outcomes.append((run.host, reached))
                budget += 1
            }
        }
    }

    static func finished(_ plan: Plan, from host: HostModel, ended: Int = 0) throws -> HostModel {
        var run = ModelRun(host)
        var reached = ended
        try run.execute(plan, ended: &reached)
        return run.host
    }

    @Test("a restore that crashed, even twice, is finished by a resume", arguments: World.all)
    func resume(world: World) throws {
        let plan = world.plan
        let crashes = try Self.crashes(of: plan, from: world.host(plan))
        #expect(crashes.count > 20)
        for crash in crashes {
            for second in try Self.crashes(of: plan, from: crash.host, ended: crash.ended) {
                let end = try Self.finished(plan, from: second.host, ended: second.ended)
                expectRestored(end, world)
            }
        }
    }

    @Test(
        "a restore that crashed anywhere is undone by a rollback, which may crash as well",
        arguments: World.all
    )
    func rollback(world: World) throws {
        let plan = world.plan
        let rollback = RollbackPlanner.plan(for: plan, createdAt: "")
        for crash in try Self.crashes(of: plan, from: world.host(plan)) {
            for second in try Self.crashes(of: rollback, from: crash.host) {
                let resumed = try Self.finished(rollback, from: second.host, ended: second.ended)
                expectRolledBack(resumed, world)
                let anew = try Self.finished(rollback, from: second.host)
                expectRolledBack(anew, world)
            }
        }
    }

    @Test("a clean that crashed is finished by a resume, and touches no data", arguments: World.all)
    func clean(world: World) throws {
        let plan = world.plan
        let restored = try Self.finished(plan, from: world.host(plan))
        let rollback = RollbackPlanner.plan(for: plan, createdAt: "")
        let rolledBack = try Self.finished(rollback, from: restored)
        let clean = CleanPlanner.plan(for: plan, createdAt: "")
        for before in [restored, rolledBack] {
            // what a clean deletes is old data: the model's law on it holds until here only
            var free = before
            if before.data.member != .old { free = before.withoutOldData() }
            for crash in try Self.crashes(of: clean, from: free) {
                let end = try Self.finished(clean, from: crash.host, ended: crash.ended)
                #expect(end.data == before.data)
                #expect(end.isActive == before.isActive)
                #expect(end.aside == HostModel.Place())
                #expect(end.discarded == HostModel.Place())
                #expect(!end.hasRunDirectory)
                #expect(end.lock == nil)
            }
        }
    }

    private func expectRestored(_ host: HostModel, _ world: World) {
        #expect(host.data.member == .restored)
        #expect(host.data.wal == (world.hasWALDir ? .restored : nil))
        #expect(host.aside.member == (world.hasOldData ? .old : nil))
        #expect(host.aside.wal == (world.hasOldData && world.hasWALDir ? .old : nil))
        #expect(host.isActive)
        #expect(host.hold == nil)
        #expect(!host.isDropInLoaded)
        #expect(host.lock == nil)
        #expect(!host.hasSnapshot)
        #expect(!host.hasForeignOwner)
        #expect(host.staged == HostModel.Place())
    }

    private func expectRolledBack(_ host: HostModel, _ world: World) {
        #expect(host.data.member == (world.hasOldData ? .old : nil))
        #expect(host.data.wal == (world.hasOldData && world.hasWALDir ? .old : nil))
        #expect(host.aside == HostModel.Place())
        #expect(host.isActive == world.wasActive)
        #expect(host.hold == nil)
        #expect(host.lock == nil)
        #expect(!host.hasSnapshot)
    }
}

extension HostModel {
    func withoutOldData() -> HostModel {
        var target = target
        target.hasOldData = false
        var host = HostModel(target: target, restored: restored)
        host.lock = lock
        host.hasRunDirectory = hasRunDirectory
        host.isActive = isActive
        host.data = data
        host.staged = staged
        host.aside = aside
        host.discarded = discarded
        host.isMarked = isMarked
        return host
    }
}
