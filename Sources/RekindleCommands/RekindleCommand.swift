package import ArgumentParser

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
            RollbackCommand.self, CleanCommand.self, RunsCommand.self, ReportCommand.self,
            SnapshotCommand.self, InventoryCommand.self,
        ]
    )

    @OptionGroup var options: GlobalOptions

    package init() {}

    /// Parses the arguments, runs the command and ends the process.
    package static func runToExit() async -> Never {
        await main(GlobalArguments.behindTheCommand(Array(CommandLine.arguments.dropFirst())))
        exit()
    }
}

enum RekindleVersion {
    static let text = "0.1.0"
}
