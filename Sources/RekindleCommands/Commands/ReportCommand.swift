import ArgumentParser
import RunJournal
import RunReport

enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
    case html
}

struct ReportCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "The report of a run: what was done, how long it took, the evidence.",
        discussion: """
            It is made from the run's journal and plans alone; no host is asked. html is one file that \
            loads nothing, for a browser, a phone or paper.


            """ + ExitStatus.help(.done, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: RunSelection.help) var run: String?
    @Option(help: "text, json, markdown or html.") var format: ReportFormat?
    @Option(help: ArgumentHelp("Write it to a file instead of stdout.", valueName: "file"))
    var out: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let format = try options.format(format)
        let directory = try RunSelection(context, options).directory(run, for: .reads)
        let history = try context.store.history(directory)
        let text = try render(history, format, context.terminal)
        if let out {
            try AtomicFile.write(Array(text.utf8), to: context.preparation.absolute(out))
            context.terminal.note("wrote the report of run \(history.run) to \(out)")
        } else {
            context.terminal.show(page: text)
        }
        return .done
    }

    private func render(
        _ history: RunHistory,
        _ format: ReportFormat,
        _ terminal: Terminal
    ) throws -> String {
        switch format {
        case .text:
            RunReportText.render(
                history.told,
                seal: history.seal,
                style: out == nil ? terminal.style : .plain
            )
        case .json: try RunReportJSON.encode(history.told, seal: history.seal)
        case .markdown: RunReportMarkdown.render(history)
        case .html: RunReportHTML.render(history)
        }
    }
}
