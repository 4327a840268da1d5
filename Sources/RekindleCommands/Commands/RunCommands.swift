import EtcdModel
import ArgumentParser
import ClusterInventory
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import SnapshotSource

struct ResumeCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Finish a run that was interrupted or failed, by looking at the hosts.",
        discussion: """
            A run that is complete but for members that were fenced is taken up for them: they are \
            restored from the same snapshot and join the cluster. For this the inventory is read again.

            The snapshot is read again where a member still has to get it.

            """
                + ExitStatus.help(
                    .done,
                    .failed,
                    .refused,
                    .interrupted,
                    .locked,
                    .usage,
                    .invalidInput
                )
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The run's ID or a prefix; left out, the newest.")) var run:
        String?
    @OptionGroup var transfer: TransferOptions

    @Option(
        help: ArgumentHelp(
            "Where the run's snapshot is now; refused unless it is the very same.",
            valueName: "snapshot"
        )
    )
    var snapshot: String?
    @OptionGroup var source: SourceOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let taking = TakingUp(context: context, bandwidth: transfer.bandwidth?.shared)
        let stored = try taking.find(run, for: .resume)
        let bytes = try await ResumedSource(context: context, stored: stored)
            .bytes(snapshot, source)
        guard stored.state.phase == .completed(.restore) else {
            return try await taking.drive(stored, turningTo: nil, snapshot: bytes)
        }
        let plan = try await Joining(context: context, stored: stored).plan(options.inventory)
        if !options.quiet {
            context.terminal.say(
                PlanText.render(
                    plan,
                    style: context.terminal.errorStyle,
                    verbose: context.terminal.isVerbose
                )
            )
        }
        return try await taking.drive(stored, turningTo: plan, snapshot: bytes)
    }
}

struct RollbackCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put the old cluster back where a run set it aside.",
        discussion: """
            What the restored cluster was given since is set aside as well, and lost to its \
            clients.

            """
                + ExitStatus.help(
                    .done,
                    .failed,
                    .refused,
                    .interrupted,
                    .locked,
                    .usage,
                    .invalidInput
                )
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The run's ID or a prefix; left out, the newest.")) var run:
        String?
    @Flag(help: "Do not ask for the cluster's name.") var yes = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let taking = TakingUp(context: context)
        return try await taking.turn(
            run,
            to: .rollback,
            isConfirmed: yes,
            "to put its old data back"
        ) {
            let now = JournalTime.now().description
            if let plan = MemberRollback.plan(for: $0.whole, createdAt: now) { return plan }
            return RollbackPlanner.plan(
                for: $0.whole,
                leader: await taking.leader(of: $0.whole),
                isUntouched: $0.state.isUntouched,
                begunSteps: $0.state.kinds.contains(.join)
                    ? nil : Set($0.state.steps.map(\.step)),
                createdAt: now
            )
        }
    }
}

struct CleanCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Delete what a finished run set aside on the hosts.",
        discussion: ExitStatus.help(
            .done,
            .failed,
            .refused,
            .interrupted,
            .locked,
            .usage,
            .invalidInput
        )
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The run's ID or a prefix; left out, the newest.")) var run:
        String?
    @Flag(help: "Do not ask for the cluster's name.") var yes = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        try await TakingUp(context: context)
            .turn(run, to: .clean, isConfirmed: yes, "to delete its old data for good") {
                CleanPlanner.plan(for: $0.whole, createdAt: JournalTime.now().description)
            }
    }
}

/// What resume, rollback and clean have in common.
struct TakingUp {
    let context: CommandContext
    /// What its uploads may take of the wire; nil for no limit.
    var bandwidth: Bandwidth?

    func find(_ run: String?, for request: RunRequest) throws -> StoredRun {
        let stored = try context.store.find(run)
        if stored.wasTorn {
            context.terminal.note(
                "the journal's last line was cut off when its writer died; it is left out"
            )
        }
        if let refusal = stored.state.refusal(
            of: request,
            leavesFenced: !stored.whole.fenced.isEmpty
        ) {
            context.terminal.problem(
                "cannot \(request.rawValue) run \(stored.directory.id): \(refusal.fact)",
                hint: refusal.hint
            )
            throw CommandEnd(status: .refused)
        }
        return stored
    }

    /// Who leads now; nil where nothing answers.
    func leader(of plan: Plan) async -> String? {
        let fleet = context.fleet(plan)
        let leader = await LeaderProbe(fleet: fleet).leader(of: plan.targets)
        await fleet.close()
        return leader
    }

    /// Turns a run to its rollback or its cleaning, once the operator has typed the cluster's name.
    ///
    /// One that is at it already goes on with the plan that it has.
    func turn(
        _ run: String?,
        to request: RunRequest,
        isConfirmed: Bool,
        _ purpose: String,
        plan makePlan: (StoredRun) async -> Plan
    ) async throws -> ExitStatus {
        let stored = try find(run, for: request)
        let isAtIt = stored.state.plan?.kind.rawValue == request.rawValue
        let plan = isAtIt ? stored.current : await makePlan(stored)
        let terminal = context.terminal
        if !terminal.isQuiet {
            terminal.say(
                PlanText.render(plan, style: terminal.errorStyle, verbose: terminal.isVerbose)
            )
        }
        try Consent(context: context, isGiven: isConfirmed).require(
            plan.cluster,
            question: "Type the cluster's name, \(plan.cluster), \(purpose):"
        )
        return try await drive(
            stored,
            turningTo: isAtIt ? nil : plan,
            snapshot: SnapshotBytesFrom { _ in
                preconditionFailure("a rollback and a clean send no snapshot")
            }
        )
    }

    func drive(
        _ stored: StoredRun,
        turningTo plan: Plan?,
        snapshot: SnapshotBytesFrom
    ) async throws -> ExitStatus {
        let (run, journal) = try await context.store.reopen(stored, turningTo: plan)
        return try await RunSession(
            world: context.world,
            terminal: context.terminal,
            store: context.store,
            bandwidth: bandwidth
        ).drive(
            run,
            journal: journal,
            fleet: context.fleet(run.current),
            snapshot: snapshot,
            objectives: Objectives()
        )
    }
}
