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
    /// The members that are left out of the restore.
    let fenced: [String]

    static let option = "--recover-to"

    /// Recovers it and says how far each member was and what may be missing.
    ///
    /// Refused where a member may have more that could not be read: nobody has decided yet to lose it.
    /// - Returns: What `--snapshot` takes.
    /// - Throws: `UsageProblem`, `CommandEnd`, and what `SnapshotRecovery` throws.
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
            withoutWAL: false,
            fenced: fenced
        )
        let result = try await context.withDestination { try await recovery.run() }
        context.terminal.say(page: RecoveryText.render(result, destination) + "\n")
        let place = RecoveryText.place(result, destination)
        try requireAllRead(result.outcomes, place)
        return place
    }

    private func requireAllRead(
        _ outcomes: [SnapshotRecovery.Outcome],
        _ place: String
    ) throws(CommandEnd) {
        let unread: [LostMember] = outcomes.compactMap { outcome in
            guard case .lost(let member) = outcome else { return nil }
            return member.hasNoData || fenced.contains(member.name) ? nil : member
        }
        guard let first = unread.first else { return }
        let names = unread.map(\.name).joined(separator: ", ")
        context.terminal.problem(
            "\(names) may have newer data, which could not be read",
            evidence: unread.map(SurvivorTable.loss),
            hint: (first.hint.map { "\($0); or, " } ?? "")
                + "to go on without it: `rekindle restore --snapshot \(place)`"
        )
        throw CommandEnd(status: .refused)
    }
}
