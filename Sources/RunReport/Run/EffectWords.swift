import ClusterInventory
import RestorePlanning

/// What an effect did, once it is done.
enum EffectWords {
    static func done(_ kind: EffectKind, on target: MemberTarget) -> String {
        let unit = target.service.title
        return switch kind {
        case .takeLock: "took the lock"
        case .saveSnapshot: "saved what it holds as \(target.paths.safetySnapshot), proven"
        case .holdService: "holds \(unit): nothing can start it"
        case .stopService: "stopped \(unit)"
        case .uploadSnapshot: "has the snapshot, its SHA-256 proven"
        case .setAsideData: "set the old data aside"
        case .setAsideWAL: "set the old WAL aside"
        case .restoreSnapshot: "restored the snapshot beside the data directory"
        case .setOwnership: "gave the restored data to \(target.user):\(target.group)"
        case .installWAL: "put the restored WAL in place"
        case .installData: "put the restored data in place"
        case .startService: "lifted the hold and asked \(unit) to start"
        case .removeSnapshotCopy: "removed the snapshot's copy"
        case .releaseLock: "released the lock"
        case .discardData: "renamed the restored data aside"
        case .discardWAL: "renamed the restored WAL aside"
        case .putBackWAL: "put the old WAL back"
        case .putBackData: "put the old data back"
        case .startOldService: "lifted the hold and asked \(unit) to start, as it was"
        case .leaveOldServiceStopped: "lifted the hold and left \(unit) stopped, as it was"
        case .removeMember: "told the cluster to do without the member"
        case .addMember: "told the cluster of the member, as a learner"
        case .joinCluster: "lifted the hold and asked \(unit) to start, to join the others"
        case .promoteMember: "gave the member its vote: it has caught up"
        case .disarmAlarms: "disarmed the alarm"
        case .forgetJoin: "left nothing of its one start in \(unit)"
        case .startDependents:
            "asked \((target.dependents ?? []).joined(separator: ", ")) to start again"
        case .startScratch: "asked the scratch etcd to start"
        case .stopScratch: "stopped the scratch etcd"
        case .deleteRunDirectory where target.scratch != nil: "deleted what the drill made"
        case .deleteRunDirectory: "deleted what was set aside"
        }
    }

    /// Said when it begins, where it may take long; nil for the quick ones.
    static func beginning(_ kind: EffectKind) -> String? {
        switch kind {
        case .saveSnapshot: "saves a snapshot of what it holds ..."
        case .uploadSnapshot: "takes the snapshot ..."
        case .restoreSnapshot: "restores the snapshot ..."
        case .stopService: "stops ..."
        case .deleteRunDirectory: "deletes ..."
        case .startDependents: "starts what systemd stopped with etcd ..."
        case .addMember: "waits until the cluster takes the member ..."
        case .promoteMember: "waits until the member has caught up ..."
        case .takeLock, .holdService, .setAsideData, .setAsideWAL, .setOwnership, .installWAL,
            .installData, .startService, .removeSnapshotCopy, .releaseLock, .discardData,
            .discardWAL, .putBackWAL, .putBackData, .startOldService, .leaveOldServiceStopped,
            .startScratch, .stopScratch, .removeMember, .joinCluster, .disarmAlarms, .forgetJoin:
            nil
        }
    }
}
