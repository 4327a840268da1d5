import ArgumentParser
import EtcdModel
import RestorePlanning
import RunReport
import SnapshotSource
import SnapshotStore

extension SnapshotPacking.Compression: ExpressibleByArgument {}

struct SnapshotSaveCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Save a snapshot of a healthy member, prove it, and keep it with a manifest.",
        discussion:
            "A follower is taken before the leader. Nothing has its final name before it is proven.\n\n"
            + ExitStatus.help(.done, .failed, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Option(
        help: ArgumentHelp(
            "The directory to keep it in; it is made where it is missing.",
            valueName: "dir"
        )
    )
    var to: String
    @Option(help: ArgumentHelp("Save this member's, whatever its state.", valueName: "name"))
    var from: String?
    @Option(help: ArgumentHelp("gz or zst: compress it.", valueName: "gz|zst"))
    var compress: SnapshotPacking.Compression?
    @Option(
        help: ArgumentHelp(
            "Encrypt it to this recipient: age1… or a public key of SSH's by age, else by gpg.",
            valueName: "recipient"
        )
    )
    var encryptTo: String?
    @Option(
        help: ArgumentHelp(
            "Encrypt it by gpg with the first line of this file.",
            valueName: "file"
        )
    )
    var passphraseFile: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let inventory = try context.preparation.inventory(options.inventory)
        if let passphraseFile {
            try SourceOptions.requireReadable(passphraseFile, "--passphrase-file")
        }
        let surroundings = SourceSurroundings(environment: context.world.environment)
        let saving = SnapshotSaving(
            context: context,
            inventory: inventory,
            store: try KeepingPlace.store(to, context, surroundings),
            packing: SnapshotPacking(compression: compress, encryption: try encryption()),
            surroundings: surroundings
        )
        let manifest: SnapshotManifest
        do {
            manifest = try await saving.run(from: from)
        } catch {
            guard let problem = SourceProblem(error) else { throw error }
            context.terminal.problem(problem.fact, evidence: problem.evidence, hint: problem.hint)
            return .failed
        }
        switch options.output {
        case .json: context.terminal.show(try KeptSnapshotsText.json(manifest))
        case .text:
            context.terminal.show(
                KeptSnapshotsText.saved(
                    manifest,
                    at: saving.store.location(of: manifest.file),
                    style: context.terminal.style
                )
            )
        }
        return .done
    }

    private func encryption() throws -> SnapshotPacking.Encryption? {
        guard let encryptTo else { return passphraseFile.map { .passphrase(file: $0) } }
        guard passphraseFile == nil else {
            throw UsageProblem(
                "--encrypt-to and --passphrase-file at once",
                hint: "encrypt to a recipient, or with a passphrase"
            )
        }
        return .recipient(encryptTo)
    }
}

struct SnapshotListCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The snapshots that are kept in a place, oldest first.",
        discussion: ExitStatus.help(.done, .failed, .usage)
    )

    @OptionGroup var options: GlobalOptions
    @Option(name: .customLong("in"), help: ArgumentHelp("The directory.", valueName: "dir"))
    var place: String

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let store = try KeepingPlace.store(
            place,
            context,
            SourceSurroundings(environment: context.world.environment)
        )
        let kept: [KeptSnapshot]
        do {
            kept = try await store.list()
        } catch let failure as SourceFailure {
            context.terminal.problem(failure.fact, evidence: failure.evidence, hint: failure.hint)
            return .failed
        }
        switch options.output {
        case .json: context.terminal.show(try KeptSnapshotsText.json(kept))
        case .text:
            context.terminal.show(
                KeptSnapshotsText.list(kept, now: context.world.now, style: context.terminal.style)
            )
        }
        return .done
    }
}

struct SnapshotPruneCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete kept snapshots that no rule keeps.",
        discussion: """
            The rules are restic's: of every hour, day, ISO week and month (UTC) the newest, for as many of \
            these as are asked for. Each cluster's snapshots are judged by themselves; its newest proven one stays \
            whatever the rules say, and so does what has no manifest, or is not as it says.

            """ + ExitStatus.help(.done, .failed, .refused, .usage)
    )

    @OptionGroup var options: GlobalOptions
    @Option(name: .customLong("in"), help: ArgumentHelp("The directory.", valueName: "dir"))
    var place: String
    @Option(help: "Keep the newest N.") var keepLast = 0
    @Option(help: "Keep the newest of each of N hours.") var keepHourly = 0
    @Option(help: "Keep the newest of each of N days.") var keepDaily = 0
    @Option(help: "Keep the newest of each of N weeks.") var keepWeekly = 0
    @Option(help: "Keep the newest of each of N months.") var keepMonthly = 0
    @Flag(help: "Say what would go, and delete nothing.") var dryRun = false
    @Flag(help: "Do not ask.") var yes = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let rules = Retention(
            last: keepLast,
            hourly: keepHourly,
            daily: keepDaily,
            weekly: keepWeekly,
            monthly: keepMonthly
        )
        guard !rules.isEmpty,
            [keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly].allSatisfy({ $0 >= 0 })
        else {
            throw UsageProblem(
                "no rule says what to keep",
                hint: "as `--keep-daily 7 --keep-weekly 5 --keep-monthly 12`"
            )
        }
        let store = try KeepingPlace.store(
            place,
            context,
            SourceSurroundings(environment: context.world.environment)
        )
        do {
            return try await prune(store, rules, context)
        } catch let failure as SourceFailure {
            context.terminal.problem(failure.fact, evidence: failure.evidence, hint: failure.hint)
            return .failed
        }
    }

    private func prune(
        _ store: any KeptSnapshots,
        _ rules: Retention,
        _ context: CommandContext
    ) async throws -> ExitStatus {
        let verdicts = rules.verdicts(try await store.list())
        let going = verdicts.filter(\.reasons.isEmpty).map(\.snapshot)
        switch options.output {
        case .json: context.terminal.show(try KeptSnapshotsText.json(verdicts, isDryRun: dryRun))
        case .text:
            context.terminal.show(
                KeptSnapshotsText.verdicts(verdicts, style: context.terminal.style)
            )
        }
        guard !dryRun, !going.isEmpty else { return .done }
        try Consent(context: context, isGiven: yes).require(
            "\(going.count)",
            question: "To delete them for good, type their number, \(going.count):"
        )
        let log = BackupLog(context: context)
        for snapshot in going {
            // on record before it happens: what was let go must not be a riddle
            try log.add(.pruned, snapshot.file, at: store.place, snapshot.manifest)
            try await store.delete(snapshot)
        }
        context.terminal.note(
            "deleted \(going.count), \(ByteText.describe(going.reduce(0) { $0 + $1.bytes }))"
        )
        return .done
    }
}
