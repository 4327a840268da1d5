import ArgumentParser
import RestorePlanning
import RunReport

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "The history: what was run, and what came of it.",
        subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsVerifyCommand.self],
        defaultSubcommand: RunsListCommand.self
    )
}

struct RunsListCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Every run, oldest first.",
        discussion: ExitStatus.help(.done, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let (runs, unreadable) = try context.store.all()
        let rows = runs.map { RunListing(run: $0.restore.run, state: $0.state) }
        let damaged = unreadable.map { DamagedRun(id: $0.id, problem: $0.why) }
        switch options.output {
        case .text:
            context.terminal.show(
                RunsTable.render(rows, damaged: damaged, style: context.terminal.style)
            )
        case .json: context.terminal.show(try RunsTable.json(rows, damaged: damaged))
        }
        for run in unreadable {
            context.terminal.problem(
                "run \(run.id) cannot be read: \(run.why)",
                hint: RunUnreadable.pointer(run.id)
            )
        }
        return unreadable.isEmpty ? .done : .invalidInput
    }
}

struct RunsShowCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One run: what was done, what was proven, what to do next.",
        discussion: ExitStatus.help(.done, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The run's ID or a prefix; left out, the newest.")) var run:
        String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let run = try context.store.find(run)
        let summary = RunSummary(plan: run.current, state: run.state)
        switch options.output {
        case .text:
            context.terminal.show(RunShow.render(summary, style: context.terminal.style))
        case .json: context.terminal.show(try RunReportJSON.encode(summary))
        }
        return .done
    }
}
