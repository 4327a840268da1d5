import ClusterInventory
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import SnapshotSource

/// Runs one drill to its end, and leaves nothing behind whatever that is.
struct DrillSession: Sendable {
    let context: CommandContext
    var bandwidth: Bandwidth?

    private var session: RunSession {
        RunSession(
            world: context.world,
            terminal: context.terminal,
            store: context.store,
            bandwidth: bandwidth
        )
    }

    /// Removes what is left of earlier drills of the cluster, whose coordinators died.
    /// - Throws: `CommandEnd` where one cannot be removed.
    ///
    /// Another cluster may have the same name: `inventory` tells them apart; nil for a drill on this machine.
    func sweepEarlier(of cluster: String, isLocal: Bool, _ inventory: Inventory? = nil) async throws
    {
        let stored = try context.store.all().runs.filter {
            if let inventory, case .other = $0.restore.ownership(by: inventory) { return false }
            return $0.restore.kind == .drill && $0.restore.cluster == cluster
                && $0.restore.isLocal == isLocal
                && $0.state.refusal(of: .clean) == nil
        }
        for run in stored {
            context.terminal.note("removing what is left of drill \(run.directory.id) first")
            guard try await sweep(run) else {
                context.terminal.problem(
                    "what is left of drill \(run.directory.id) cannot be removed",
                    hint: "mend what it says above, then `rekindle clean \(run.directory.id)`"
                )
                throw CommandEnd(status: .failed)
            }
        }
    }

    /// - Returns: whether nothing of it is left on any host.
    private func sweep(_ run: StoredRun) async throws -> Bool {
        let isAtIt = run.current.kind == .clean
        let plan =
            isAtIt
            ? nil
            : CleanPlanner.plan(for: run.restore, createdAt: JournalTime.now().description)
        let (reopened, journal) = try await context.store.reopen(run, turningTo: plan)
        let (ending, state) = try await session.execute(
            reopened,
            journal: journal,
            fleet: context.fleet(reopened.current),
            snapshot: SnapshotBytesFrom { _ in preconditionFailure("a clean sends no snapshot") }
        )
        if ending != .completed {
            context.terminal.say(
                page: RunReportText.render(
                    RunSummary(plan: reopened.current, state: state),
                    style: context.terminal.errorStyle
                )
            )
        }
        return ending == .completed
    }

    /// - Returns: how the process ends.
    func drive(
        _ planned: DrillPlanning.Planned,
        then aftermath: DrillAftermath
    ) async throws -> ExitStatus {
        let (directory, ending, state) = try await run(planned)
        var isLeft = false
        switch ending {
        case .completed, .refused: break
        case .failed, .interrupted:
            context.terminal.note("the drill did not pass: removing what it made")
            isLeft = try await !sweep(context.store.find(directory.id))
        }
        try session.report(directory, RunSummary(plan: planned.plan, state: state))
        if isLeft {
            context.terminal.problem(
                "something of drill \(directory.id) may be left on the hosts",
                hint: "`rekindle clean \(directory.id)` removes it; the next drill does so first"
            )
        }
        await aftermath.tell(DrillFigures(plan: planned.plan, state: state))
        return status(ending, planned.plan, state)
    }

    /// With its journal closed when it returns, so that the run can turn to its removal.
    private func run(
        _ planned: DrillPlanning.Planned
    ) async throws -> (RunDirectory, RunEnding, RunState) {
        let (run, journal) = try await context.store.begin(planned.plan)
        let (ending, state) = try await session.execute(
            run,
            journal: journal,
            fleet: planned.fleet,
            snapshot: planned.snapshot
        )
        return (run.directory, ending, state)
    }

    private func status(_ ending: RunEnding, _ plan: Plan, _ state: RunState) -> ExitStatus {
        switch ending {
        case .failed(let failures):
            return failures.contains { $0.lockedBy != nil } ? .locked : .failed
        case .interrupted: return .interrupted
        case .refused: return .locked
        case .completed:
            return DrillFigures(plan: plan, state: state).outcome == .missedObjectives
                ? .missedObjective : .done
        }
    }
}
