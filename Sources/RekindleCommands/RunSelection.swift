import ArgumentParser
import ClusterInventory
import Glibc
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport

/// Decides which run a command means: RUN, or the newest run of the inventory's cluster.
struct RunSelection {
    /// What the command does with the run.
    enum Use: Sendable, Hashable {
        /// It only shows it.
        case reads
        /// It changes hosts; `confirmed` by `--yes`, where nobody is shown what is about to happen.
        case changes(isConfirmed: Bool)
    }

    /// Where the inventory comes from.
    private enum Source {
        /// Named by --inventory or $REKINDLE_INVENTORY.
        case named(String?)
        /// ./inventory.yaml is there.
        case found
        case none
    }

    static let help = ArgumentHelp(
        "The run's ID or a prefix; left out, the newest of the inventory's cluster."
    )

    let context: CommandContext
    let inventoryPath: String?

    init(_ context: CommandContext, _ options: GlobalOptions) {
        self.context = context
        inventoryPath = options.inventory
    }

    init(_ context: CommandContext, inventory: String?) {
        self.context = context
        inventoryPath = inventory
    }

    /// Refuses to take over a run that is known here to be of another cluster.
    func requireOwn(_ run: String?, _ inventory: Inventory) throws {
        guard let run, let state = try StateDirectory(existingAt: context.store.path),
            let directory = try state.all().first(where: { $0.id == run }),
            let owner = ownership(of: directory, by: inventory)
        else { return }
        try require(owner, directory, inventory, for: .reads)
    }

    private var source: Source {
        if inventoryPath != nil { return .named(inventoryPath) }
        if context.world.environment["REKINDLE_INVENTORY"]?.isEmpty == false { return .named(nil) }
        return access(Preparation.usualInventory, F_OK) == 0 ? .found : .none
    }

    /// The inventory that says whose runs are meant; nil if there is none.
    func inventory() throws -> Inventory? {
        switch source {
        case .named(let path): try read(path)
        case .found: try read(nil)
        case .none: nil
        }
    }

    /// Whose the runs are is told without any password.
    private func read(_ path: String?) throws -> Inventory {
        try context.preparation.inventory(path, readsSecrets: false, tellsWarnings: false)
    }

    /// Returns the run's directory.
    ///
    /// - Throws: `CommandEnd`, `UsageProblem`, `RunNotFound`.
    func directory(_ run: String?, for use: Use) throws -> RunDirectory {
        let hasInventory = if case .none = source { false } else { true }
        if case .changes(isConfirmed: true) = use, run == nil, !hasInventory {
            throw UsageProblem(
                "--yes was given with neither a RUN nor an inventory; no host was changed",
                hint:
                    "name the run, as `rekindle runs` lists it, or its cluster's inventory with -i"
            )
        }
        guard let state = try StateDirectory(existingAt: context.store.path) else {
            throw RunNotFound.noRuns
        }
        guard let run else {
            return hasInventory
                ? try newest(of: try inventory(), in: state, for: use)
                : try newestOfAll(in: state, for: use)
        }
        let directory = try state.resolve(run)
        // whoever only looks, and names the run, is not asked for more
        if use == .reads, case .found = source { return directory }
        if let inventory = try inventory(), let owner = ownership(of: directory, by: inventory) {
            try require(owner, directory, inventory, for: use)
        }
        return directory
    }

    /// Runs of which nobody can tell whose they are count as the cluster's: the command then says what is
    /// wrong with the run, and takes no older one in its place.
    private func newest(
        of inventory: Inventory?,
        in state: StateDirectory,
        for use: Use
    ) throws -> RunDirectory {
        let all = try state.all()
        for directory in all.reversed() {
            guard let inventory, let owner = ownership(of: directory, by: inventory) else {
                return directory
            }
            if case .other = owner { continue }
            try require(owner, directory, inventory, for: use)
            return directory
        }
        guard let inventory, !all.isEmpty else { throw RunNotFound.noRuns }
        throw UsageProblem(
            "there is no run of cluster \(inventory.clusterName) here; no host was changed",
            hint:
                "`rekindle runs --all` lists the runs of every cluster; is --state-dir the one that the "
                + "run was begun with?"
        )
    }

    /// Without an inventory, a command that changes hosts guesses nothing.
    private func newestOfAll(in state: StateDirectory, for use: Use) throws -> RunDirectory {
        if case .changes = use {
            let clusters = Set(try state.all().compactMap { clusterName(of: $0) }).sorted()
            guard clusters.count < 2 else {
                throw UsageProblem(
                    "the runs here are of \(clusters.count) clusters: "
                        + "\(clusters.joined(separator: ", ")); no host was changed",
                    hint:
                        "name the run, as `rekindle runs` lists it, or its cluster's inventory with -i"
                )
            }
        }
        return try state.resolve(nil)
    }

    private func require(
        _ owner: Ownership,
        _ directory: RunDirectory,
        _ inventory: Inventory,
        for use: Use
    ) throws(CommandEnd) {
        switch (owner, use) {
        case (.same, _), (.changed, .reads): return
        case (.other(let why), _):
            context.terminal.problem(
                "run \(directory.id) is of another cluster than the inventory: \(why); no host was changed",
                hint: "give the inventory of the run's cluster with -i, or a run of "
                    + "\(inventory.clusterName): `rekindle runs` lists them"
            )
        case (.changed(let differences), .changes):
            context.terminal.problem(
                "run \(directory.id) has other members or hosts than the inventory; no host was changed",
                evidence: differences,
                hint:
                    "the run acts on the hosts that it began with. If they are meant, give the inventory "
                    + "as it was then, or name the run where no inventory is; a member that was replaced "
                    + "since has nothing to be put back"
            )
        }
        throw CommandEnd(status: .refused)
    }

    /// nil where its files do not tell.
    private func ownership(of directory: RunDirectory, by inventory: Inventory) -> Ownership? {
        if let stored = try? context.store.load(directory) {
            // a member that is left out may come back on another host
            return stored.whole.fencing(stored.leftOut).ownership(by: inventory)
        }
        // a damaged journal does not hide whose run it is
        if let plan = try? firstPlan(of: directory) { return plan.ownership(by: inventory) }
        return clusterName(of: directory).map {
            $0 == inventory.clusterName
                ? .same
                : .other("the run is of cluster \($0), the inventory of \(inventory.clusterName)")
        }
    }

    private func clusterName(of directory: RunDirectory) -> String? {
        if let plan = try? firstPlan(of: directory) { return plan.cluster }
        let records = (try? directory.salvageJournal(RunEvent.self))?.0?.records ?? []
        for record in records {
            if case .planned(let plan) = record.event { return plan.cluster }
        }
        return nil
    }

    private func firstPlan(of directory: RunDirectory) throws -> Plan {
        try PlanJSON.decode(try FileBytes.read(directory.planPath), file: directory.planPath)
    }
}
