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
        BackupText.noteAhead(
            stored.all.filter { $0.isAhead(of: context.world.now) },
            context
        )
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
            where its manifest says so; every deletion is a line of the audit log. What is dated in the \
            future, by a wrong clock, is kept and not counted.


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
        let now = context.world.now
        let decision = PruneDecision(stored, keeping: retention, at: now)
        try show(decision, context)
        BackupText.noteAhead(decision.ahead, context)
        let asked = decision.doomed
        guard !dryRun, !asked.all.isEmpty else { return .done }
        try Consent(context: context, isGiven: yes).require(
            "\(asked.all.count)",
            question: "Type their number, \(asked.all.count), to delete them for good:"
        )
        let audit = AuditLog(in: try StateDirectory(makingAt: context.store.path))
        let deleted = try await context.withDestination {
            try await destination.withoutSaves {
                // a person took their time, and others work there too: whatever is not exactly as it
                // was is left for the next prune
                let later = try await destination.stored()
                let doomed = asked.intersection(
                    PruneDecision(later, keeping: retention, at: now).doomed
                )
                // intent before effect: what is deleted is told, whatever becomes of this process
                try await audit.append(
                    doomed.all.map {
                        BackupRecord(.deleting, $0, in: destination.description, context.world)
                    }
                )
                try await destination.delete(doomed.files)
                return doomed.all.count
            }
        }
        let kept = decision.kept.count + decision.ahead.count
        context.terminal.note("deleted \(deleted), kept \(kept)")
        if deleted < asked.all.count {
            context.terminal.note(
                "\(asked.all.count - deleted) changed meanwhile and were left: prune again"
            )
        }
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
                kept: decision.kept.map { BackupListing($0.snapshot, kept: $0.reasons) }
                    + decision.ahead.map { BackupListing($0, kept: ["future"]) },
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
        lines += decision.ahead.map {
            "keep    \(BackupText.line($0, now: now)) (future: not counted)"
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
        let stored = try await context.withDestination { try await destination.stored() }
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
