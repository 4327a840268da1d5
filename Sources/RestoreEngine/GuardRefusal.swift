import RemoteHost
import RestorePlanning

/// The refusal of the guard that stands before every command on a locked host; nothing was run.
struct GuardRefusal: Sendable {
    let words: String
    /// Whether an earlier command is at work, which ends by itself or is ended.
    let isBusy: Bool

    /// nil where the command ended by itself; it may end with the same statuses as the guard.
    init?(_ result: CommandResult) {
        let said = result.lastLines()
        switch result.ending {
        case .exited(PlannedEffect.busyStatus)
        where said.contains("still at work") || said.contains("a later command of this run"):
            isBusy = true
        case .exited(PlannedEffect.lockLostStatus) where said.contains("is not this run's"):
            isBusy = false
        default: return nil
        }
        words = said
    }
}
