package import EtcdModel
package import RestorePlanning

/// One member's host as a run sees it, made of single operations, so that a fault can fall between
/// any two.
package struct ModelHost: Sendable, Hashable {
    /// What a `member` directory or a WAL directory holds.
    package enum Content: Sendable, Hashable {
        case old
        case restored
        /// A restore that did not end: no WAL yet.
        case torn
        /// A restore that did not end, although its WAL is there already.
        case tornWithWAL
        /// What another run restored since.
        case others
    }

    /// What was compacted of the restored data since its start.
    package enum Compaction: Int, Sendable, Hashable, CaseIterable {
        case none
        /// Below the snapshot's revision, so that its hash is another one.
        case within
        /// Beyond it, after clients have written, so that its hash cannot be asked any more.
        case beyond
    }

    package struct Place: Sendable, Hashable {
        package var member: Content?
        /// The separate WAL directory; unused where the WAL is in `member`.
        package var wal: Content?

        package init(member: Content? = nil, wal: Content? = nil) {
            self.member = member
            self.wal = wal
        }

        package var isEmpty: Bool { member == nil && wal == nil }
    }

    package let target: MemberTarget
    package let restored: WALIdentity
    let snapshotSize: UInt64
    /// The run that holds the lock.
    package var lock: String?
    package var hasRunDirectory = false
    /// The run whose hold is on disk.
    package var hold: String?
    /// Whether systemd has read the hold.
    package var isDropInLoaded = false
    package var isActive: Bool
    package var data: Place
    package var staged = Place()
    package var aside = Place()
    package var discarded = Place()
    /// What another run found in place, and set aside.
    package var othersAside = Place()
    package var isMarked = false
    package var hasSnapshot = false
    /// What an upload that broke off left.
    package var partial: [UInt8] = []
    /// Saved before the stop.
    package var hasSafetySnapshot = false
    package var hasForeignOwner = false
    /// Whether systemd stopped with etcd what depends on it.
    package var isDependentDown = false
    /// Whether the unit has what makes its next start join a cluster.
    package var hasJoinSettings = false
    /// Whether a drill's etcd runs on what is staged.
    package var isScratchActive = false
    package var compaction = Compaction.none
    /// How often somebody has restarted the service.
    package var restarts = 0
    /// Whether a clean deleted what was set aside: the old data need not be there any more.
    package var isCleaned = false

    package init(target: MemberTarget, in plan: Plan) {
        self.target = target
        // one that comes again is another member: etcd chooses its ID
        var id = target.memberID
        if case .changed? = target.role { id = ModelMembership.newID }
        restored = WALIdentity(memberID: id, clusterID: plan.clusterID)
        snapshotSize = plan.snapshotBytes
        isActive = target.wasActive
        data = Place(
            member: target.hasOldData ? .old : nil,
            wal: target.hasOldData && target.paths.walDir != nil ? .old : nil
        )
    }

    var hasWALDir: Bool { target.paths.walDir != nil }

    /// Whether systemd would refuse a start, by whomever.
    private var isHeld: Bool { hold != nil && isDropInLoaded }

    var isLockedByRun: Bool { lock == target.paths.run }

    var canMoveData: Bool { !isActive && isHeld }

    /// What must be so at every instant and is not; nil where all is well.
    var violation: String? {
        if target.hasOldData, !isCleaned {
            let members = [
                data.member, staged.member, aside.member, discarded.member, othersAside.member,
            ]
            if members.count(where: { $0 == .old }) != 1 { return "the old data is not there once" }
            let logs = [data.wal, staged.wal, aside.wal, discarded.wal, othersAside.wal]
            if hasWALDir, logs.count(where: { $0 == .old }) != 1 {
                return "the old WAL is not there once"
            }
        }
        return isActive || !isHeld ? violationIfStarted : nil
    }

    /// What this run did to data that another run put in place since; nil where it left that alone.
    package var trespass: String? {
        guard !othersAside.isEmpty else { return nil }
        if data.member != .others { return "another run's data was moved" }
        return hold == target.paths.run ? "another run's member is held" : nil
    }

    /// Why an etcd that started now would do harm.
    private var violationIfStarted: String? {
        switch (data.member, data.wal) {
        case (.old, let wal) where (wal == .old) == hasWALDir: nil
        case (.restored, let wal) where (wal == .restored) == hasWALDir: nil
        case (.others, let wal) where (wal == .others) == hasWALDir: nil
        case (nil, nil) where !target.hasOldData || hasJoinSettings: nil
        default: "etcd could start on \(data)"
        }
    }
}
