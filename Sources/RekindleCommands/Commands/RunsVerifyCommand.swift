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


            """ + ExitStatus.help(.done, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The run's ID or a prefix; left out, the newest.")) var run:
        String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        guard let state = try StateDirectory(existingAt: context.store.path) else {
            throw RunNotFound.noRuns
        }
        let verdict = try JournalInspection(directory: try state.resolve(run)).verdict()
        switch options.output {
        case .text:
            context.terminal.show(
                JournalVerdictText.render(verdict, style: context.terminal.style)
            )
        case .json: context.terminal.show(try JournalVerdictJSON.encode(verdict))
        }
        for fault in verdict.faults {
            context.terminal.problem(fault.message, hint: fault.hint)
        }
        return verdict.isWhole ? .done : .invalidInput
    }
}
