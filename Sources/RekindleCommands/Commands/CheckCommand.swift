import RestoreEngine
import ClusterInventory
import EtcdModel
import ArgumentParser
import RestorePlanning
import RunReport

struct CheckCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at every member, read-only, and say what a restore would trip over.",
        discussion: ExitStatus.help(.done, .refused, .locked, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Also judge whether there is room for it.", valueName: "file"))
    var snapshot: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let inventory = try context.preparation.inventory(options.inventory)
        let fleet = context.fleet(inventory)
        async let asked = context.findings(inventory, fleet)
        var proof: SnapshotProof?
        if let snapshot {
            proof = try await context.preparation.snapshotAside(snapshot).proof
        }
        let findings = await asked
        await fleet.close()
        let checks = Preflight.checks(inventory, findings, snapshot: proof)
        let members = inventory.members.map(\.member.name)
        switch options.output {
        case .text:
            context.terminal.show(
                ChecksText.render(
                    checks,
                    cluster: inventory.clusterName,
                    members: members,
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
}

/// What failed checks mean for the process.
enum PreflightVerdict {
    static func status(_ checks: [Check]) -> ExitStatus {
        let failed = checks.filter { $0.verdict == .fails }
        if failed.isEmpty { return .done }
        return failed.allSatisfy { $0.name == "lock" } ? .locked : .refused
    }
}
