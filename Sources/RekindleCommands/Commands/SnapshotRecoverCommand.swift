import ArgumentParser
import ClusterInventory
import EtcdModel
import RestoreEngine
import RestorePlanning
import SnapshotStore

struct SnapshotRecoverCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Without a quorum: the best of the members' own data, as a proven snapshot.",
        discussion: """
            Every member is looked at. One that answers is asked for a snapshot; of one that is stopped, \
            etcd replays the WAL on a copy of its data, in a network of its own where nobody can meet \
            it. All of that is proven and compared, and the furthest is kept as `snapshot save` keeps \
            one. The members' data is only read, and nothing stays on their hosts. `restore --snapshot` \
            brings the cluster back from it; `restore --playbook restore-from-members` does both.

            What may be missing is said: what only a member held that could not be read, and the last \
            writes before the members were cut off from each other.


            """
                + ExitStatus.help(
                    .done,
                    .failed,
                    .refused,
                    .interrupted,
                    .locked,
                    .usage,
                    .invalidInput
                )
    )

    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp(DestinationReading.help, valueName: "destination"))
    var to: String
    @Option(
        help: ArgumentHelp(
            "Look at this member alone: your decision where the members' data is of several clusters, "
                + "differs, or cannot be compared.",
            valueName: "name"
        )
    )
    var from: String?
    @Flag(
        name: .customLong("without-wal"),
        help:
            "Take databases as they lie there; the last writes, which only the WAL has, are missing."
    )
    var withoutWAL = false
    @OptionGroup var packing: PackingOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let sources = try SavingArguments(context, options, to: to, from: from, packing)
        let recovery = SnapshotRecovery(
            context: context,
            inventory: sources.inventory,
            fleet: sources.fleet,
            storing: sources.storing,
            surroundings: sources.storing.surroundings,
            wanted: from,
            withoutWAL: withoutWAL
        )
        let result = try await context.withDestination { try await recovery.run() }
        await sources.fleet.close()
        switch options.output {
        case .json:
            context.terminal.show(try BackupListing.json(RecoveryListing(result)))
        case .text:
            let destination = sources.storing.destination
            context.terminal.show(
                RecoveryText.render(result, destination)
                    + "\n\nnext: rekindle restore --snapshot "
                    + RecoveryText.place(result, destination)
            )
        }
        return .done
    }
}
