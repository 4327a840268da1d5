import ArgumentParser
import RunJournal
import RunReport

struct RunsVerifyCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a run's journal is whole: every line's hash, and the chain of them.",
        discussion: """
            Where it is not: the line, what is wrong with it, how much before it can be trusted, \
            and what can still be done by hand on each host. No host is asked.


            """ + ExitStatus.help(.done, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: RunSelection.help) var run: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let directory = try RunSelection(context, options).directory(run, for: .reads)
        let verdict = try JournalInspection(directory: directory).verdict()
        switch options.output {
        case .text:
            context.terminal.show(
                page: JournalVerdictText.render(verdict, style: context.terminal.style)
            )
        case .json: context.terminal.show(try JournalVerdictJSON.encode(verdict))
        }
        for fault in verdict.faults {
            context.terminal.problem(fault.message, hint: fault.hint)
        }
        return verdict.isWhole ? .done : .invalidInput
    }
}
