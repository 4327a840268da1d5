/// What is to be run again and again.
enum ScheduledJob: String, Sendable, Hashable, CaseIterable {
    case drill
    case snapshot

    /// What it is, of a cluster or of several.
    func title(_ cluster: String?) -> String {
        switch self {
        case .drill:
            cluster.map { "Rehearse the restore of the etcd cluster \($0)" }
                ?? "Rehearse the restore of etcd clusters"
        case .snapshot: "Save a snapshot of the etcd cluster \(cluster ?? "")"
        }
    }

    /// What its exit statuses mean to the unit.
    var failureWords: String {
        switch self {
        case .drill: "A missed objective (status 6) leaves it failed, as does every status but 0."
        case .snapshot: "Every status but 0 leaves it failed."
        }
    }

    /// What starting its unit by hand does.
    var startWords: String {
        switch self {
        case .drill: "rehearses now"
        case .snapshot: "saves one now"
        }
    }

    /// Where its unit reads variables from.
    var environmentFile: String { "/etc/rekindle/\(rawValue).env" }

    /// The first line of every file, by which its own files are known again.
    var mark: String {
        "# Made by `rekindle schedule \(rawValue)`; make it anew instead of editing it."
    }
}

/// A job and when it is due: what units and CronJobs are made from.
struct JobSchedule: Sendable, Hashable {
    var job: ScheduledJob
    /// Of the units, or of the CronJob: `rekindle-drill-CLUSTER`.
    var name: String
    /// nil where it is for more than one.
    var cluster: String?
    var every: JobCalendar
    /// The whole command after the program's path.
    var words: [String]
    /// How long one may take, in seconds: one that hangs would be the last one.
    var limit: Int64

    /// What the description calls it.
    var title: String { job.title(cluster) }
}

/// A file that a schedule is made of.
struct ScheduleFile: Sendable, Hashable, Encodable {
    var name: String
    var text: String
}

/// How often.
enum JobCalendar: Sendable, Hashable {
    /// On the first at 03:00.
    case monthly
    /// On Mondays at 03:00.
    case weekly
    /// At 03:00.
    case daily
    /// So many hours after midnight, and again and again after so many: a part of a day.
    case hours(Int)
    /// A systemd calendar, or cron's five fields.
    case own(String)

    init(_ text: String) {
        switch text {
        case "monthly": self = .monthly
        case "weekly": self = .weekly
        case "daily": self = .daily
        default:
            let hours = text.hasSuffix("h") ? Int(text.dropLast()) : nil
            self = hours.flatMap { Self.parts.contains($0) ? .hours($0) : nil } ?? .own(text)
        }
    }

    /// What a day can be cut into, or runs around midnight would be closer.
    private static let parts = [1, 2, 3, 4, 6, 8, 12]

    /// systemd.time(7), "CALENDAR EVENTS"; in the machine's time zone.
    var onCalendar: String {
        switch self {
        case .monthly: "*-*-01 03:00:00"
        case .weekly: "Mon *-*-* 03:00:00"
        case .daily: "*-*-* 03:00:00"
        case .hours(let hours): "*-*-* 00/\(hours):00:00"
        case .own(let text): text
        }
    }

    /// Cron's minute, hour, day, month and weekday; in the time zone of the cluster's controllers.
    var cron: String {
        switch self {
        case .monthly: "0 3 1 * *"
        case .weekly: "0 3 * * 1"
        case .daily: "0 3 * * *"
        case .hours(let hours): "0 */\(hours) * * *"
        case .own(let text): text
        }
    }
}
