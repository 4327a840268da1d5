import ArgumentParser
import RunReport

struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Snapshot files.",
        subcommands: [SnapshotVerifyCommand.self]
    )
}

struct SnapshotVerifyCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove a snapshot file, and say what is in it; no etcd tool is needed.",
        discussion: ExitStatus.help(.done, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The snapshot.", valueName: "file")) var file: String

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let reference = try context.preparation.snapshot(file)
        switch options.output {
        case .text:
            context.terminal.show(SnapshotText.render(reference, style: context.terminal.style))
        case .json: context.terminal.show(try SnapshotText.json(reference))
        }
        return .done
    }
}
