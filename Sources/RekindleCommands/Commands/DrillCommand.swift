import ArgumentParser
import ClusterInventory
import EtcdModel
import RestoreEngine
import RestorePlanning
import RunReport

/// What a drill on this machine is told.
struct LocalDrillOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "On this machine alone: no inventory, no root, no systemd, no open port; etcd, etcdctl "
                + "and etcdutl must be installed here."
        )
    )
    var local = false

    @Option(
        help: ArgumentHelp(
            "With --local: how many members; left out, as many as the snapshot's cluster had.",
            valueName: "n"
        )
    )
    var members: Int?

    @Option(
        help: ArgumentHelp(
            "With --local: where etcd and its tools are; left out, the PATH.",
            valueName: "directory"
        )
    )
    var binDir: String?

    @Option(
        help: ArgumentHelp(
            "With --local: where the scratch cluster's data is made, and removed; left out, $TMPDIR, "
                + "else /tmp.",
            valueName: "directory"
        )
    )
    var scratchDir: String?

    @Option(
        help: ArgumentHelp(
            "With --local and no inventory: what the runs and reports call the cluster; left out, local.",
            valueName: "name"
        )
    )
    var clusterName: String?

    @Option(
        help: ArgumentHelp(
            "With --local: a user with the role root in the snapshot, if authentication is on in it; "
                + "left out, the inventory's.",
            valueName: "user"
        )
    )
    var authUser: String?

    @Option(
        help: ArgumentHelp("With --local: the file with that user's password.", valueName: "file")
    )
    var authPasswordFile: String?

    /// - Throws: `UsageProblem` for one without the other.
    func login(_ context: CommandContext) throws(UsageProblem) -> EtcdLogin? {
        switch (authUser, authPasswordFile) {
        case (nil, nil): return nil
        case (let user?, let file?):
            return EtcdLogin(user: user, passwordFile: context.preparation.absolute(file))
        case (_?, nil), (nil, _?):
            throw UsageProblem(
                "--auth-user and --auth-password-file go together",
                hint: "give both, or neither"
            )
        }
    }
}

struct DrillCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Rehearse a restore beside production: a scratch cluster is restored, proven, "
            + "measured, removed.",
        discussion: """
            The same steps as a restore, on the real members, into a cluster that no client can \
            reach. Production's units, data and ports are left alone, and that is proven at the \
            end. Whatever happens, what the drill made is removed; what is left of one whose \
            coordinator died is removed by the next.


            """
                + ExitStatus.help(
                    .done,
                    .failed,
                    .refused,
                    .interrupted,
                    .locked,
                    .missedObjective,
                    .usage,
                    .invalidInput
                )
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: SourceOptions.snapshotHelp)
    var snapshot: String?

    @Option(
        help: ArgumentHelp(
            "A playbook's file with the steps of a drill, and checks of your own; left out, drill.",
            valueName: "playbook"
        )
    )
    var playbook: String?

    @Option(
        help: ArgumentHelp(
            "Where the scratch members reach one another; a host's second member takes the next. Left "
                + "out, \(DrillSettings.usualPeerPort).",
            valueName: "port"
        )
    )
    var peerPort: Int?

    @Option(
        help: ArgumentHelp(
            "Drill every cluster that has an inventory there, *.yaml, one process each; {cluster} in "
                + "--snapshot stands for its name.",
            valueName: "directory"
        )
    )
    var inventoryDir: String?

    @Option(
        help: ArgumentHelp(
            "With --inventory-dir: how many clusters at a time; left out, 4.",
            valueName: "n"
        )
    )
    var jobs: Int?

    @OptionGroup var here: LocalDrillOptions
    @OptionGroup var source: SourceOptions
    @OptionGroup var transfer: TransferOptions
    @OptionGroup var aftermath: AftermathOptions

    @Flag(help: "Stop after the plan.")
    var dryRun = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        guard let snapshot else {
            throw UsageProblem("a drill of no snapshot", hint: "name one with --snapshot")
        }
        try requireSense()
        if let inventoryDir {
            return try await DrillFleet(
                context: context,
                jobs: jobs ?? 4,
                options: fleetOptions(context),
                snapshot: snapshot
            )
            .run(inventoryDir)
        }
        let playbook = try playbook(context)
        let session = DrillSession(context: context, bandwidth: transfer.bandwidth?.shared)
        let planning = DrillPlanning(context: context, source: source, playbook: playbook)
        let planned: DrillPlanning.Planned
        let notify: NotifySettings?
        if here.local {
            let inventory = try options.inventory.map { try context.preparation.inventory($0) }
            if !dryRun {
                let cluster = inventory?.clusterName ?? here.clusterName ?? "local"
                try await session.sweepEarlier(of: cluster, isLocal: true)
            }
            notify = inventory?.notify
            planned = try await planning.here(here, inventory: inventory, snapshot: snapshot)
        } else {
            let inventory = try context.preparation.inventory(options.inventory)
            if !dryRun {
                try await session.sweepEarlier(
                    of: inventory.clusterName,
                    isLocal: false,
                    inventory
                )
            }
            notify = inventory.notify
            planned = try await planning.beside(
                inventory,
                snapshot: snapshot,
                settings: DrillSettings(
                    place: .members,
                    peerPort: peerPort ?? DrillSettings.usualPeerPort
                )
            )
        }
        return try await end(
            planned,
            session,
            DrillAftermath(context, aftermath, notify: notify),
            context
        )
    }

    private func end(
        _ planned: DrillPlanning.Planned,
        _ session: DrillSession,
        _ aftermath: DrillAftermath,
        _ context: CommandContext
    ) async throws -> ExitStatus {
        let terminal = context.terminal
        if dryRun {
            terminal.show(
                page: options.output == .json
                    ? try PlanJSON.encode(planned.plan)
                    : PlanText.render(
                        planned.plan,
                        style: terminal.style,
                        verbose: terminal.isVerbose
                    )
            )
            LocalScratch.remove(after: planned.plan)
            await planned.fleet.close()
            return .done
        }
        if terminal.isVerbose {
            terminal.say(
                page: PlanText.render(planned.plan, style: terminal.errorStyle, verbose: true)
            )
        }
        return try await session.drive(planned, then: aftermath)
    }

    /// What each drill of many is told as this one was.
    private func fleetOptions(_ context: CommandContext) -> [String] {
        func option(_ name: String, _ value: String?) -> [String] {
            value.map { ["--\(name)", $0] } ?? []
        }
        return option("state-dir", context.store.path) + option("playbook", playbook)
            + option("peer-port", peerPort.map(String.init)) + (here.local ? ["--local"] : [])
            + option("members", here.members.map(String.init)) + option("bin-dir", here.binDir)
            + option("scratch-dir", here.scratchDir)
            + option("passphrase-file", source.passphraseFile)
            + source.identities.flatMap { ["--identity", $0] }
            + option("endpoint-url", source.endpointURL)
            + option("bandwidth", transfer.bandwidth?.text)
            + option("metrics-dir", aftermath.metricsDir)
    }

    private func requireSense() throws(UsageProblem) {
        if inventoryDir != nil, source.fromCluster != nil {
            throw UsageProblem(
                "--inventory-dir was given with --from-cluster",
                hint: "each cluster of a directory is drilled with its own snapshot"
            )
        }
        if inventoryDir != nil, options.inventory != nil || dryRun {
            throw UsageProblem(
                "--inventory-dir was given with --inventory or --dry-run",
                hint: "give one of them"
            )
        }
        if let jobs, !(1...64).contains(jobs) {
            throw UsageProblem("--jobs \(jobs) is no number of clusters", hint: "use 1 to 64")
        }
        if let peerPort, !(1...65535).contains(peerPort) {
            throw UsageProblem("--peer-port \(peerPort) is no port", hint: "use 1 to 65535")
        }
        try requireUse()
        if let members = here.members, !(1...9).contains(members) {
            throw UsageProblem("--members \(members) is no size for a drill", hint: "use 1 to 9")
        }
        if !here.local, here.members != nil || here.binDir != nil || here.scratchDir != nil {
            throw UsageProblem(
                "--members, --bin-dir and --scratch-dir are for a drill on this machine",
                hint: "add --local, or leave them out"
            )
        }
    }

    /// Refuses what would have no effect on this drill.
    private func requireUse() throws(UsageProblem) {
        if jobs != nil, inventoryDir == nil {
            throw UsageProblem(
                "--jobs is for drills of many clusters",
                hint: "add --inventory-dir, or leave it out"
            )
        }
        if here.local, peerPort != nil {
            throw UsageProblem(
                "--peer-port is for drills beside production: on this machine no port is opened",
                hint: "leave --peer-port or --local out"
            )
        }
        if here.clusterName != nil,
            !here.local || options.inventory != nil || inventoryDir != nil
        {
            throw UsageProblem(
                "--cluster-name is for a drill on this machine without an inventory",
                hint: "leave it out: the inventory names the cluster"
            )
        }
    }

    private func playbook(_ context: CommandContext) throws -> Playbook {
        guard let playbook else { return .drill }
        let given = try context.preparation.playbook(playbook)
        guard given.isDrill else {
            throw UsageProblem(
                "\(playbook) is no drill: it has no start-scratch-cluster",
                hint: "begin with a copy of playbooks/drill.yaml"
            )
        }
        return given
    }
}
