import RestorePlanning

/// What was sent to a host.
enum ModelWork: Hashable {
    case effect(EffectKind)
    /// Undoing `takeLock`, by a restore that was refused another lock.
    case giveBack

    /// A lock cannot wait for what stands in the directory that it makes.
    var waitsItsTurn: Bool { self != .effect(.takeLock) }
}

/// One member in the search: its host, and how far its part of the stage is.
struct MemberState: Hashable {
    enum Position: Hashable {
        /// It has no part in the stage, or there is none.
        case idle
        /// The effect of this number is to be looked at.
        case looking(Int)
        /// It was allowed to run, and this operation of it is next.
        case acting(Int, Int)
        case settled
        case failed(byOtherLock: Bool)
    }

    /// Work whose connection is lost, and which goes on until its watchdog ends it.
    struct Orphan: Hashable {
        var work: ModelWork
        /// The operation that is next.
        var next: Int
    }

    /// Its number in the member's book.
    var host: Int
    var position = Position.idle
    var orphan: Orphan?
    /// Whether data was moved while etcd ran or could have started.
    var hasMovedUnderEtcd = false
}

/// One change of one member.
struct MemberStep {
    enum Cost: Int {
        case nothing = 0
        /// One of the faults that the search may still deal out.
        case fault
        /// One of the things that somebody else may still do.
        case event
    }

    var next: MemberState
    var cost = Cost.nothing
    /// The effect of which the journal is told.
    var recorded: EffectKind?
    var words: String
}
