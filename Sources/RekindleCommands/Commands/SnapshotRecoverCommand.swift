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

            --set-aside RUN takes what that restore renamed aside, whether the restored cluster serves or not: to \
            bring the old data back at a higher revision, where `rollback` is refused because clients have \
            watched.

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
    @Option(
        help: ArgumentHelp(
            "Recover the data that this restore set aside, not what the members have now.",
            valueName: "run"
        )
    )
    var setAside: String?
    @OptionGroup var packing: PackingOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let sources = try SavingArguments(context, options, to: to, from: from, packing)
        let run = try setAside.map { try restore($0, context) }
        let recovery = SnapshotRecovery(
            context: context,
            inventory: sources.inventory,
            fleet: sources.fleet,
            storing: sources.storing,
            surroundings: sources.storing.surroundings,
            wanted: from,
            withoutWAL: withoutWAL,
            setAsideBy: run
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

    /// The plan of the restore that is meant.
    private func restore(_ run: String, _ context: CommandContext) throws -> Plan {
        let directory = try RunSelection(context, options).directory(run, for: .reads)
        let plan = try context.store.load(directory).whole
        guard plan.kind == .restore || plan.kind == .join else {
            throw UsageProblem(
                "--set-aside \(run): that run is a \(plan.kind.rawValue), and set no cluster's data aside",
                hint: "`rekindle runs` lists the restores"
            )
        }
        return plan
    }
}
