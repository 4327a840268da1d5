package import EtcdModel
import RemoteHost

/// What a look at the host says of an effect that is to come.
package enum EffectStanding: Sendable, Hashable {
    /// What it establishes is so already; running it would change nothing or do harm.
    case done
    /// It can run.
    case ready
    /// It must not run: the world is not as the plan needs it.
    case refused(Refusal)
}

extension MemberObservation {
    /// Judges one effect of a run against this look at its host.
    ///
    /// `leavesData` is true for a plan that neither moves nor starts what etcd opens, as a clean: then it does
    /// not matter whose data is in place.
    package func standing(
        of kind: EffectKind,
        target: MemberTarget,
        restored: WALIdentity,
        snapshotBytes: UInt64,
        leavesData: Bool = false
    ) -> EffectStanding {
        // what it holds of ours, and whether it does, cannot be told
        if let foreign { return .refused(.foreignDirectory(foreign, target)) }
        switch kind {
        case .takeLock:
            return standingOfTakeLock(target, restored, leavesData: leavesData)
        case .removeSnapshotCopy:
            // the lock is given back right after: without it, this may be a second look at the end
            if isLocked(by: target) { return .ready }
            let isGone =
                self.snapshotBytes == nil && !staged.hasMember && !staged.hasSeparateWAL
            return isGone ? .done : lockRefusal(target).map(EffectStanding.refused) ?? .ready
        case .forgetJoin where target.isChanged && !hasJoinSettings && lock == nil:
            // the same: a member's change ends with it, and with the lock
            return .done
        case .releaseLock:
            return isLocked(by: target) ? .ready : .done
        case .saveSnapshot, .holdService, .stopService, .uploadSnapshot, .setAsideData,
            .setAsideWAL, .restoreSnapshot, .setOwnership, .installWAL, .installData,
            .startService, .discardData, .discardWAL, .putBackWAL, .putBackData,
            .startOldService, .leaveOldServiceStopped, .startScratch, .stopScratch, .removeMember,
            .addMember, .joinCluster, .promoteMember, .disarmAlarms, .forgetJoin,
            .startDependents, .deleteRunDirectory:
            if let refusal = lockRefusal(target) { return .refused(refusal) }
        }
        if kind.movesData, let refusal = stoppedRefusal(target) { return .refused(refusal) }
        return lockedStanding(of: kind, target, restored, snapshotBytes)
    }

    /// The standing once the lock is ours and, where data is moved, nothing can use it.
    private func lockedStanding(
        of kind: EffectKind,
        _ target: MemberTarget,
        _ restored: WALIdentity,
        _ snapshotBytes: UInt64
    ) -> EffectStanding {
        // with a separate WAL the identity alone would hold between the two renames
        let isOurs =
            if case .changed? = target.role { isNew(data.identity, target) } else {
                data.identity == restored && target.role == nil
            }
        let isInstalled = isOurs && data.hasMember && !(staged.hasMember && isRestoreMarked)
        let isWALInstalled = isOurs && data.hasSeparateWAL
        switch kind {
        case .takeLock, .removeSnapshotCopy, .releaseLock:
            return .ready
        case .saveSnapshot:
            // of restored data there is a snapshot already
            if hasSafetySnapshot || isInstalled { return .done }
            return service.activity == .active ? .ready : .refused(.nothingToSave(target, service))
        case .holdService:
            if service.isHeld(by: target.paths.run) { return .done }
            if let refusal = otherHoldRefusal(target) { return .refused(refusal) }
            return service.activity == .unknown
                ? .refused(.unknownService(target, service)) : .ready
        case .stopService:
            guard service.isHeld(by: target.paths.run) else { return .refused(.holdGone(target)) }
            switch service.activity {
            case .stopped: return isDatabaseOpen == true ? .refused(.databaseOpen(target)) : .done
            case .active: return .ready
            case .unknown: return .refused(.unknownService(target, service))
            }
        case .uploadSnapshot:
            return isInstalled || self.snapshotBytes == snapshotBytes ? .done : .ready
        case .setAsideData:
            if isInstalled || !data.hasMember { return .done }
            return setAside.hasMember ? .refused(inTheWay(target, restored)) : .ready
        case .setAsideWAL:
            if isWALInstalled || !data.hasSeparateWAL { return .done }
            return setAside.hasSeparateWAL
                ? .refused(.appearedAgain(target.paths.effectiveWAL)) : .ready
        case .restoreSnapshot:
            if isInstalled || isRestored(restored, target) { return .done }
            return self.snapshotBytes == snapshotBytes
                ? .ready : .refused(.noSnapshotCopy(target))
        case .setOwnership:
            if isInstalled { return .done }
            guard isRestored(restored, target) else { return .refused(.notRestored(target)) }
            return hasForeignOwner ? .ready : .done
        case .installWAL:
            if isWALInstalled { return .done }
            guard isRestored(restored, target) else { return .refused(.notRestored(target)) }
            // a new log beside an old database would be one member's half
            if data.hasMember { return .refused(inTheWay(target, restored)) }
            return data.hasSeparateWAL
                ? .refused(.appearedAgain(target.paths.effectiveWAL)) : .ready
        case .installData:
            if isInstalled { return .done }
            guard isRestored(restored, target) else { return .refused(.notRestored(target)) }
            // the database goes in last: once it is there, etcd would open whatever log there is
            if target.paths.walDir != nil, !isWALInstalled {
                return .refused(.notInstalled(target))
            }
            return data.hasMember ? .refused(inTheWay(target, restored)) : .ready
        case .startService:
            guard isInstalled else { return .refused(.notInstalled(target)) }
            return standingOfStart(target)
        case .discardData:
            guard isInstalled else { return .done }
            return discarded.hasMember
                ? .refused(.takenPlace(target.paths.discardedMember)) : .ready
        case .discardWAL:
            guard isWALInstalled else { return .done }
            return discarded.hasSeparateWAL
                ? .refused(.takenPlace(target.paths.discardedWAL ?? "")) : .ready
        case .putBackWAL:
            guard setAside.hasSeparateWAL else { return .done }
            return data.hasSeparateWAL
                ? .refused(.appearedAgain(target.paths.effectiveWAL)) : .ready
        case .putBackData:
            guard setAside.hasMember else { return .done }
            return data.hasMember ? .refused(inTheWay(target, restored)) : .ready
        case .startOldService:
            guard isOldDataThere(target) else { return .refused(.oldDataMissing(target)) }
            return standingOfStart(target)
        case .leaveOldServiceStopped:
            guard isOldDataThere(target) else { return .refused(.oldDataMissing(target)) }
            if let refusal = otherHoldRefusal(target) { return .refused(refusal) }
            return service.heldBy == nil ? .done : .ready
        case .startDependents:
            return isDependentDown ? .ready : .done
        case .startScratch, .stopScratch:
            guard target.scratch != nil else { return .refused(.noScratch(target)) }
            return standingOfScratch(kind, restored, target)
        case .removeMember, .addMember, .promoteMember, .disarmAlarms:
            return standingOfMembership(kind, target)
        case .joinCluster, .forgetJoin:
            return standingOfJoining(kind, target)
        case .deleteRunDirectory:
            // never under a scratch member that runs on it
            if target.scratch != nil, service.activity == .active {
                return .refused(.startedAgain(target, service))
            }
            if !runDirectoryExists { return .done }
            return setAside.hasMember && !data.hasMember ? .refused(.onlyCopy(target)) : .ready
        }
    }

    private func standingOfTakeLock(
        _ target: MemberTarget,
        _ restored: WALIdentity,
        leavesData: Bool
    ) -> EffectStanding {
        if let lock, lock.run != target.paths.run, lock.run != target.takesOver || !lock.isStale {
            return .refused(.lockedByOther(lock, target))
        }
        if target.role == nil, target.oldIdentity == restored {
            return .refused(.sameIdentity(target))
        }
        // before this run has touched the host, only others can have changed what is there
        if !isLocked(by: target), !runDirectoryExists, data.identity != target.oldIdentity {
            return .refused(.otherData(target, data.identity))
        }
        // and after it as well: a later run may serve from it
        if !leavesData, target.role == nil, target.scratch == nil,
            holdsForeignData(target, restored)
        {
            return .refused(.foreignData(target, self))
        }
        return isLocked(by: target) && runDirectoryExists ? .done : .ready
    }

    private func standingOfScratch(
        _ kind: EffectKind,
        _ restored: WALIdentity,
        _ target: MemberTarget
    ) -> EffectStanding {
        let isStart = kind == .startScratch
        if isStart, !isRestored(restored, target) { return .refused(.notRestored(target)) }
        switch service.activity {
        case .stopped: return isStart ? .ready : .done
        case .active: return isStart ? .done : .ready
        case .unknown: return .refused(.unknownService(target, service))
        }
    }

    private func standingOfStart(_ target: MemberTarget) -> EffectStanding {
        if let refusal = otherHoldRefusal(target) { return .refused(refusal) }
        if service.heldBy == nil, service.activity == .active { return .done }
        return service.activity == .stopped && isDatabaseOpen == true
            ? .refused(.databaseOpen(target)) : .ready
    }

    /// Whether staging holds a whole restore of this run.
    private func isRestored(_ restored: WALIdentity, _ target: MemberTarget) -> Bool {
        guard isRestoreMarked, staged.hasMember else { return false }
        // with a separate WAL that is installed already, its identity shows there
        return staged.identity == restored
            || (target.paths.walDir != nil && data.identity == restored)
    }

    /// Whether what was there before the run is there again; true where there was nothing.
    private func isOldDataThere(_ target: MemberTarget) -> Bool {
        !target.hasOldData || (data.hasMember && data.identity == target.oldIdentity)
    }

    /// Whether what etcd would open is neither what the run restored nor what was there before it.
    ///
    /// The WAL names its cluster and its member. Data whose WAL names nobody counts as old only if that was so
    /// when the plan was made.
    package func holdsForeignData(_ target: MemberTarget, _ restored: WALIdentity) -> Bool {
        if let identity = data.identity {
            return identity != restored && identity != target.oldIdentity
        }
        // half of a member with a WAL directory of its own: the log that would tell is not in place
        if target.paths.walDir != nil, !data.hasSeparateWAL { return false }
        return data.hasMember && target.hasOldData && target.oldIdentity != nil
    }

    private func inTheWay(_ target: MemberTarget, _ restored: WALIdentity) -> Refusal {
        data.identity != nil && target.role == nil && holdsForeignData(target, restored)
            ? .foreignData(target, self) : .appearedAgain(target.paths.member)
    }

    package func isLocked(by target: MemberTarget) -> Bool { lock?.run == target.paths.run }

    private func lockRefusal(_ target: MemberTarget) -> Refusal? {
        guard let lock else { return .lockGone(target) }
        return lock.run == target.paths.run ? nil : .lockedByOther(lock, target)
    }

    func otherHoldRefusal(_ target: MemberTarget) -> Refusal? {
        guard let other = service.heldBy, other != target.paths.run, other != target.takesOver
        else { return nil }
        return .heldByOther(other, target)
    }

    /// The data may be moved only while nothing uses it and nothing can start.
    private func stoppedRefusal(_ target: MemberTarget) -> Refusal? {
        guard service.isHeld(by: target.paths.run) else { return .holdGone(target) }
        if service.activity != .stopped { return .startedAgain(target, service) }
        return isDatabaseOpen == true ? .databaseOpen(target) : nil
    }
}

extension EffectKind {
    /// Whether it lets etcd start again: from then on the hosts go their own way.
    package var endsHold: Bool {
        switch self {
        case .startService, .startOldService, .leaveOldServiceStopped, .joinCluster: true
        case .takeLock, .saveSnapshot, .holdService, .stopService, .uploadSnapshot, .setAsideData,
            .setAsideWAL, .restoreSnapshot, .setOwnership, .installWAL, .installData,
            .removeSnapshotCopy,
            .releaseLock, .discardData, .discardWAL, .putBackWAL, .putBackData, .startScratch,
            .stopScratch, .removeMember, .addMember, .promoteMember, .disarmAlarms, .forgetJoin,
            .startDependents, .deleteRunDirectory:
            false
        }
    }

    /// Whether it renames what etcd opens.
    package var movesData: Bool {
        switch self {
        case .setAsideData, .setAsideWAL, .installWAL, .installData, .discardData, .discardWAL,
            .putBackWAL, .putBackData:
            true
        case .takeLock, .saveSnapshot, .holdService, .stopService, .uploadSnapshot,
            .restoreSnapshot, .setOwnership, .startService, .removeSnapshotCopy, .releaseLock,
            .startOldService,
            .leaveOldServiceStopped, .startScratch, .stopScratch, .removeMember, .addMember,
            .joinCluster, .promoteMember, .disarmAlarms, .forgetJoin, .startDependents,
            .deleteRunDirectory:
            false
        }
    }
}
