import ArgumentParser
import ClusterInventory
import FoundationEssentials
import Glibc
import RunJournal

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Units for systemd timers, a Kubernetes CronJob, or a Schedule of Velero.",
        subcommands: [ScheduleDrillCommand.self, ScheduleSnapshotCommand.self]
    )
}

enum ScheduleFormat: String, ExpressibleByArgument, CaseIterable {
    case systemd
    case cronjob
    case velero
}

/// What a schedule is made from.
struct ScheduleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "monthly, weekly, daily (at 03:00), 6h (or 1, 2, 3, 4, 8, 12), or a calendar of systemd; for a "
                + "CronJob, cron's five fields.",
            valueName: "when"
        )
    )
    var every: String

    @Option(
        help: ArgumentHelp(
            "systemd: a service and its timer; cronjob: for Kubernetes; velero: a Schedule of "
                + "Velero, and the pod whose hook saves (snapshot only)."
        )
    )
    var format: ScheduleFormat = .systemd

    @Option(help: ArgumentHelp("The user who runs it.", valueName: "user"))
    var user = "rekindle"

    @Option(
        help: ArgumentHelp(
            "The units' name. Default: rekindle-drill-CLUSTER, or rekindle-snapshot-CLUSTER.",
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

    @Option(
        help: ArgumentHelp(
            "The container image of the CronJob, or of Velero's pod.",
            valueName: "image"
        )
    )
    var image: String?

    @Option(
        help: ArgumentHelp("Where Velero's pod is. Default: rekindle.", valueName: "namespace")
    )
    var namespace: String?

    @Option(help: ArgumentHelp("Where Velero runs. Default: velero.", valueName: "namespace"))
    var veleroNamespace: String?

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
        let arguments = JobArguments(context: context, options: options, extra: extra)
        try arguments.requireExtra()
        let inventory =
            arguments.readsInventory ? try context.preparation.inventory(options.inventory) : nil
        let maker = ScheduleMaker(
            context: context,
            options: schedule,
            arguments: arguments,
            inventory: inventory,
            job: .drill(snapshot: snapshot),
            metricsDir: aftermath.metricsDir
        )
        try await ScheduleHandover(context: context, options: schedule).handOver(maker)
        return .done
    }
}

struct ScheduleSnapshotCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract:
            "Save a snapshot again and again: a systemd timer, a Kubernetes CronJob, or Velero's hook.",
        discussion: """
            Prints the files, or writes them with --out, or installs them with --install. What \
            stands behind `--` is handed to `rekindle snapshot save` as it is: --compress, --encrypt-to. \
            A save that fails leaves its unit failed.


            """ + ExitStatus.help(.done, .failed, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var schedule: ScheduleOptions
    @Option(help: ArgumentHelp(DestinationReading.help, valueName: "destination"))
    var to: String
    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Options of `rekindle snapshot save`.", valueName: "save options")
    )
    var extra: [String] = []

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let arguments = JobArguments(context: context, options: options, extra: extra)
        try arguments.requireExtra()
        let maker = ScheduleMaker(
            context: context,
            options: schedule,
            arguments: arguments,
            inventory: try context.preparation.inventory(options.inventory),
            job: .snapshot(to: to),
            metricsDir: nil
        )
        try await ScheduleHandover(context: context, options: schedule).handOver(maker)
        return .done
    }
}
