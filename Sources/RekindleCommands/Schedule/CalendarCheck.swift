import SnapshotSource

/// Whether `--every` is understood by what will read it.
enum CalendarCheck {
    /// - Throws: `UsageProblem`; `CancellationError`.
    static func requireSystemd(_ every: JobCalendar, _ world: World) async throws {
        guard case .own(let text) = every else { return }
        guard SystemdText.canHold(text), !text.isEmpty else {
            throw UsageProblem("--every has nothing in it that is a time", hint: hint)
        }
        let program: String
        do throws(SourceFailure) {
            program = try ProgramPath(world.environment["PATH"])
                .require("systemd-analyze", package: "systemd", for: "--every \(text)")
        } catch {
            throw UsageProblem(
                "\(error.fact), to tell whether it is a calendar of systemd",
                hint: "without it: --every monthly, weekly, daily or 6h"
            )
        }
        do {
            _ = try await AskedProgram.run(
                program,
                ["calendar", "--", text],
                input: [],
                environment: world.environment,
                patience: Patience(.seconds(20))
            ) { said in SourceFailure(said.first ?? "systemd-analyze failed", hint: hint) }
        } catch let error as SourceFailure {
            throw UsageProblem("--every \(text): \(error.fact)", hint: error.hint)
        }
    }

    /// Five fields, each of what cron writes in them; the cluster judges the rest.
    static func requireCron(_ every: JobCalendar) throws(UsageProblem) {
        guard case .own(let text) = every else { return }
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        let areGood = fields.allSatisfy { field in
            !field.isEmpty
                && field.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber || "*/,-?".contains($0))
                }
        }
        guard fields.count == 5, areGood else {
            throw UsageProblem(
                "--every \(text) is not a schedule of a CronJob",
                hint: "monthly, weekly, daily, 6h, or cron's five fields, as \"30 2 * * 6\""
            )
        }
    }

    private static let hint =
        "monthly, weekly, daily, 6h, or a calendar of systemd, as \"Sat *-*-* 02:30:00\"; "
        + "`systemd-analyze calendar` tells when one is due"
}
