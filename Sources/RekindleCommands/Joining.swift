import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal

/// From a restore that left fenced members out to the plan that brings them in.
struct Joining: Sendable {
    let context: CommandContext
    let stored: StoredRun
    /// The members to bring in.
    let returning: [FencedMember]
    /// The members that are left out from now on: a restored one whose host is lost, or one that stays off.
    let fenced: [FencedMember]

    /// Refuses unless the members' hosts can be restored now and the cluster that they join serves, and
    /// expects them.
    func plan(_ inventoryPath: String?) async throws -> Plan {
        let lost = fenced.filter { one in !stored.leftOut.contains { $0.name == one.name } }
        let left =
            stored.leftOut.filter { one in !returning.contains { $0.name == one.name } } + lost
        let restore = stored.whole.fencing(stored.leftOut + lost)
        guard let snapshot = restore.snapshot else {
            preconditionFailure("a restore has a snapshot")
        }
        let joining = Set(returning.map(\.name))
        let inventory = try context.preparation.inventory(inventoryPath)
        let fleet = context.fleet(inventory)
        let findings = await context.findings(inventory, fleet, run: restore.run)
        let told = await membership(restore, findings, fleet)
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
        let targets = whole.targets.filter { joining.contains($0.name) }
            .map { asBeforeTheRun($0, findings[$0.name]?.facts) }
        let checks =
            Preflight.checks(inventory, findings, snapshot: snapshot.proof)
            .filter { check in check.member.map(joining.contains) == true }
            .filter { !isOfOwnRun($0, findings) }
            + [JoinChecks.sameCluster(restore, whole), JoinChecks.serving(restore, findings)]
            + JoinChecks.answering(restore, findings)
            + JoinChecks.expected(
                targets,
                by: told,
                started: stored.state.started,
                findings
            )
        let status = PreflightVerdict.status(checks)
        guard status == .done else {
            context.sayRefused(checks, inventory)
            throw CommandEnd(status: status)
        }
        let missing = findings.compactMapValues(\.facts).filter {
            $0.value.dataDir?.exists == false
        }
        var plan = JoinPlanner.plan(
            for: restore,
            from: snapshot,
            joining: targets,
            withoutDataDir: joining.intersection(missing.keys),
            outlook: whole.outlook,
            createdAt: planner.createdAt
        )
        // who stays off keeps the words with which it was fenced
        plan.fenced = left
        return plan
    }

    /// A member that was fenced in the middle of the run has its old data set aside by it: what a rollback puts
    /// back is what was there before the run, not what is there now.
    private func asBeforeTheRun(_ target: MemberTarget, _ facts: HostFacts?) -> MemberTarget {
        guard let before = stored.restore.target(named: target.name),
            let look = facts?.observation, look.runDirectoryExists
        else { return target }
        var target = target
        target.hasOldData = before.hasOldData
        target.oldIdentity = before.oldIdentity
        target.wasActive = before.wasActive
        return target
    }

    /// Whether a check fails for nothing but what this very run left on the host.
    private func isOfOwnRun(_ check: Check, _ findings: [String: MemberFindings]) -> Bool {
        guard check.verdict == .fails, let member = check.member,
            let look = findings[member]?.facts?.observation
        else { return false }
        let run = stored.restore.run.rawValue
        switch check.name {
        case "lock": return look.lock?.run == run
        case "hold", "service": return look.service.heldBy == run
        default: return false
        }
    }

    /// Asks one restored member that serves who belongs to the cluster; nil if none tells.
    private func membership(
        _ restore: Plan,
        _ findings: [String: MemberFindings],
        _ fleet: Fleet
    ) async -> Membership? {
        for target in restore.targets {
            guard findings[target.name]?.facts?.live?.clusterID == restore.clusterID,
                let link = fleet[target.name], let client = EtcdClient(target: target),
                let answer = try? await link.run(
                    MembershipScript.command(client),
                    limits: CommandLimits(deadline: .seconds(60))
                ), let membership = Membership(answer.outputText)
            else { continue }
            return membership
        }
        return nil
    }
}
