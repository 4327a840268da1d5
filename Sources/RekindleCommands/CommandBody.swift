import ArgumentParser
import RunJournal

/// Every command's `run` is its body in here: one place turns what it throws into what is said and
/// how the process ends.
protocol RekindleSubcommand: AsyncParsableCommand {
    var options: GlobalOptions { get }
    func body(_ context: CommandContext) async throws -> ExitStatus
}

extension RekindleSubcommand {
    func run() async throws {
        let context = CommandContext(options)
        let status: ExitStatus
        do {
            try options.requireSense()
            status = try await body(context)
        } catch let end as CommandEnd {
            status = end.status
        } catch let error as UsageProblem {
            context.terminal.problem(error.fact, hint: error.hint)
            status = .usage
        } catch let error as RunNotBegun {
            context.terminal.problem(error.description, hint: error.hint)
            status = .refused
        } catch let error as RunNotFound {
            context.terminal.problem(error.description, hint: error.hint)
            status = .usage
        } catch let error as RunLockHeld {
            context.terminal.problem(error.description, hint: error.hint)
            status = .locked
        } catch let error as RunWentOn {
            context.terminal.problem(error.description, hint: error.hint)
            status = .locked
        } catch let error as StateDirectoryUnsafe {
            context.terminal.problem(error.description, hint: error.hint)
            status = .refused
        } catch let error as JournalFault {
            context.terminal.problem(error.description, hint: error.hint)
            status = .invalidInput
        } catch let error as RunUnreadable {
            context.terminal.problem(error.description, hint: error.hint)
            status = .invalidInput
        } catch let error as SystemFailure {
            context.terminal.problem(error.description, hint: error.hint)
            status = .failed
        } catch {
            context.terminal.problem("\(error)")
            status = .failed
        }
        throw ExitCode(status.rawValue)
    }
}
