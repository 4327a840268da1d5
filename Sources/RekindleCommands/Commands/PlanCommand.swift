import RestoreEngine
import ArgumentParser
import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import RunJournal
import RunReport

enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
    case shell
}

/// What a restore and its plan are made from.
struct PlanOptions: ParsableArguments {
    @Option(help: SourceOptions.snapshotHelp)
    var snapshot: String?

    @Option(
        help: ArgumentHelp(
            "A playbook's file, or restore-cluster (when left out), restore-cluster-staged, "
                + "restore-from-members, restore-single-member or restore-kubernetes.",
            valueName: "playbook"
        )
    )
    var playbook: String?

    @Option(
        name: .customLong("fence"),
        help: ArgumentHelp(
            "Leave this member out: your word that it is off, and stays off until `resume` restores "
                + "it. May be repeated.",
            valueName: "name=reason"
        )
    )
    var fence: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take the locks of this run over, whose coordinator and state directory are lost. What it "
                + "set aside stays on the hosts.",
            valueName: "run"
        )
    )
    var takeOver: String?

    @Option(
        help: ArgumentHelp(
            "Begin that many revisions after the snapshot's, with all before compacted, so that no "
                + "client's watch goes on from a revision that the cluster has lost: for Kubernetes. "
                + "auto: 1000000000, as etcd advises, or as many more as it takes to begin beyond all "
                + "that runs, backups and members have shown. Needs etcdutl or etcdctl 3.5.10, or 3.4.27.",
            valueName: "n|auto"
        )
    )
    var bumpRevision: String?

    /// nil where the revision is not to be raised.
    func revisionBump() throws(UsageProblem) -> RevisionRaise? {
        guard let bumpRevision else { return nil }
        guard let raise = RevisionRaise(bumpRevision) else {
            throw UsageProblem(
                "--bump-revision \(bumpRevision) is not a number that a revision can be raised by",
                hint: "give auto, or a whole number from 1 to \(RevisionBump.range.upperBound)"
            )
        }
        return raise
    }

    /// What the flags ask for but the raised revision; each name must be a member's.
    func exceptions(_ inventory: Inventory) throws(UsageProblem) -> PlanExceptions {
        let fenced = try FenceWords.read(
            fence,
            among: inventory.members.map {
                FenceWords.Candidate(name: $0.member.name, host: $0.endpoint.host)
            }
        )
        return PlanExceptions(fenced: fenced, takesOver: takeOver)
    }
}

struct PlanCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print exactly what a restore would do, without touching anything.",
        discussion: ExitStatus.help(.done, .refused, .locked, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var planOptions: PlanOptions
    @OptionGroup var source: SourceOptions

    @Flag(help: "Connect to nothing: plan from the inventory alone.")
    var offline = false

    @Option(help: "text, json, markdown (a runbook to follow by hand) or shell.")
    var format: PlanFormat?

    @Option(help: ArgumentHelp("Write it to a file instead of stdout.", valueName: "file"))
    var out: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        guard planOptions.snapshot != nil else {
            throw UsageProblem(
                "a plan of no snapshot",
                hint: "name its file with --snapshot; one of the members' own data is there after "
                    + "`rekindle snapshot recover --to DEST`"
            )
        }
        _ = try planOptions.revisionBump()
        let format = try options.format(format)
        try requireSenseOffline()
        let inventory = try context.preparation.inventory(
            options.inventory,
            readsSecrets: !offline
        )
        let planning = Planning(context: context, source: source)
        let plan: Plan
        if offline {
            plan = try await planning.offlinePlan(inventory, planOptions)
        } else {
            let fleet = context.fleet(inventory)
            (plan, _) = try await planning.newPlan(inventory, planOptions, asking: fleet)
            await fleet.close()
        }
        let text = try render(plan, format, context.terminal)
        if let out {
            try AtomicFile.write(Array(text.utf8), to: context.preparation.absolute(out))
            context.terminal.note("wrote the plan of run \(plan.run) to \(out)")
        } else {
            context.terminal.show(page: text)
        }
        return .done
    }

    /// Whose lock may be replaced is asked of the hosts.
    private func requireSenseOffline() throws(UsageProblem) {
        guard offline, planOptions.takeOver != nil else { return }
        throw UsageProblem(
            "both --offline and --take-over were given",
            hint: "leave --offline out: whether the lock can be taken over is asked of the hosts"
        )
    }

    private func render(
        _ plan: Plan,
        _ format: PlanFormat,
        _ terminal: Terminal
    ) throws -> String {
        switch format {
        case .text:
            PlanText.render(
                plan,
                style: out == nil ? terminal.style : .plain,
                verbose: terminal.isVerbose
            )
        case .json: try PlanJSON.encode(plan)
        case .markdown: PlanMarkdown.render(plan)
        case .shell: PlanShell.render(plan)
        }
    }
}
