import ClusterInventory
import EtcdModel
import RestoreEngine
import SnapshotSource

/// What the commands that store a snapshot of a member have in common.
struct SavingArguments {
    let inventory: Inventory
    let fleet: Fleet
    let storing: SnapshotStoring

    /// - Throws: `UsageProblem`, and what reading the inventory throws.
    init(
        _ context: CommandContext,
        _ options: GlobalOptions,
        to: String,
        from: String?,
        _ packing: PackingOptions
    ) throws {
        let layers = try packing.layers(context.world)
        let surroundings = SourceSurroundings(
            endpointURL: packing.endpointURL,
            environment: context.world.environment
        )
        inventory = try context.preparation.inventory(options.inventory)
        let names = inventory.members.map(\.member.name)
        if let from, !names.contains(from) {
            throw UsageProblem(
                "--from \(from): there is no such member",
                hint: NameSuggestion.hint(for: from, among: names, what: "members")
            )
        }
        let fleet = context.fleet(inventory)
        self.fleet = fleet
        storing = SnapshotStoring(
            context: context,
            cluster: inventory.clusterName,
            destination: try DestinationReading(
                context: context,
                surroundings: surroundings,
                members: { fleet }
            )
            .destination(to, option: "--to"),
            layers: layers,
            surroundings: surroundings
        )
    }
}
