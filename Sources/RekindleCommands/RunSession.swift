import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import SnapshotSource

/// Drives one run to its end or its interruption, and says what came of it.
struct RunSession: Sendable {
    let world: World
    let terminal: Terminal
    let store: RunStore
    /// What the uploads of all members may take of the wire together; nil for no limit.
    var bandwidth: Bandwidth?

    /// - Returns: how the process ends.
    func drive(
        _ run: StoredRun,
        journal: JournalWriter<RunEvent>,
        fleet: Fleet,
        snapshot: SnapshotBytesFrom,
        objectives: Objectives
    ) async throws -> ExitStatus {
        let (ending, state) = try await execute(
            run,
            journal: journal,
            fleet: fleet,
            snapshot: snapshot
        )
        try report(run.directory, RunSummary(plan: run.current, state: state))
        return status(ending, run.current, state, objectives)
    }

    /// Runs the plan that the run is at, and shows it as it goes.
    func execute(
        _ run: StoredRun,
        journal: JournalWriter<RunEvent>,
        fleet: Fleet,
        snapshot: SnapshotBytesFrom
    ) async throws -> (RunEnding, RunState) {
        let who = Operator(
            user: world.user,
            coordinator: world.hostname,
            session: .current(world)
        )
        let progress = ProgressDisplay(
            terminal: terminal,
            plan: run.current,
            isResumed: !run.state.coordinators.isEmpty
        )
        let recorder = RunRecorder(
            log: JournalLog(journal),
            state: run.state,
            observer: progress
        )
        let engine = Engine(
            plan: run.current,
            fleet: fleet,
            recorder: recorder,
            observer: progress,
            operator: who,
            snapshot: snapshot.stream,
            hashKV: snapshot.hashKV,
            bandwidth: bandwidth,
            isOver: { $0.isOver }
        )
        let coordinator = CoordinatorRecord(
            operator: who,
            process: world.process,
            version: RekindleVersion.text
        )
        let beating = Task { [targets = run.current.targets] in
            await Heartbeat(fleet: fleet.apart(), targets: targets, operator: who).run()
        }
        let task = Task { try await engine.execute(as: coordinator) }
        let signals = SignalWatch { task.cancel() }
        defer { signals.stop() }
        let result = await task.result
        progress.end()
        beating.cancel()
        await fleet.close()
        await beating.value
        let ending = try result.get()
        if ending == .completed { LocalScratch.remove(after: run.current) }
        return (ending, await recorder.state)
    }

    func report(_ directory: RunDirectory, _ summary: RunSummary) throws {
        let report = try RunReportJSON.encode(summary)
        try AtomicFile.write(Array(report.utf8), to: directory.reportPath)
        switch terminal.format {
        case .json: terminal.show(report)
        case .text: terminal.show(page: RunReportText.render(summary, style: terminal.style))
        }
    }

    private func status(
        _ ending: RunEnding,
        _ plan: Plan,
        _ state: RunState,
        _ objectives: Objectives
    ) -> ExitStatus {
        switch ending {
        case .failed(let failures):
            return failures.contains { $0.lockedBy != nil } ? .locked : .failed
        case .interrupted: return .interrupted
        case .refused: return .locked
        case .completed:
            guard plan.kind == .restore, let rto = objectives.rto, let began = state.beganAt,
                let proven = state.provenAt
            else { return .done }
            return .seconds(proven - began) <= rto ? .done : .missedObjective
        }
    }
}
