import ClusterInventory
import RestoreEngine
import RestorePlanning
import SnapshotSource
import SnapshotStore

/// The members' own data as the snapshot of a restore: recovered, kept, and then named like any other.
struct RestoreRecovery {
    let context: CommandContext
    let inventory: Inventory
    let fleet: Fleet
    let surroundings: SourceSurroundings
    /// Where it is kept; nil for a directory beside the runs.
    let place: String?

    static let option = "--recover-to"

    /// Recovers it and says how far each member was and what may be missing.
    ///
    /// - Returns: What `--snapshot` takes.
    /// - Throws: `UsageProblem`, and what `SnapshotRecovery` throws.
    func snapshot() async throws -> String {
        let fleet = fleet
        let destination = try DestinationReading(
            context: context,
            surroundings: surroundings,
            members: { fleet }
        )
        .destination(place ?? "\(context.store.path)/recovered", option: Self.option)
        let recovery = SnapshotRecovery(
            context: context,
            inventory: inventory,
            fleet: fleet,
            storing: SnapshotStoring(
                context: context,
                cluster: inventory.clusterName,
                destination: destination,
                layers: [],
                surroundings: surroundings
            ),
            surroundings: surroundings,
            wanted: nil,
            withoutWAL: false
        )
        let result = try await context.withDestination { try await recovery.run() }
        context.terminal.say(RecoveryText.render(result, destination) + "\n")
        return RecoveryText.place(result, destination)
    }
}
