import ClusterInventory
import EtcdModel
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import SnapshotSource

/// From an inventory and a snapshot to a plan whose checks have passed.
struct Planning: Sendable {
    let context: CommandContext
    /// Whether a refusal is told as the one object that `restore --output json` ends with.
    var reportsRefusal = false
    var source = SourceOptions()

    /// A plan from the inventory alone.
    func offlinePlan(_ inventory: Inventory, _ options: PlanOptions) async throws -> Plan {
        let playbook = try restorePlaybook(options)
        let intake = try intake(context.fleet(inventory), inventory)
        let place = options.snapshot ?? ""
        switch try intake.location(place) {
        case .file, .standardInput: break
        case .member, .bucket:
            throw UsageProblem(
                "\(place) cannot be read with --offline",
                hint: "leave --offline out, or give a file of this machine, or - for standard input"
            )
        }
        try require(PlaybookChecks.of(playbook, inventory), inventory)
        _ = try options.exceptions(inventory)
        let snapshot = try await intake.take(place).reference
        let seen = KnownRevisions(context: context, inventory: inventory).here(besides: snapshot)
        let planner = try planner(inventory, playbook, snapshot, options, seen: seen)
        let checks =
            SnapshotClusterCheck.of(snapshot, cluster: inventory.clusterName)
            + Preflight.checksWithoutHosts(
                inventory,
                snapshot: snapshot.proof,
                exceptions: planner.exceptions,
                seen: seen
            )
        try require(checks, inventory)
        return planner.offlinePlan(checks: checks)
    }

    /// What is wrong with the flags and the playbook, before any host is asked.
    func requireSense(_ inventory: Inventory, _ options: PlanOptions) throws {
        try require(PlaybookChecks.of(try restorePlaybook(options), inventory), inventory)
        _ = try options.exceptions(inventory)
    }

    /// Says what fails, and ends the command there.
    private func require(_ checks: [Check], _ inventory: Inventory) throws(CommandEnd) {
        let status = PreflightVerdict.status(checks)
        guard status == .done else {
            context.sayRefused(checks, inventory)
            throw CommandEnd(status: status)
        }
    }

    /// A plan for hosts that were asked, while the snapshot was proven.
    func newPlan(
        _ inventory: Inventory,
        _ options: PlanOptions,
        asking fleet: Fleet
    ) async throws -> (Plan, SnapshotBytesFrom) {
        let playbook = try restorePlaybook(options)
        // a wrong flag is told before any host is asked
        _ = try options.exceptions(inventory)
        try RunSelection(context, inventory: nil).requireOwn(options.takeOver, inventory)
        async let findings = context.findings(inventory, fleet)
        async let hooks = hookChecks(playbook, inventory, fleet)
        let snapshot = try await intake(fleet, inventory).take(options.snapshot ?? "")
        let found = await findings
        let seen = await KnownRevisions(context: context, inventory: inventory).all(
            besides: snapshot.reference,
            found,
            fleet,
            isRaised: try options.revisionBump() != nil || playbook.revisionBump != nil
        )
        let planner = try planner(inventory, playbook, snapshot.reference, options, seen: seen)
        return (try checkedPlan(planner, found, await hooks, seen: seen), snapshot.stream)
    }

    /// A drill is no restore: it would be over, and nothing restored.
    private func restorePlaybook(_ options: PlanOptions) throws -> Playbook {
        let playbook = try context.preparation.playbook(options.playbook)
        guard !playbook.isDrill else {
            throw UsageProblem(
                "\(options.playbook ?? "") is a drill, and restores nothing",
                hint: "run it with `rekindle drill`; or name a playbook that restores, as "
                    + Playbook.builtIn.filter { !$0.isDrill }.map(\.name).joined(separator: ", ")
            )
        }
        return playbook
    }

    private func intake(
        _ fleet: Fleet,
        _ inventory: Inventory,
        like given: SnapshotReference? = nil
    ) throws(UsageProblem) -> SnapshotIntake {
        var source = source
        // a plan has in it what was decided
        if let given { source.fromCluster = given.fromCluster }
        return try SnapshotIntake(context, source, of: inventory.clusterName) { fleet }
    }

    private func planner(
        _ inventory: Inventory,
        _ playbook: Playbook,
        _ snapshot: SnapshotReference,
        _ options: PlanOptions,
        seen: [SeenRevision]
    ) throws -> Planner {
        let run = context.preparation.newRunID(after: context.store.newestID())
        var exceptions = try options.exceptions(inventory)
        exceptions.revisionBump = (try options.revisionBump() ?? playbook.revisionBump)?
            .amount(for: snapshot.proof, beyond: seen.highest?.revision)
        return Planner(
            inventory: inventory,
            playbook: playbook,
            snapshot: snapshot,
            run: run,
            token: context.preparation.newToken(for: run),
            createdAt: JournalTime.now().description,
            exceptions: exceptions
        )
    }

    /// Says what the checks found, and plans where nothing forbids it.
    private func checkedPlan(
        _ planner: Planner,
        _ findings: [String: MemberFindings],
        _ hookChecks: [Check],
        seen: [SeenRevision],
        like given: Plan? = nil
    ) throws -> Plan {
        let checks =
            hookChecks
            + SnapshotClusterCheck.of(planner.snapshot, cluster: planner.inventory.clusterName)
            + Preflight.checks(
                planner.inventory,
                findings,
                snapshot: planner.snapshot.proof,
                exceptions: planner.exceptions,
                savesSafetySnapshot: planner.playbook.savesSafetySnapshot,
                relays: planner.playbook.relay != nil,
                seen: seen
            )
        let status = PreflightVerdict.status(checks)
        guard status == .done else {
            context.sayRefused(checks, planner.inventory)
            try report(
                checks,
                planner.plan(findings: findings, checks: checks)
            )
            throw CommandEnd(status: status)
        }
        return planner.plan(
            findings: findings,
            checks: checks,
            like: given
        )
    }

    /// Whether the playbook is one for this inventory, and its hooks can run.
    private func hookChecks(
        _ playbook: Playbook?,
        _ inventory: Inventory,
        _ fleet: Fleet
    ) async -> [Check] {
        guard let playbook else { return [] }
        var programs: [String: Set<String>] = [:]
        var hosts: [HookHost] = []
        for hook in playbook.hooks {
            for host in inventory.hosts(ofGroup: hook.group) ?? [] {
                if programs[host.name] == nil { hosts.append(host) }
                programs[host.name, default: []]
                    .formUnion([hook.command.first, hook.undo?.first].compactMap { $0 })
            }
        }
        let findings = await context.hookFindings(
            hosts.map { ($0, programs[$0.name, default: []].sorted()) },
            fleet
        )
        return PlaybookChecks.of(playbook, inventory)
            + HookChecks(inventory: inventory, findings: findings).all()
    }

    private func report(_ checks: [Check], _ plan: Plan) throws {
        guard reportsRefusal, context.terminal.format == .json else { return }
        let failures = checks.filter { $0.verdict == .fails }.map { check in
            RunFailure(
                host: check.member,
                step: "check",
                message: "\(check.name): \(check.saw)",
                hint: check.hint
            )
        }
        context.terminal.show(
            try RunReportJSON.encode(RunSummary(plan: plan, refusedFor: failures))
        )
    }

    /// Other plans are run by the commands that made them.
    private func requireRestore(_ plan: Plan, _ path: String) throws(CommandEnd) {
        let (what, hint): (String, String)
        switch plan.kind {
        case .restore: return
        case .drill: (what, hint) = ("a drill", "`rekindle drill` plans and runs one")
        case .member:
            (what, hint) = ("a change of a member", "`rekindle member` plans and runs one")
        case .join, .unjoin, .rollback, .clean:
            (what, hint) = (
                "the \(plan.kind.rawValue) of run \(plan.run)",
                "`rekindle runs show \(plan.run)` tells how that run goes on"
            )
        }
        context.terminal.problem("\(path) restores nothing: it is the plan of \(what)", hint: hint)
        throw CommandEnd(status: .invalidInput)
    }

    /// The plan of a file, if the world still is as it was when the plan was made.
    func plan(
        fromFile path: String,
        inventory: Inventory,
        asking fleet: Fleet
    ) async throws -> (Plan, SnapshotBytesFrom) {
        let given = try context.preparation.plan(path)
        try requireRestore(given, path)
        guard given.outlook.askedHosts else {
            context.terminal.problem(
                "\(path) was made offline: it does not know what is on the hosts",
                hint: "make it without --offline: `\(Preparation.planning)`"
            )
            throw CommandEnd(status: .invalidInput)
        }
        guard let meant = given.snapshot else {
            context.terminal.problem(
                "\(path) restores nothing",
                hint: "a change of a member is planned and run by `rekindle member`"
            )
            throw CommandEnd(status: .invalidInput)
        }
        if case .other(let why) = given.ownership(by: inventory) {
            context.terminal.problem(
                "\(path) is a plan for another cluster than the inventory's: \(why); no host was changed",
                hint: "give the inventory of the plan's cluster with -i, or make a new plan: "
                    + "`\(Preparation.planning)`"
            )
            throw CommandEnd(status: .refused)
        }
        try context.store.requireNotBegun(given.run)
        let lines = given.playbookLines
        async let findings = context.findings(inventory, fleet)
        async let hooks = hookChecks(lines, inventory, fleet)
        let taken = try await intake(fleet, inventory, like: meant).take(meant.path)
        let snapshot = taken.reference
        guard snapshot.proof.isOfSameFile(as: meant.proof) else {
            context.terminal.problem(
                "\(meant.path) is not the snapshot that \(path) was made for",
                hint: "the plan has SHA-256 \(meant.proof.sha256), the file "
                    + "\(snapshot.proof.sha256); make a new plan"
            )
            throw CommandEnd(status: .invalidInput)
        }
        guard let playbook = lines else {
            context.terminal.problem(
                "\(path) has steps that this version does not know",
                hint: "make a new plan"
            )
            throw CommandEnd(status: .invalidInput)
        }
        let planner = Planner(
            inventory: inventory,
            playbook: playbook,
            snapshot: meant,
            run: given.run,
            token: given.topology.token,
            createdAt: given.createdAt,
            exceptions: PlanExceptions(
                fenced: given.fenced,
                takesOver: given.targets.compactMap(\.takesOver).first,
                revisionBump: given.revisionBump
            )
        )
        let found = await findings
        let seen = await KnownRevisions(context: context, inventory: inventory)
            .all(besides: meant, found, fleet, isRaised: given.revisionBump != nil)
        let now = try checkedPlan(planner, found, await hooks, seen: seen, like: given)
        let differences = PlanComparison.differences(given, now)
        guard differences.isEmpty else {
            context.terminal.problem(
                "the world no longer matches \(path); no host was changed",
                evidence: differences,
                hint: "look at what changed, then make a new plan: `\(Preparation.planning)`"
            )
            throw CommandEnd(status: .refused)
        }
        return (given, taken.stream)
    }
}
