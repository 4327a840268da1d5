package import ArgumentParser
import Glibc
import RunReport

/// The root of the command line.
package struct RekindleCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rekindle",
        abstract: "Brings a multi-member etcd cluster back from a snapshot, over SSH.",
        discussion: """
            A restore is planned, shown, and only then run. Old data is renamed aside, never \
            deleted. A run that was interrupted is finished by `resume` or undone by `rollback`. \
            Done means proven: every member serves exactly the snapshot's data.
            """,
        version: RekindleVersion.text,
        subcommands: [
            CheckCommand.self, PlanCommand.self, RestoreCommand.self, ResumeCommand.self,
            RollbackCommand.self, CleanCommand.self, DrillCommand.self, ScheduleCommand.self,
            RunsCommand.self, ReportCommand.self, SnapshotCommand.self, MemberCommand.self,
            InventoryCommand.self,
        ]
    )

    @OptionGroup var options: GlobalOptions

    package init() {}

    /// Parses the arguments, runs the command and ends the process.
    package static func runToExit() async -> Never {
        // a reader that went away is an error of the write, and no end of a restore
        signal(SIGPIPE, SIG_IGN)
        let given = Array(CommandLine.arguments.dropFirst())
        do {
            let words = GlobalArguments.behindTheCommand(given)
            if let unknown = HelpRequest.unknownCommand(in: words) {
                World.real().say(unknown)
                exit(withError: ExitCode(ExitStatus.usage.rawValue))
            }
            var command = try parseAsRoot(words)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit()
        } catch {
            guard let text = ParserMessage.text(error) else { exit(withError: error) }
            World.real().say(VisibleText.atTheRim(text, inked: false))
            exit(withError: ExitCode(ExitStatus.usage.rawValue))
        }
    }
}

enum RekindleVersion {
    static let text = "0.1.0"
}
