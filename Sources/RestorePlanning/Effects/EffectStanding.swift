import RemoteHost
import ClusterInventory
package import EtcdModel

/// What a look at the host says of an effect that is to come.
package enum EffectStanding: Sendable, Hashable {
    /// What it establishes is so already; running it would change nothing or do harm.
    case done
    /// It can run.
    case ready
    /// It must not run: the world is not as the plan needs it.
    case refused(Refusal)
}

/// Why an effect must not run.
package struct Refusal: Sendable, Hashable {
    package var fact: String
    package var hint: String
    /// Set where another run holds the host.
    package var lockedBy: HostLock?

    package init(_ fact: String, hint: String, lockedBy: HostLock? = nil) {
        self.fact = fact
        self.hint = hint
        self.lockedBy = lockedBy
    }
}

extension MemberObservation {
    /// Judges one effect of a run against this look at its host.
    package func standing(
        of kind: EffectKind,
        target: MemberTarget,
        restored: WALIdentity,
        snapshotBytes: UInt64
    ) -> EffectStanding {
        if kind != .takeLock, let refusal = lockRefusal(target) { return .refused(refusal) }
        // with a separate WAL the identity alone would hold between the two renames
        let isInstalled =
            data.identity == restored && data.hasMember && !(staged.hasMember && isRestoreMarked)
        switch kind {
        case .takeLock:
            guard let lock else { return .ready }
            if lock.run == target.paths.run { return runDirectoryExists ? .done : .ready }
            return lockRefusal(target).map(EffectStanding.refused) ?? .ready
        case .holdService:
            if service.heldBy == target.paths.run { return .done }
            if let other = service.heldBy { return .refused(heldByOther(other, target)) }
            return service.activity == .unknown ? .refused(unknownService(target)) : .ready
        case .stopService:
            if let refusal = holdRefusal(target) { return .refused(refusal) }
            if service.activity == .stopped {
                return isDatabaseOpen == true ? .refused(stillOpen(target)) : .done
            }
            return service.activity == .unknown ? .refused(unknownService(target)) : .ready
        case .uploadSnapshot:
            return isInstalled || self.snapshotBytes == snapshotBytes ? .done : .ready
        case .setAsideData:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            if isInstalled || !data.hasMember { return .done }
            return setAside.hasMember ? .refused(appearedAgain(target.paths.member)) : .ready
        case .setAsideWAL:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            if data.identity == restored || !data.hasSeparateWAL { return .done }
            return setAside.hasSeparateWAL
                ? .refused(appearedAgain(target.paths.effectiveWAL)) : .ready
        case .restoreSnapshot:
            if isInstalled || isRestored(restored, target) { return .done }
            return self.snapshotBytes == snapshotBytes
                ? .ready
                : .refused(
                    Refusal(
                        "the snapshot's copy \(target.paths.snapshot) is not there",
                        hint: "resume the run: it copies the snapshot again"
                    )
                )
        case .setOwnership:
            if isInstalled { return .done }
            guard isRestored(restored, target) else { return .refused(notRestored(target)) }
            return hasForeignOwner ? .ready : .done
        case .installWAL:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            if data.identity == restored && data.hasSeparateWAL { return .done }
            guard isRestored(restored, target) else { return .refused(notRestored(target)) }
            return data.hasSeparateWAL
                ? .refused(appearedAgain(target.paths.effectiveWAL)) : .ready
        case .installData:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            if isInstalled { return .done }
            guard staged.hasMember, isRestoreMarked else { return .refused(notRestored(target)) }
            return data.hasMember ? .refused(appearedAgain(target.paths.member)) : .ready
        case .startService:
            guard isInstalled else {
                return .refused(
                    Refusal(
                        "\(target.paths.member) is not the data that this run restored",
                        hint: "look at the host: somebody changed it during the run; "
                            + "`rekindle rollback` puts the old data back"
                    )
                )
            }
            return service.heldBy == nil && service.activity == .active ? .done : .ready
        case .removeSnapshotCopy:
            return .ready
        case .releaseLock:
            return lock == nil ? .done : .ready
        case .discardData:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            return isInstalled ? .ready : .done
        case .discardWAL:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            return data.identity == restored && data.hasSeparateWAL ? .ready : .done
        case .putBackWAL:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            guard setAside.hasSeparateWAL else { return .done }
            return data.hasSeparateWAL
                ? .refused(appearedAgain(target.paths.effectiveWAL)) : .ready
        case .putBackData:
            if let refusal = stoppedRefusal(target) { return .refused(refusal) }
            guard setAside.hasMember else { return .done }
            return data.hasMember ? .refused(appearedAgain(target.paths.member)) : .ready
        case .startOldService:
            return service.heldBy == nil && service.activity == .active ? .done : .ready
        case .leaveOldServiceStopped:
            return service.heldBy == nil ? .done : .ready
        case .deleteRunDirectory:
            return runDirectoryExists ? .ready : .done
        }
    }

    /// Whether staging holds a whole restore of this run.
    private func isRestored(_ restored: WALIdentity, _ target: MemberTarget) -> Bool {
        guard isRestoreMarked, staged.hasMember else { return false }
        // with a separate WAL that is installed already, its identity shows there
        return staged.identity == restored
            || (target.paths.walDir != nil && data.identity == restored)
    }

    private func lockRefusal(_ target: MemberTarget) -> Refusal? {
        guard let lock else {
            return Refusal(
                "the lock \(target.paths.lock) is gone",
                hint: "somebody removed it, or the data directory; look at the host before "
                    + "you resume"
            )
        }
        guard lock.run != target.paths.run else { return nil }
        return Refusal(
            "another run holds the lock \(target.paths.lock): \(lock)",
            hint: "wait for it, or finish it there with `rekindle resume \(lock.run)` or "
                + "`rekindle rollback \(lock.run)`",
            lockedBy: lock
        )
    }

    private func holdRefusal(_ target: MemberTarget) -> Refusal? {
        if service.heldBy == target.paths.run { return nil }
        return Refusal(
            "the hold of \(target.service.unit) is gone: it could be started by anybody",
            hint: "resume the run: it holds the unit again"
        )
    }

    /// The data may be touched only while nothing uses it and nothing can start.
    private func stoppedRefusal(_ target: MemberTarget) -> Refusal? {
        if let refusal = holdRefusal(target) { return refusal }
        if service.activity != .stopped {
            return Refusal(
                "\(target.service.unit) is \(service.detail) again",
                hint: "somebody started it during the run; stop it and resume"
            )
        }
        return isDatabaseOpen == true ? stillOpen(target) : nil
    }

    private func stillOpen(_ target: MemberTarget) -> Refusal {
        Refusal(
            "a process has \(target.paths.member)/snap/db open although "
                + "\(target.service.unit) is stopped",
            hint: "find it with `fuser -v \(target.paths.member)/snap/db`: etcd may run in a "
                + "container or under another unit"
        )
    }

    private func appearedAgain(_ path: String) -> Refusal {
        Refusal(
            "\(path) is there again, although its old content was set aside",
            hint: "somebody made it during the run; look at it, rename it, and resume"
        )
    }

    private func heldByOther(_ run: String, _ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.service.unit) is held by run \(run)",
            hint: "finish that run with `rekindle resume \(run)` or `rekindle rollback \(run)`"
        )
    }

    private func unknownService(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the service manager does not know \(target.service.unit) (\(service.detail))",
            hint: "check `service.unit` in the inventory, and that systemd runs there"
        )
    }

    private func notRestored(_ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.paths.staging) holds no whole restore of this run",
            hint: "resume the run: it restores again from the snapshot's copy"
        )
    }
}
