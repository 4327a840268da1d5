import ClusterInventory
import EtcdModel
import RestoreEngine
import RestorePlanning
import RunJournal

/// From a restore that left fenced members out to the plan that brings them in.
struct Joining: Sendable {
    let context: CommandContext
    let stored: StoredRun

    /// Refuses unless the members' hosts can be restored now and the cluster that they join serves.
    func plan(_ inventoryPath: String?) async throws -> Plan {
        let restore = stored.whole
        guard let snapshot = restore.snapshot else {
            preconditionFailure("a restore has a snapshot")
        }
        let fenced = Set(restore.fenced.map(\.name))
        let inventory = try context.preparation.inventory(inventoryPath)
        let fleet = context.fleet(inventory)
        let findings = await context.findings(inventory, fleet)
        await fleet.close()
        let planner = Planner(
            inventory: inventory,
            playbook: .restoreCluster,
            snapshot: snapshot,
            run: restore.run,
            token: restore.topology.token,
            createdAt: JournalTime.now().description
        )
        let whole = planner.plan(findings: findings, checks: [])
        let checks =
            Preflight.checks(inventory, findings, snapshot: snapshot.proof)
            .filter { check in check.member.map(fenced.contains) == true }
            + [JoinChecks.sameCluster(restore, whole), JoinChecks.serving(restore, findings)]
        let status = PreflightVerdict.status(checks)
        guard status == .done else {
            context.sayRefused(checks, inventory)
            throw CommandEnd(status: status)
        }
        let missing = findings.compactMapValues(\.facts).filter {
            $0.value.dataDir?.exists == false
        }
        return JoinPlanner.plan(
            for: restore,
            from: snapshot,
            joining: whole.targets.filter { fenced.contains($0.name) },
            withoutDataDir: fenced.intersection(missing.keys),
            outlook: whole.outlook,
            createdAt: planner.createdAt
        )
    }
}
