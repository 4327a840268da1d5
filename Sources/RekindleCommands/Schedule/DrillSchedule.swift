/// A drill that is to be run again and again: what units and CronJobs are made from.
struct DrillSchedule: Sendable, Hashable {
    /// Of the units, or of the CronJob: `rekindle-drill-CLUSTER`.
    var name: String
    /// nil where it rehearses more than one cluster.
    var cluster: String?
    var every: DrillCalendar
    /// The whole command after the program's path, `drill` first.
    var words: [String]
    /// How long a drill may take, in seconds: one that hangs would be the last one.
    var limit: Int64

    /// What the description calls it.
    var title: String {
        cluster.map { "Rehearse the restore of the etcd cluster \($0)" }
            ?? "Rehearse the restore of etcd clusters"
    }

    /// The first line of every file, by which its own files are known again.
    static let mark = "# Made by `rekindle schedule drill`; make it anew instead of editing it."
}

/// A file that a schedule is made of.
struct ScheduleFile: Sendable, Hashable, Encodable {
    var name: String
    var text: String
}

/// How often.
enum DrillCalendar: Sendable, Hashable {
    /// On the first at 03:00.
    case monthly
    /// On Mondays at 03:00.
    case weekly
    /// At 03:00.
    case daily
    /// A systemd calendar, or cron's five fields.
    case own(String)

    init(_ text: String) {
        switch text {
        case "monthly": self = .monthly
        case "weekly": self = .weekly
        case "daily": self = .daily
        default: self = .own(text)
        }
    }

    /// systemd.time(7), "CALENDAR EVENTS"; in the machine's time zone.
    var onCalendar: String {
        switch self {
        case .monthly: "*-*-01 03:00:00"
        case .weekly: "Mon *-*-* 03:00:00"
        case .daily: "*-*-* 03:00:00"
        case .own(let text): text
        }
    }

    /// Cron's minute, hour, day, month and weekday; in the time zone of the cluster's controllers.
    var cron: String {
        switch self {
        case .monthly: "0 3 1 * *"
        case .weekly: "0 3 * * 1"
        case .daily: "0 3 * * *"
        case .own(let text): text
        }
    }
}
