import ArgumentParser
import ClusterInventory
import RunReport

struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Take, keep and prove snapshots.",
        subcommands: [
            SnapshotSaveCommand.self, SnapshotListCommand.self, SnapshotPruneCommand.self,
            SnapshotRecoverCommand.self, SnapshotVerifyCommand.self,
        ]
    )
}

struct SnapshotVerifyCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove a snapshot, and say what is in it; no etcd tool is needed.",
        discussion: """
            With --inventory, a snapshot whose manifest names another cluster is refused.


            """ + ExitStatus.help(.done, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var source: SourceOptions
    @Argument(help: SourceOptions.snapshotHelp) var snapshot: String

    func body(_ context: CommandContext) async throws -> ExitStatus {
        // only NAME:/path needs to know the members
        let cluster = try options.inventory.map {
            try context.preparation.inventory($0, readsSecrets: false).clusterName
        }
        let intake = try SnapshotIntake(context, source, of: cluster) {
            [inventory = options.inventory] in
            context.fleet(try context.preparation.inventory(inventory, readsSecrets: false))
        }
        let reference = try await intake.take(snapshot).reference
        switch options.output {
        case .text:
            context.terminal.show(
                page: SnapshotText.render(reference, style: context.terminal.style)
            )
        case .json: context.terminal.show(try SnapshotText.json(reference))
        }
        return .done
    }
}
