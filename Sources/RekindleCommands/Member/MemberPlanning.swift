import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RunJournal
import RunReport

/// From an inventory and a member's name to the plan of its change.
struct MemberPlanning: Sendable {
    let context: CommandContext
    var request: MemberRequest

    /// The inventory with the member on another host, where one was given.
    func reading(
        _ path: String?,
        movingTo host: String?
    ) throws -> (planning: MemberPlanning, inventory: Inventory) {
        let inventory = try context.preparation.inventory(path)
        let names = inventory.members.map(\.member.name)
        guard names.contains(request.name) else {
            throw UsageProblem(
                "the inventory has no member \(request.name)",
                hint: NameSuggestion.hint(for: request.name, among: names, what: "members")
            )
        }
        guard let host else { return (self, inventory) }
        let before = inventory.members.first { $0.member.name == request.name }?.endpoint
        guard before?.config == nil else {
            throw UsageProblem(
                "--with \(host): the way to \(request.name) is from ssh's configuration, which says "
                    + "nothing of another host",
                hint: "write its new host and URLs into the inventory, and leave --with out"
            )
        }
        guard let moved = inventory.moving(request.name, to: host) else {
            throw UsageProblem(
                "the peer URLs of \(request.name) do not name its host, so that --with cannot tell the "
                    + "new ones",
                hint: "write its new host and URLs into the inventory, and leave --with out"
            )
        }
        var planning = self
        planning.request.movedFrom = before?.host
        return (planning, moved)
    }

    /// Asks all hosts, and one of the others for the members; refuses where a check fails.
    func plan(_ inventory: Inventory, asking fleet: Fleet) async throws -> Plan {
        let findings = await context.findings(inventory, fleet)
        let agent = MemberSituation.agent(
            for: request,
            among: inventory.members.map(\.member.name),
            findings.compactMapValues(\.facts)
        )
        let situation = MemberSituation(
            request: request,
            agent: agent,
            membership: await membership(agent, inventory, findings, fleet)
        )
        let checks = MemberChangeChecks(inventory, findings, situation).all()
        let status = PreflightVerdict.status(checks)
        guard status == .done else {
            context.sayRefused(checks, inventory)
            throw CommandEnd(status: status)
        }
        let run = context.preparation.newRunID(after: context.store.newestID())
        let planner = MemberChangePlanner(
            inventory,
            findings,
            situation,
            run: run,
            createdAt: JournalTime.now().description
        )
        guard let plan = planner.plan(checks) else {
            context.terminal.problem(
                "the checks hold, and yet there is no plan",
                hint: "this is a fault of this program: please report it"
            )
            throw CommandEnd(status: .failed)
        }
        return plan
    }

    private func membership(
        _ agent: String?,
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        _ fleet: Fleet
    ) async -> Membership? {
        guard let agent, let link = fleet[agent],
            let member = inventory.members.first(where: { $0.member.name == agent }),
            let facts = findings[agent]?.facts
        else { return nil }
        let builder = TargetBuilder(run: .nobody)
        let target = builder.target(
            member,
            builder.decided(member, facts),
            id: MemberID(rawValue: 0),
            facts: facts
        )
        guard let client = EtcdClient(target: target),
            let answer = try? await link.run(
                MembershipScript.command(client),
                limits: CommandLimits(deadline: .seconds(60))
            )
        else { return nil }
        return Membership(answer.outputText)
    }
}
