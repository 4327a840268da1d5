import ArgumentParser
import ClusterInventory
import RestoreEngine
import RestorePlanning
import RunJournal
import RunReport

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Replace a failed member, or rebuild a corrupted one, while the others serve.",
        subcommands: [MemberReplaceCommand.self, MemberRebuildCommand.self]
    )
}

struct MemberReplaceCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Take a failed member out of the cluster, and in again, on its host or another.",
        discussion: MemberChange.discussion
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The member's name in the inventory.") var name: String
    @Option(
        help: ArgumentHelp(
            """
            The host that it has from now on, prepared like the old one and without data; its URLs \
            that name the old host name this one then.
            """,
            valueName: "host"
        )
    )
    var with: String?
    @OptionGroup var change: MemberChange

    func body(_ context: CommandContext) async throws -> ExitStatus {
        try await change.run(MemberRequest(.replace, name), on: with, options, context)
    }
}

struct MemberRebuildCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Give a corrupted member its data anew, from the others.",
        discussion: MemberChange.discussion
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The member's name in the inventory.") var name: String
    @OptionGroup var change: MemberChange

    func body(_ context: CommandContext) async throws -> ExitStatus {
        try await change.run(MemberRequest(.rebuild, name), on: nil, options, context)
    }
}

/// What both have in common.
struct MemberChange: ParsableArguments {
    static let discussion = """
        Its data is set aside, not deleted; it leaves the cluster, comes again as a learner, is sent all data \
        by the leader, and gets its vote once it has caught up. Refused unless the others are a quorum \
        without it.

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

    @Flag(help: "Do not ask for the member's name.") var yes = false
    @Flag(help: "Stop after the plan.") var dryRun = false

    func run(
        _ request: MemberRequest,
        on host: String?,
        _ options: GlobalOptions,
        _ context: CommandContext
    ) async throws -> ExitStatus {
        let (planning, inventory) = try MemberPlanning(context: context, request: request)
            .reading(options.inventory, movingTo: host)
        let fleet = context.fleet(inventory)
        let plan = try await planning.plan(inventory, asking: fleet)
        let terminal = context.terminal
        let isVerbose = terminal.isVerbose
        if dryRun {
            terminal.show(
                page: options.output == .json
                    ? try PlanJSON.encode(plan)
                    : PlanText.render(plan, style: terminal.style, verbose: isVerbose)
            )
            await fleet.close()
            return .done
        }
        if !options.quiet {
            terminal.say(
                page: PlanText.render(plan, style: terminal.errorStyle, verbose: isVerbose)
            )
        }
        try Consent(context: context, isGiven: yes).require(
            request.name,
            question: "Type the member's name, \(request.name), to \(request.purpose.rawValue) it:"
        )
        let (run, journal) = try await context.store.begin(plan)
        return try await RunSession(
            world: context.world,
            terminal: terminal,
            store: context.store
        ).drive(
            run,
            journal: journal,
            fleet: fleet,
            snapshot: SnapshotBytesFrom { _ in throw NothingToSend() },
            objectives: Objectives()
        )
    }
}

/// A change of a member sends no snapshot.
struct NothingToSend: Error, CustomStringConvertible {
    var description: String { "this run has no snapshot to send: please report this fault" }
}
