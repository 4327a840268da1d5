import EtcdModel
import Glibc
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport

/// A run as it lies in the state directory.
struct StoredRun: Sendable {
    let directory: RunDirectory
    /// The plan that it began with.
    let restore: Plan
    /// The same with the members that joined later: all that a rollback or a clean is about.
    ///
    /// A member that was fenced when the run was under way is in it.
    let whole: Plan
    /// The plan that it is at, without the members that were fenced since: the restore, its rollback or its
    /// cleaning.
    let current: Plan
    let state: RunState
    let wasTorn: Bool

    /// The members that the run does without until they are brought in.
    var leftOut: [FencedMember] {
        switch state.phase {
        case .completed(.rollback), .planned(.rollback), .underWay(.rollback),
            .halted(.rollback, _):
            // a rollback has nothing to do on a host that the run never touched
            current.fenced.filter { $0.left != nil }
        default:
            whole.fencing(state.fencesOfWhole).fenced
        }
    }
}

/// Where runs are kept, and how they are found again.
struct RunStore: Sendable {
    let path: String

    init(world: World, given: String?) {
        if let given = given ?? world.environment["REKINDLE_STATE_DIR"], !given.isEmpty {
            path = given
        } else if let state = world.environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            path = "\(state)/rekindle"
        } else {
            path = "\(world.home)/.local/state/rekindle"
        }
    }

    /// Every run that can be read, oldest first, and what is wrong with the others.
    func all() throws -> (runs: [StoredRun], unreadable: [(id: String, why: String)]) {
        guard let state = try StateDirectory(existingAt: path) else { return ([], []) }
        var runs: [StoredRun] = []
        var unreadable: [(id: String, why: String)] = []
        for directory in try state.all() {
            do {
                runs.append(try load(directory))
            } catch {
                unreadable.append((directory.id, "\(error)"))
            }
        }
        return (runs, unreadable)
    }

    /// nil where there is no run, or where they cannot be told: whoever begins one says why.
    func newestID() -> String? {
        (try? StateDirectory(existingAt: path)?.all().last)?.id
    }

    func find(_ id: String) throws -> StoredRun {
        guard let state = try StateDirectory(existingAt: path) else { throw RunNotFound.noRuns }
        return try load(try state.resolve(id))
    }

    /// Refuses if another process on this machine drives the run.
    ///
    /// - Throws: `RunLockHeld` or `SystemFailure`.
    func requireNobodyDrives(_ run: StoredRun) throws {
        _ = try RunLock(run.directory)
    }

    /// The run from its first event to its last, for a report.
    func history(_ directory: RunDirectory) throws -> RunHistory {
        let contents = try journal(of: directory)
        var folded = RunState()
        try folded.fold(contents.records, of: directory)
        let recorded = RecordedPlans(contents.records)
        return try RunHistory(
            contents.records.map { TimedEvent($0.event, at: Double($0.at.milliseconds) / 1000) },
            plans: try recorded.all.map { try recorded.read($0.kind, $0.number, in: directory) },
            seal: JournalSeal(
                records: contents.records.count,
                lastHash: contents.head.hash,
                tornBytes: contents.torn.count
            )
        )
    }

    private func journal(of directory: RunDirectory) throws -> JournalContents<RunEvent> {
        do {
            return try directory.readJournal(RunEvent.self)
        } catch let fault as JournalFault {
            throw RunUnreadable(directory, .fault(fault))
        } catch let failure as SystemFailure where failure.code == ENOENT {
            throw RunUnreadable(directory, .noJournal)
        }
    }

    func load(_ directory: RunDirectory) throws -> StoredRun {
        let contents = try journal(of: directory)
        var state = RunState()
        try state.fold(contents.records, of: directory)
        let recorded = RecordedPlans(contents.records)
        let restore = try recorded.read(recorded.first, in: directory)
        let joined = try state.joins.last.map { try recorded.read(.join, $0, in: directory) }
        let planned = try state.plan.map { try recorded.read($0.kind, in: directory) } ?? restore
        let current = planned.fencing(state.fences(of: planned.kind))
        return StoredRun(
            directory: directory,
            restore: restore,
            whole: joined ?? restore,
            current: current,
            state: state,
            wasTorn: !contents.torn.isEmpty
        )
    }

    /// Makes a run of a plan: its directory, its plan, and a journal with the plan's digest.
    ///
    /// Where that fails nothing of it stays: a run is there as a whole or not at all.
    func begin(_ plan: Plan) async throws -> (StoredRun, JournalWriter<RunEvent>) {
        do {
            let directory = try StateDirectory(makingAt: path).create(plan.run.rawValue)
            do {
                return try await begin(plan, in: directory)
            } catch {
                directory.removeUnbegun()
                throw error
            }
        } catch let failure as SystemFailure {
            throw RunNotBegun(run: plan.run, reason: .failure(failure))
        }
    }

    /// A plan is run once: its run's ID and its cluster token are in it.
    func requireNotBegun(_ run: RunID) throws {
        guard let state = try StateDirectory(existingAt: path) else { return }
        if try state.all().contains(where: { $0.id == run.rawValue }) {
            throw RunNotBegun(run: run, reason: .begunBefore)
        }
    }

    private func begin(
        _ plan: Plan,
        in directory: RunDirectory
    ) async throws -> (StoredRun, JournalWriter<RunEvent>) {
        let lock = try RunLock(directory)
        try write(plan, 1, in: directory)
        let writer = try directory.beginJournal(RunEvent.self, lock: lock)
        let record = try await writer.append(try event(plan, 1, in: directory))
        var folded = RunState()
        try folded.apply(record.event, at: Double(record.at.milliseconds) / 1000)
        let run = StoredRun(
            directory: directory,
            restore: plan,
            whole: plan,
            current: plan,
            state: folded,
            wasTorn: false
        )
        return (run, writer)
    }

    /// Takes a run up again; with another plan where it turns to a rollback or a cleaning, and without the
    /// members that are fenced from now on.
    func reopen(
        _ run: StoredRun,
        turningTo plan: Plan?,
        fencing fenced: [FencedMember] = []
    ) async throws -> (StoredRun, JournalWriter<RunEvent>) {
        let lock = try RunLock(run.directory)
        let (writer, contents) = try run.directory.reopenJournal(RunEvent.self, lock: lock)
        var state = try RunState(contents)
        // what the command was decided by was read before the lock was taken
        guard state == run.state else { throw RunWentOn(run: run.directory.id) }
        var current = run.current
        if let plan {
            // the journal says which plan counts: it must be on disk before it is named there
            let number = state.planCounts[plan.kind, default: 0] + 1
            try write(plan, number, in: run.directory)
            let event = try event(plan, number, in: run.directory)
            try await append(event, to: writer, &state)
            current = plan
        } else if !fenced.isEmpty {
            try await append(.fenced(fenced), to: writer, &state)
            current = current.fencing(fenced)
        }
        let reopened = StoredRun(
            directory: run.directory,
            restore: run.restore,
            whole: current.kind == .join ? current : run.whole,
            current: current,
            state: state,
            wasTorn: run.wasTorn
        )
        return (reopened, writer)
    }

    /// Appends an event, unless it cannot follow on what the journal holds.
    private func append(
        _ event: RunEvent,
        to writer: JournalWriter<RunEvent>,
        _ state: inout RunState
    ) async throws {
        var trial = state
        try trial.apply(event, at: 0)
        let record = try await writer.append(event)
        try state.apply(record.event, at: Double(record.at.milliseconds) / 1000)
    }

    private func event(_ plan: Plan, _ number: Int, in directory: RunDirectory) throws -> RunEvent {
        let leftOut = plan.fenced.filter { $0.left != nil }.map(\.name)
        return .planned(
            PlanRecord(
                kind: plan.kind,
                cluster: plan.cluster,
                playbook: plan.playbook,
                sha256: SHA256Text.hex(
                    of: try FileBytes.read(directory.path(of: plan.kind, number))
                ),
                leavesOut: leftOut.isEmpty ? nil : leftOut
            )
        )
    }

    private func write(_ plan: Plan, _ number: Int, in directory: RunDirectory) throws {
        let path = directory.path(of: plan.kind, number)
        try AtomicFile.write(Array(try PlanJSON.encode(plan).utf8), to: path)
    }
}
