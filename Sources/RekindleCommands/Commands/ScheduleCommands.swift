import ArgumentParser
import ClusterInventory
import FoundationEssentials
import Glibc
import RunJournal

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Units for systemd timers, or a Kubernetes CronJob.",
        subcommands: [ScheduleDrillCommand.self]
    )
}

enum ScheduleFormat: String, ExpressibleByArgument, CaseIterable {
    case systemd
    case cronjob
}

/// What a schedule is made from.
struct ScheduleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "monthly, weekly, daily (at 03:00), or a calendar of systemd; for a CronJob, cron's five "
                + "fields.",
            valueName: "when"
        )
    )
    var every: String

    @Option(help: "systemd: a service and its timer; cronjob: for Kubernetes.")
    var format: ScheduleFormat = .systemd

    @Option(help: ArgumentHelp("The user who runs it.", valueName: "user"))
    var user = "rekindle"

    @Option(
        help: ArgumentHelp(
            "The units' name. Default: rekindle-drill-CLUSTER.",
            valueName: "name"
        )
    )
    var name: String?

    @Option(
        help: ArgumentHelp("How long one may take, as 90m or 6h.", valueName: "time")
    )
    var timeout = "6h"

    @Option(
        help: ArgumentHelp(
            "By how much systemd moves each at random, so that not all begin at once.",
            valueName: "time"
        )
    )
    var randomizedDelay = "1h"

    @Option(
        help: ArgumentHelp(
            "The rekindle program of the units. Default: this one.",
            valueName: "file"
        )
    )
    var program: String?

    @Option(help: ArgumentHelp("The container image of the CronJob.", valueName: "image"))
    var image: String?

    @Option(help: ArgumentHelp("Write the files to a directory.", valueName: "dir"))
    var out: String?

    @Flag(help: "Write the units to /etc/systemd/system and start the timer; needs root.")
    var install = false
}

struct ScheduleDrillCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Rehearse a restore again and again: a systemd timer, or a Kubernetes CronJob.",
        discussion: """
            Prints the files, or writes them with --out, or installs them with --install. What \
            stands behind `--` is handed to `rekindle drill` as it is. A drill that fails, or misses \
            an objective, leaves its unit failed.


            """ + ExitStatus.help(.done, .failed, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var schedule: ScheduleOptions
    @OptionGroup var aftermath: AftermathOptions
    @Option(help: SourceOptions.snapshotHelp) var snapshot: String
    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Options of `rekindle drill`.", valueName: "drill options")
    )
    var extra: [String] = []

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let arguments = DrillArguments(context: context, options: options, extra: extra)
        try arguments.requireExtra()
        guard !schedule.install || schedule.out == nil else {
            throw UsageProblem("--install and --out exclude each other", hint: "give one of them")
        }
        let inventory =
            arguments.readsInventory ? try context.preparation.inventory(options.inventory) : nil
        let maker = ScheduleMaker(
            context: context,
            options: schedule,
            arguments: arguments,
            inventory: inventory,
            snapshot: snapshot,
            metricsDir: aftermath.metricsDir
        )
        switch schedule.format {
        case .cronjob: try hand(over: [try maker.cronJob().file], context)
        case .systemd:
            let units = try await maker.units()
            if schedule.install {
                let installer = UnitInstaller(
                    world: context.world,
                    terminal: context.terminal,
                    units: units
                )
                try await installer.install()
            } else {
                try hand(over: units.files, context)
            }
        }
        return .done
    }

    /// Writes the files, or prints them.
    private func hand(over files: [ScheduleFile], _ context: CommandContext) throws {
        if let out = schedule.out {
            for file in files {
                let path = context.preparation.absolute(out) + "/" + file.name
                do throws(SystemFailure) {
                    try AtomicFile.write(Array(file.text.utf8), to: path, readableByAll: true)
                } catch {
                    context.terminal.problem(
                        error.description,
                        hint: "--out must be a directory that is there, and yours to write to"
                    )
                    throw CommandEnd(status: .failed)
                }
                context.terminal.note("wrote \(path)")
            }
        } else if options.output == .json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let bytes = try encoder.encode(["files": files])
            context.terminal.show(String(decoding: bytes, as: UTF8.self))
        } else if files.count == 1 {
            context.terminal.show(files[0].text)
        } else {
            context.terminal.show(
                files.map { "# \(UnitInstaller.folder)/\($0.name)\n\($0.text)" }
                    .joined(separator: "\n")
            )
        }
    }
}
