import ClusterInventory
import EtcdModel
import FoundationEssentials
import RestoreEngine
import RestorePlanning
import RunJournal
import RunReport

/// From a snapshot to the plan of a drill whose checks have passed.
struct DrillPlanning: Sendable {
    let context: CommandContext
    let source: SourceOptions
    let playbook: Playbook

    struct Planned: Sendable {
        var plan: Plan
        var fleet: Fleet
        var snapshot: SnapshotBytesFrom
    }

    /// Beside the members of the inventory.
    func beside(
        _ inventory: Inventory,
        snapshot place: String,
        settings: DrillSettings
    ) async throws -> Planned {
        // the connections that were used for looking serve the drill as well
        let fleet = context.fleet(inventory)
        async let findings = context.findings(inventory, fleet)
        let taken = try await SnapshotIntake(
            context,
            source,
            of: inventory.clusterName
        ) { fleet }.take(place, dated: true)
        let seen = await findings
        let checks =
            Preflight.checks(
                ofDrill: settings,
                inventory,
                seen,
                snapshot: taken.reference.proof
            ) + SnapshotClusterCheck.of(taken.reference, cluster: inventory.clusterName)
        try require(checks, inventory)
        let planner = planner(inventory, taken.reference, newRun(), settings)
        return Planned(
            plan: planner.plan(findings: seen, checks: checks),
            fleet: fleet,
            snapshot: taken.stream
        )
    }

    /// On this machine, in a directory that is made for it.
    func here(
        _ options: LocalDrillOptions,
        inventory: Inventory?,
        snapshot place: String
    ) async throws -> Planned {
        let taken = try await SnapshotIntake(context, source, of: inventory?.clusterName) {
            guard let inventory else {
                throw UsageProblem(
                    "\(place) may be a file of a member, and no inventory was given",
                    hint: "name one with --inventory, or begin the path of a file with ./"
                )
            }
            return context.fleet(inventory)
        }.take(place, dated: true)
        let proof = taken.reference.proof
        let run = newRun()
        let parent = context.preparation.absolute(
            options.scratchDir ?? context.world.environment["TMPDIR"] ?? "/tmp"
        )
        let directory = try LocalScratch.make(in: parent, for: run)
        do {
            let members = LocalMembers(
                clusterName: inventory?.clusterName ?? options.clusterName ?? "local",
                names: names(options, inventory, proof),
                directory: directory,
                binDir: options.binDir.map(context.preparation.absolute),
                login: try login(options, inventory),
                objectives: inventory?.objectives ?? Objectives(),
                world: context.world
            )
            let fleet = members.fleet(context)
            let seen = await context.findings(members.inventory, fleet)
            var checks = Preflight.checks(
                ofDrillHere: members.inventory,
                seen,
                snapshot: proof,
                directory: directory
            )
            if let inventory {
                checks += SnapshotClusterCheck.of(taken.reference, cluster: inventory.clusterName)
            }
            try require(checks, members.inventory)
            let settings = DrillSettings(
                place: .here(
                    directory: directory,
                    logs: try StateDirectory(makingAt: context.store.path).logs(of: run.rawValue)
                )
            )
            let planner = planner(members.inventory, taken.reference, run, settings)
            return Planned(
                plan: planner.plan(findings: seen, checks: checks),
                fleet: fleet,
                snapshot: taken.stream
            )
        } catch {
            try? FileManager.default.removeItem(atPath: directory)
            throw error
        }
    }

    /// The user of the options, else of the inventory's first member.
    private func login(
        _ options: LocalDrillOptions,
        _ inventory: Inventory?
    ) throws -> EtcdLogin? {
        guard let login = try options.login(context) else {
            return inventory?.members.lazy.compactMap(\.etcd.login).first
        }
        try context.preparation.requireSecret(login.passwordFile)
        return login
    }

    /// As many as the cluster had that the snapshot is of.
    private func names(
        _ options: LocalDrillOptions,
        _ inventory: Inventory?,
        _ proof: SnapshotProof
    ) -> [String] {
        if let count = options.members { return (1...count).map { "etcd-\($0)" } }
        if let inventory { return inventory.members.map(\.member.name) }
        let own = Set(proof.members.map(\.name).filter { !$0.isEmpty }).sorted()
        return own.isEmpty ? (1...3).map { "etcd-\($0)" } : own
    }

    private func newRun() -> RunID {
        context.preparation.newRunID(after: context.store.newestID())
    }

    private func planner(
        _ inventory: Inventory,
        _ snapshot: SnapshotReference,
        _ run: RunID,
        _ settings: DrillSettings
    ) -> Planner {
        Planner(
            inventory: inventory,
            playbook: playbook,
            snapshot: snapshot,
            run: run,
            token: context.preparation.newToken(for: run),
            createdAt: JournalTime.now().description,
            drill: settings
        )
    }

    private func require(_ checks: [Check], _ inventory: Inventory) throws {
        let status = PreflightVerdict.status(checks)
        guard status == .done else {
            context.sayRefused(checks, inventory)
            throw CommandEnd(status: status)
        }
    }
}
