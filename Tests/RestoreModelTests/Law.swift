/// What must be so in every state that the search can reach.
enum Law: String, CaseIterable {
    case restoredTogether = "no member runs on restored data before every member's is in place"
    case oneCluster = "restored and old members never run at the same time"
    case oneLiveDirectory =
        "the old data is there exactly once, and etcd can start on nothing but a whole member"
    case nothingMovesUnderEtcd = "data is moved only while etcd is stopped and cannot start"
    case completedLeavesNothing =
        "a completed run leaves no lock, no hold, no staging and no copy of the snapshot"
    case rolledBackIsOld = "a completed rollback has the old data in place"
    case resumable =
        "a resume that nothing disturbs completes the run, or is refused with a hint"
    case revertible =
        "a rollback that nothing disturbs puts the old data back, and its services as before"
    case othersStay =
        "what another run put in place since is neither moved nor stopped"
    case fenceable =
        "with a host lost for good, a fenced resume or rollback ends as one without it, or is refused"
    case journalFolds = "whatever is recorded can follow on what was recorded before"

    /// The ones that say where a run must be able to end.
    static let ofFutures: Set<Law> = [
        .completedLeavesNothing, .rolledBackIsOld, .resumable, .revertible, .othersStay, .fenceable,
    ]
}
