/// One kind of change on one host.
///
/// Closed: a new one makes the compiler name every place that must decide about it.
package enum EffectKind: String, Sendable, Hashable, Codable, CaseIterable {
    // a restore, in the order of `restore-cluster`
    case takeLock = "take-lock"
    case saveSnapshot = "save-snapshot"
    case holdService = "hold-service"
    case stopService = "stop-service"
    case uploadSnapshot = "upload-snapshot"
    case setAsideData = "set-aside-data"
    case setAsideWAL = "set-aside-wal"
    case restoreSnapshot = "restore-snapshot"
    case setOwnership = "set-ownership"
    case installWAL = "install-wal"
    case installData = "install-data"
    case startService = "start-service"
    case removeSnapshotCopy = "remove-snapshot-copy"
    case releaseLock = "release-lock"
    // a rollback
    case discardData = "discard-data"
    case discardWAL = "discard-wal"
    case putBackWAL = "put-back-wal"
    case putBackData = "put-back-data"
    case startOldService = "start-old-service"
    case leaveOldServiceStopped = "leave-old-service-stopped"
    // a drill
    case startScratch = "start-scratch"
    case stopScratch = "stop-scratch"
    // whatever stopped etcd
    case startDependents = "start-dependents"
    // a change of one member
    case removeMember = "remove-member"
    case addMember = "add-member"
    case joinCluster = "join-cluster"
    case promoteMember = "promote-member"
    case disarmAlarms = "disarm-alarms"
    case forgetJoin = "forget-join"
    // a clean
    case deleteRunDirectory = "delete-run-directory"
}

/// One effect as the plan holds it: exactly what will be run, and what a person reads.
package struct PlannedEffect: Sendable, Hashable, Codable {
    package var kind: EffectKind
    /// The member's name.
    package var member: String
    /// What it does, in words.
    package var summary: String
    /// The commands, as words, in order; each must succeed before the next, and all run as root.
    package var commands: [[String]]
    /// The file of the same host that is copied instead of what the coordinator sends; else nil.
    package var copiesFile: String?

    package init(
        kind: EffectKind,
        member: String,
        summary: String,
        commands: [[String]],
        copiesFile: String? = nil
    ) {
        self.kind = kind
        self.member = member
        self.summary = summary
        self.commands = commands
        self.copiesFile = copiesFile
    }

    /// Whether the commands read the snapshot on their standard input.
    package var readsSnapshot: Bool { kind == .uploadSnapshot && copiesFile == nil }
}
