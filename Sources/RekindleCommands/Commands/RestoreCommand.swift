import ArgumentParser
import ClusterInventory
import RestorePlanning
import RunJournal
import RunReport

struct RestoreCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Plan a restore, show the plan, ask, run it, prove the result.",
        discussion: ExitStatus.help(
            .done,
            .failed,
            .refused,
            .interrupted,
            .locked,
            .missedObjective,
            .usage,
            .invalidInput
        )
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var planOptions: PlanOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var transfer: TransferOptions

    @Option(
        help: ArgumentHelp(
            "Run this plan, made by `plan --format json --out`; refused if the world changed.",
            valueName: "file"
        )
    )
    var plan: String?

    @Option(
        help: ArgumentHelp(
            "Without a quorum: restore the best of the members' own data, which is recovered and "
                + "kept here first, as by `snapshot recover --to`.",
            discussion: "Default, with the playbook restore-from-members: `recovered` in the state "
                + "directory.",
            valueName: "destination"
        )
    )
    var recoverTo: String?

    @Flag(help: "Do not ask for the cluster's name.")
    var yes = false

    @Flag(help: "Stop after the plan: the same as `plan`.")
    var dryRun = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        // not in `validate`, which the parser calls before it finds a misspelt option
        let recovers = try requireOneSource(context)
        let inventory = try context.preparation.inventory(options.inventory)
        let planning = Planning(context: context, reportsRefusal: true, source: source)
        // the connections that were used for looking serve the run as well
        let fleet = context.fleet(inventory)
        let accepted: Plan
        let snapshot: SnapshotBytesFrom
        if let plan {
            (accepted, snapshot) = try await planning.plan(
                fromFile: plan,
                inventory: inventory,
                asking: fleet
            )
        } else {
            var asked = planOptions
            if recovers {
                try planning.requireSense(inventory, asked)
                asked.snapshot = try await RestoreRecovery(
                    context: context,
                    inventory: inventory,
                    fleet: fleet,
                    surroundings: try source.surroundings(context.world),
                    place: recoverTo,
                    fenced: try asked.exceptions(inventory).fenced.map(\.name)
                ).snapshot()
            }
            (accepted, snapshot) = try await planning.newPlan(
                inventory,
                asked,
                asking: fleet
            )
        }
        let terminal = context.terminal
        let isVerbose = terminal.isVerbose
        if dryRun {
            terminal.show(
                page: options.output == .json
                    ? try PlanJSON.encode(accepted)
                    : PlanText.render(accepted, style: terminal.style, verbose: isVerbose)
            )
            return .done
        }
        if !options.quiet {
            terminal.say(
                page: PlanText.render(accepted, style: terminal.errorStyle, verbose: isVerbose)
            )
        }
        try Consent(context: context, isGiven: yes).require(
            accepted.cluster,
            question: "Type the cluster's name, \(accepted.cluster), to restore it:"
        )
        let (run, journal) = try await context.store.begin(accepted)
        return try await RunSession(
            world: context.world,
            terminal: terminal,
            store: context.store,
            bandwidth: transfer.bandwidth?.shared
        ).drive(
            run,
            journal: journal,
            fleet: fleet,
            snapshot: snapshot,
            objectives: inventory.objectives
        )
    }
}

extension RestoreCommand {
    /// - Returns: Whether the members' own data is the snapshot.
    private func requireOneSource(_ context: CommandContext) throws -> Bool {
        _ = try planOptions.revisionBump()
        if plan != nil {
            try requirePlanAlone()
            return false
        }
        if recoverTo != nil, planOptions.snapshot != nil {
            throw UsageProblem(
                "both --snapshot and --recover-to were given",
                hint:
                    "give one of them: a snapshot that is there, or where to keep the members' own "
                    + "data"
            )
        }
        if planOptions.snapshot != nil { return false }
        guard
            try recoverTo != nil
                || context.preparation.playbook(planOptions.playbook).recoversSnapshot
        else {
            throw UsageProblem(
                "nothing to restore was named",
                hint: "give a snapshot with --snapshot, or a plan with --plan; without either and "
                    + "without a quorum, --recover-to takes the members' own data"
            )
        }
        guard !dryRun else {
            throw UsageProblem(
                "a dry run recovers nothing from the members",
                hint: "`rekindle snapshot recover --to DEST` does, and changes nothing there; then "
                    + "plan with --snapshot DEST/FILE"
            )
        }
        return true
    }

    private func requirePlanAlone() throws(UsageProblem) {
        let other =
            planOptions.snapshot != nil
            ? "--snapshot" : recoverTo != nil ? "--recover-to" : nil
        if let other {
            throw UsageProblem(
                "both \(other) and --plan were given",
                hint: "give one of them: a plan has its snapshot in it"
            )
        }
        if !(planOptions.fence.isEmpty && planOptions.takeOver == nil
            && planOptions.bumpRevision == nil && source.fromCluster == nil)
        {
            throw UsageProblem(
                "--plan was given with --fence, --take-over, --bump-revision or --from-cluster",
                hint: "give them to `plan`: a plan has in it what was decided"
            )
        }
        if planOptions.playbook != nil {
            throw UsageProblem(
                "both --plan and --playbook were given",
                hint: "leave --playbook out: a plan has its playbook in it"
            )
        }
    }
}

/// The word of a person, before anything is changed.
struct Consent {
    let context: CommandContext
    let isGiven: Bool

    func require(_ word: String, question: String) throws {
        if isGiven { return }
        guard context.world.inputIsTerminal else {
            throw UsageProblem(
                "there is no terminal to ask at; no host was changed",
                hint: "give --yes where nobody can answer, as in a script"
            )
        }
        guard context.terminal.confirm(word, question: question) else {
            context.terminal.say("Not confirmed; nothing was changed.")
            throw CommandEnd(status: .refused)
        }
    }
}
