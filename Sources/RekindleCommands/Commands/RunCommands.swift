import EtcdModel
import ArgumentParser
import ClusterInventory
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import SnapshotSource

/// What `resume` and `rollback` are told of hosts that are lost.
struct FenceOptions: ParsableArguments {
    @Option(
        name: .customLong("fence"),
        help: ArgumentHelp(
            "Go on without this member, whose host is lost: your word that it is off, and stays off until "
                + "`resume` brings it in. Refused unless the others are a quorum. May be repeated.",
            valueName: "name=reason"
        )
    )
    var fence: [String] = []
}

struct ResumeCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Finish a run that was interrupted or failed, by looking at the hosts.",
        discussion: """
            Every host is looked at before anything is changed: one that does not answer, is locked by \
            another run or holds data that is not this run's forbids it. A host that is lost for good \
            is left out with --fence.

            A run that is complete but for members that were fenced is taken up for them: they are \
            restored from the same snapshot and join the cluster, if the cluster still expects them. For \
            this the inventory is read again. After a rollback they get their old data back.

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
    @Argument(help: RunSelection.help) var run: String?
    @OptionGroup var fences: FenceOptions
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
        let taking = TakingUp(
            context: context,
            options: options,
            bandwidth: transfer.bandwidth?.shared
        )
        let stored = try taking.find(run, for: .resume)
        let fenced = try taking.fences(fences.fence, stored)
        let turn = try await self.turn(stored, fenced, taking)
        try await taking.requireAgreement(of: turn.plan, stored, without: turn.fenced)
        let bytes = try await ResumedSource(context: context, stored: stored, plan: turn.plan)
            .bytes(snapshot, source)
        if case .turning(let plan, _) = turn { taking.show(plan) }
        return try await taking.drive(stored, turn, snapshot: bytes)
    }

    private func turn(
        _ stored: StoredRun,
        _ fenced: [FencedMember],
        _ taking: TakingUp
    ) async throws -> TakingUp.Turn {
        let isOfRollback = stored.current.kind == .rollback
        guard case .completed = stored.state.phase else {
            try taking.requireQuorum(
                of: stored.current,
                without: fenced,
                goal: isOfRollback ? .rolledBack : .restored
            )
            return .goingOn(stored.current, fencing: fenced)
        }
        let names = Set(fenced.map(\.name))
        let returning = stored.leftOut.filter { !names.contains($0.name) }
        guard !returning.isEmpty else {
            throw UsageProblem(
                "every member that could be brought in is named by --fence",
                hint: "leave --fence out for those that are back"
            )
        }
        if isOfRollback {
            try taking.requireQuorum(of: stored.whole, without: fenced, goal: .rolledBack)
            let plan = RollbackPlanner.plan(
                for: stored.whole.fencing(fenced),
                bringingBack: Set(returning.map(\.name)),
                createdAt: JournalTime.now().description
            )
            return .turning(plan, fencing: fenced)
        }
        let plan = try await Joining(
            context: taking.context,
            stored: stored,
            returning: returning,
            fenced: fenced
        )
        .plan(options.inventory)
        return .turning(plan, fencing: fenced)
    }
}

struct RollbackCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put the old cluster back where a run set it aside.",
        discussion: """
            Every host is looked at before anything is stopped: one that does not answer, is locked by \
            another run or holds data that is neither the restored nor the old forbids it. A host that \
            is lost for good is left out with --fence.

            What the restored cluster was given since is set aside as well, and lost to its \
            clients. Of a run whose fenced members were to join and have not, only the join is undone: \
            the restored cluster serves on.

            A run that raised the revision, for Kubernetes, and whose cluster clients have watched since is \
            not rolled back: the old cluster's revision is below what they have seen, and they would hear \
            nothing any more. The error names the restore that brings the old data back at a higher one.

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
    @Argument(help: RunSelection.help) var run: String?
    @OptionGroup var fences: FenceOptions
    @Option(
        help: ArgumentHelp(
            "Let the revision go back under clients that have watched the restored cluster: your word that "
                + "each of them, every kubelet and controller too, is restarted afterwards. Recorded.",
            valueName: "reason"
        )
    )
    var revisionGoesBack: String?
    @Flag(help: "Do not ask for the cluster's name; needs RUN or an inventory.") var yes = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let taking = TakingUp(context: context, options: options)
        if let revisionGoesBack, revisionGoesBack.allSatisfy(\.isWhitespace) {
            throw UsageProblem(
                "--revision-goes-back has no reason",
                hint: "say why, as --revision-goes-back 'nothing watched it': it is recorded"
            )
        }
        let stored = try taking.find(run, for: .rollback, isConfirmed: yes)
        let fenced = try taking.fences(fences.fence, stored)
        let turn = try await self.turn(stored, fenced, taking)
        return try await taking.turn(
            stored,
            to: turn,
            isConfirmed: yes,
            turn.plan.kind == .unjoin ? "to undo the join" : "to put its old data back"
        )
    }

    private func turn(
        _ stored: StoredRun,
        _ fenced: [FencedMember],
        _ taking: TakingUp
    ) async throws -> TakingUp.Turn {
        let now = JournalTime.now().description
        switch stored.state.phase {
        case .planned(.rollback), .underWay(.rollback), .halted(.rollback, _):
            try taking.requireQuorum(of: stored.current, without: fenced, goal: .rolledBack)
            return .goingOn(stored.current, fencing: fenced)
        case .planned(.unjoin), .underWay(.unjoin), .halted(.unjoin, _):
            return .goingOn(stored.current, fencing: fenced)
        case .planned(.join), .underWay(.join), .halted(.join, _):
            // the restored cluster serves on: there is no quorum to be put back
            let plan = UnjoinPlanner.plan(
                for: stored.current,
                started: stored.state.started,
                createdAt: now
            )
            return .turning(plan.fencing(fenced), fencing: fenced)
        default: break
        }
        if let plan = MemberRollback.plan(for: stored.whole, createdAt: now) {
            return .turning(plan, fencing: [])
        }
        let revision = RollbackRevision(stored: stored, word: revisionGoesBack)
        try revision.requireConsent(taking.context.terminal)
        try taking.requireQuorum(of: stored.whole, without: fenced, goal: .rolledBack)
        let whole = stored.whole.fencing(fenced)
        var plan = RollbackPlanner.plan(
            for: whole,
            leader: await taking.leader(of: whole),
            isUntouched: stored.state.isUntouched,
            begunSteps: stored.state.kinds.contains(.join)
                ? nil : Set(stored.state.steps.map(\.step)),
            createdAt: now
        )
        plan.outlook.warnings += revision.warnings
        return .turning(plan, fencing: fenced)
    }
}

struct CleanCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Delete what a finished run set aside on the hosts.",
        discussion: """
            Members that the run left out are left alone; what may be left on their hosts is told.

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
    @Argument(help: RunSelection.help) var run: String?
    @Flag(help: "Do not ask for the cluster's name; needs RUN or an inventory.") var yes = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let taking = TakingUp(context: context, options: options)
        let stored = try taking.find(run, for: .clean, isConfirmed: yes)
        let turn: TakingUp.Turn =
            stored.current.kind == .clean
            ? .goingOn(stored.current, fencing: [])
            : .turning(
                CleanPlanner.plan(
                    for: stored.whole.fencing(stored.leftOut),
                    createdAt: JournalTime.now().description
                ),
                fencing: []
            )
        return try await taking.turn(
            stored,
            to: turn,
            isConfirmed: yes,
            "to delete its old data for good"
        )
    }
}
