import ClusterInventory
import ArgumentParser
import RestorePlanning
import RunJournal
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
        abstract: "Every run, oldest first; with an inventory, those of its cluster.",
        discussion: ExitStatus.help(.done, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Flag(help: "Only the drills, with what they measured.") var drills = false
    @Flag(help: "The runs of every cluster, also where there is an inventory.") var all = false
    @Option(
        help: "With --drills: text, json, or html: one page with the trend over all of them."
    )
    var format: DrillsFormat?
    @Option(
        help: ArgumentHelp(
            "With --drills: write it to a file instead of stdout.",
            valueName: "file"
        )
    )
    var out: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        guard drills || (format == nil && out == nil) else {
            throw UsageProblem("--format and --out are for the drills", hint: "add --drills")
        }
        let format = try options.format(format)
        var (runs, unreadable) = try context.store.all()
        if !all, let inventory = try RunSelection(context, options).inventory() {
            let others = runs.filter {
                if case .other = $0.whole.ownership(by: inventory) { true } else { false }
            }
            let names = Set(others.map(\.directory.id))
            runs.removeAll { names.contains($0.directory.id) }
            if !others.isEmpty {
                context.terminal.note(
                    "not shown: runs of other clusters than \(inventory.clusterName) "
                        + "(\(others.count)); `rekindle runs --all` lists them"
                )
            }
        }
        if drills {
            try show(
                try runs.filter { $0.restore.kind == .drill }
                    .compactMap { DrillListing(try context.store.history($0.directory)) },
                format,
                context
            )
        } else {
            try show(runs, unreadable, context)
        }
        for run in unreadable {
            context.terminal.problem(
                "run \(run.id) cannot be read: \(run.why)",
                hint: RunUnreadable.pointer(run.id)
            )
        }
        return unreadable.isEmpty ? .done : .invalidInput
    }

    private func show(
        _ runs: [StoredRun],
        _ unreadable: [(id: String, why: String)],
        _ context: CommandContext
    ) throws {
        let rows = runs.map { RunListing(run: $0.restore.run, state: $0.state) }
        let damaged = unreadable.map { DamagedRun(id: $0.id, problem: $0.why) }
        switch options.output {
        case .text:
            context.terminal.show(
                page: RunsTable.render(rows, damaged: damaged, style: context.terminal.style)
            )
        case .json: context.terminal.show(try RunsTable.json(rows, damaged: damaged))
        }
    }

    private func show(
        _ drills: [DrillListing],
        _ format: DrillsFormat,
        _ context: CommandContext
    ) throws {
        let text =
            switch format {
            case .text:
                DrillsTable.render(drills, style: out == nil ? context.terminal.style : .plain)
            case .json: try DrillsTable.json(drills)
            case .html: DrillTrendHTML.render(drills)
            }
        guard let out else { return context.terminal.show(page: text) }
        try AtomicFile.write(Array(text.utf8), to: context.preparation.absolute(out))
        context.terminal.note("wrote the history of \(drills.count) drills to \(out)")
    }
}

enum DrillsFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case html
}

struct RunsShowCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One run: what was done, what was proven, what to do next.",
        discussion: ExitStatus.help(.done, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: RunSelection.help) var run: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let directory = try RunSelection(context, options).directory(run, for: .reads)
        let summary = try context.store.history(directory).told
        switch options.output {
        case .text:
            context.terminal.show(page: RunShow.render(summary, style: context.terminal.style))
        case .json: context.terminal.show(try RunReportJSON.encode(summary))
        }
        return .done
    }
}
