import ArgumentParser
import RestoreEngine
import RunJournal
import SnapshotSource
import SnapshotStore

struct SnapshotListCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The snapshots of a destination: age, size, revision, proven or not.",
        discussion: ExitStatus.help(.done, .failed, .interrupted, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var place: PlaceOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let (stored, destination) = try await place.read(context, options)
        switch options.output {
        case .json:
            context.terminal.show(try BackupListing.json(stored.all.map { BackupListing($0) }))
        case .text:
            let now = context.world.now
            let lines = stored.all.map { BackupText.line($0, now: now) }
            if lines.isEmpty {
                context.terminal.note("there is no snapshot in \(destination.description)")
            } else {
                context.terminal.show(lines.joined(separator: "\n"))
            }
        }
        return .done
    }
}

struct SnapshotPruneCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete snapshots that no rule keeps; never the newest proven one.",
        discussion: """
            The rules are restic's: of each, going back from the newest, the newest snapshot of every \
            hour, day, week (ISO) or month is kept until its count is used up; all times are UTC, and \
            every cluster is counted by itself. Only what `snapshot save` wrote is deleted, and only \
            where its manifest says so; every deletion is a line of the audit log.


            """
                + ExitStatus.help(.done, .failed, .refused, .interrupted, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var place: PlaceOptions
    @OptionGroup var rules: RetentionOptions
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "Say what would be deleted, and stop.") var dryRun = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let retention = try rules.retention()
        let (stored, destination) = try await place.read(context, options)
        let decision = PruneDecision(stored, keeping: retention)
        try show(decision, context)
        let doomed = decision.deleted + decision.leftovers
        guard !dryRun, !doomed.isEmpty else { return .done }
        try Consent(context: context, isGiven: yes).require(
            "\(doomed.count)",
            question: "Type their number, \(doomed.count), to delete them for good:"
        )
        let audit = AuditLog(in: try StateDirectory(makingAt: context.store.path))
        try await context.withDestination {
            // intent before effect: what is deleted is told, whatever becomes of this process
            try await audit.append(
                doomed.map {
                    BackupRecord(.deleting, $0, in: destination.description, context.world)
                }
            )
            // the snapshot before its manifest: a manifest alone is told, and pruned next time
            try await destination.delete(doomed.flatMap { [$0.name.text, $0.name.manifest] })
        }
        context.terminal.note("deleted \(doomed.count), kept \(decision.kept.count)")
        return .done
    }

    private func show(_ decision: PruneDecision, _ context: CommandContext) throws {
        if options.output == .json {
            struct Document: Encodable {
                var kept: [BackupListing]
                var deleted: [BackupListing]
                var leftovers: [BackupListing]
                var untouched: [BackupListing]
            }
            let document = Document(
                kept: decision.kept.map { BackupListing($0.snapshot, kept: $0.reasons) },
                deleted: decision.deleted.map { BackupListing($0) },
                leftovers: decision.leftovers.map { BackupListing($0) },
                untouched: decision.untouched.map { BackupListing($0) }
            )
            return context.terminal.show(try BackupListing.json(document))
        }
        let now = context.world.now
        var lines = decision.kept.map {
            "keep    \(BackupText.line($0.snapshot, now: now)) (\($0.reasons.joined(separator: ", ")))"
        }
        lines += decision.deleted.map { "delete  \(BackupText.line($0, now: now))" }
        lines += decision.leftovers.map { "delete  \(BackupText.line($0, now: now))" }
        lines += decision.untouched.map { "leave   \(BackupText.line($0, now: now))" }
        guard !lines.isEmpty else { return context.terminal.note("there is no snapshot") }
        context.terminal.show(lines.joined(separator: "\n"))
    }
}

/// A destination whose backups are told of.
struct PlaceOptions: ParsableArguments {
    @Option(
        name: .customLong("in"),
        help: ArgumentHelp(DestinationReading.help, valueName: "destination")
    )
    var place: String

    @Option(
        name: .customLong("endpoint-url"),
        help: ArgumentHelp("The S3 server, where it is not Amazon's.", valueName: "url")
    )
    var endpointURL: String?

    /// - Throws: `UsageProblem`, `CommandEnd`.
    func read(
        _ context: CommandContext,
        _ options: GlobalOptions
    ) async throws -> (StoredSnapshots, any SnapshotDestination) {
        let destination = try DestinationReading(
            context: context,
            surroundings: SourceSurroundings(
                endpointURL: endpointURL,
                environment: context.world.environment
            ),
            members: {
                context.fleet(
                    try context.preparation.inventory(options.inventory, readsSecrets: false)
                )
            }
        )
        .destination(place, option: "--in")
        let stored = try await context.withDestination {
            StoredSnapshots(
                entries: try await destination.entries(),
                manifests: try await destination.manifests()
            )
        }
        return (stored, destination)
    }
}

/// How many are kept, in restic's words.
struct RetentionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep the newest so many.", valueName: "n")) var keepLast: Int?
    @Option(help: ArgumentHelp("Keep the newest of so many hours.", valueName: "n"))
    var keepHourly: Int?
    @Option(help: ArgumentHelp("Keep the newest of so many days.", valueName: "n"))
    var keepDaily: Int?
    @Option(help: ArgumentHelp("Keep the newest of so many weeks.", valueName: "n"))
    var keepWeekly: Int?
    @Option(help: ArgumentHelp("Keep the newest of so many months.", valueName: "n"))
    var keepMonthly: Int?

    /// - Throws: `UsageProblem` where it would keep nothing.
    func retention() throws(UsageProblem) -> Retention {
        for (option, count) in [
            ("--keep-last", keepLast), ("--keep-hourly", keepHourly), ("--keep-daily", keepDaily),
            ("--keep-weekly", keepWeekly), ("--keep-monthly", keepMonthly),
        ] {
            guard let count, count < 0 else { continue }
            throw UsageProblem("\(option) \(count) is no count", hint: "give 0 or more")
        }
        let retention = Retention(
            last: keepLast ?? 0,
            hourly: keepHourly ?? 0,
            daily: keepDaily ?? 0,
            weekly: keepWeekly ?? 0,
            monthly: keepMonthly ?? 0
        )
        guard !retention.isEmpty else {
            throw UsageProblem(
                "no rule says what to keep",
                hint: "give one or more, as --keep-last 4 --keep-daily 7 --keep-weekly 5"
            )
        }
        return retention
    }
}
