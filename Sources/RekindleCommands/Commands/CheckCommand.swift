import RestoreEngine
import ClusterInventory
import EtcdModel
import ArgumentParser
import RestorePlanning
import RunReport
import SnapshotSource

struct CheckCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at every member, read-only, and say what a restore would trip over.",
        discussion: ExitStatus.help(.done, .refused, .locked, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions

    @Option(
        help: ArgumentHelp(
            "Also prove this snapshot, and judge whether there is room for it; what --snapshot of "
                + "`plan` takes.",
            valueName: "snapshot"
        )
    )
    var snapshot: String?
    @OptionGroup var source: SourceOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let inventory = try context.preparation.inventory(options.inventory)
        let fleet = context.fleet(inventory)
        async let asked = context.findings(inventory, fleet)
        let (proof, sourceChecks) = try await lookAtSource(context, inventory, fleet)
        let findings = await asked
        let others = await context.hookFindings(inventory.groupHosts.map { ($0, []) }, fleet)
        await fleet.close()
        let checks =
            Preflight.checks(inventory, findings, snapshot: proof)
            + HookChecks(inventory: inventory, findings: others, areNeeded: false).all()
            + sourceChecks
            + noticeChecks(inventory, context.world)
        let members = inventory.members.map(\.member.name)
        switch options.output {
        case .text:
            context.terminal.show(
                page: ChecksText.render(
                    checks,
                    cluster: inventory.clusterName,
                    members: members,
                    showsSources: context.terminal.isVerbose,
                    style: context.terminal.style
                )
            )
        case .json:
            context.terminal.show(
                try ChecksJSON.encode(checks, cluster: inventory.clusterName, members: members)
            )
        }
        return PreflightVerdict.status(checks)
    }

    /// A restore does not need it: a drill whose notice cannot be sent would be told of nowhere.
    private func noticeChecks(_ inventory: Inventory, _ world: World) -> [Check] {
        guard let notify = inventory.notify else { return [] }
        do throws(NoticeFailure) {
            let webhook = Webhook(notify, environment: world.environment)
            _ = try webhook.curl()
            _ = try NoticeSecret.read(notify.secret, world.environment)
            return [Check("notify", member: nil, .holds, "\(notify.shownURL), by curl")]
        } catch {
            return [Check("notify", member: nil, .warns, error.fact, hint: error.hint)]
        }
    }

    /// A source that cannot be had, or opened, is one of the things that a restore would trip over.
    private func lookAtSource(
        _ context: CommandContext,
        _ inventory: Inventory,
        _ fleet: Fleet
    ) async throws -> (SnapshotProof?, [Check]) {
        guard let snapshot else { return (nil, []) }
        let intake = try SnapshotIntake(context, source, of: inventory.clusterName) { fleet }
        do {
            let reference = try await intake.open(snapshot).reference
            let check = Check(
                "snapshot source",
                member: nil,
                .holds,
                "\(reference.path) is proven, revision \(reference.proof.revision)"
            )
            return (
                reference.proof,
                [check] + SnapshotClusterCheck.of(reference, cluster: inventory.clusterName)
            )
        } catch let foreign as ForeignSnapshot {
            let check = Check(
                SnapshotClusterCheck.name,
                member: nil,
                .fails,
                foreign.fact,
                hint: foreign.hint
            )
            return (nil, [check])
        } catch let error as SourceFailure where error.isUnreachable {
            let said = error.evidence.isEmpty ? "" : ": " + error.evidence.joined(separator: "; ")
            let check = Check(
                "snapshot source",
                member: nil,
                .fails,
                error.fact + said,
                hint: error.hint
            )
            return (nil, [check])
        } catch {
            guard let problem = SourceProblem(error) else { throw error }
            context.terminal.problem(
                problem.fact,
                evidence: problem.evidence,
                hint: problem.hint
            )
            throw CommandEnd(status: .invalidInput)
        }
    }
}

/// What failed checks mean for the process.
enum PreflightVerdict {
    static func status(_ checks: [Check]) -> ExitStatus {
        let failed = checks.filter { $0.verdict == .fails }
        if failed.isEmpty { return .done }
        return failed.allSatisfy { $0.name == "lock" } ? .locked : .refused
    }
}
