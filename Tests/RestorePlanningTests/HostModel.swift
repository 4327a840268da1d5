import EtcdModel
import RemoteHost
import RestorePlanning

/// One host as a restore sees it, with the effects' own semantics: made of single operations, so
/// that a crash can fall between any two.
struct HostModel: Hashable {
    /// What a `member` directory or a WAL directory holds.
    enum Content: Hashable {
        case old
        case restored
        /// A restore that did not end: no WAL yet.
        case torn
        /// A restore that did not end, although its WAL is there already.
        case tornWithWAL
    }

    struct Place: Hashable {
        var member: Content?
        /// The separate WAL directory; unused where the WAL is in `member`.
        var wal: Content?
    }

    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    let target: MemberTarget
    let restored: WALIdentity
    var lock: String?
    var hasRunDirectory = false
    var hold: String?
    /// Whether systemd knows the drop-in that the hold is.
    var isDropInLoaded = false
    var isActive: Bool
    var data: Place
    var staged = Place()
    var aside = Place()
    var discarded = Place()
    var isMarked = false
    var hasSnapshot = false
    var hasSafetySnapshot = false
    var hasForeignOwner = false

    private var hasWALDir: Bool { target.paths.walDir != nil }

    init(target: MemberTarget, restored: WALIdentity) {
        self.target = target
        self.restored = restored
        isActive = target.wasActive
        data = Place(
            member: target.hasOldData ? .old : nil,
            wal: target.hasOldData && target.paths.walDir != nil ? .old : nil
        )
    }

    var observation: MemberObservation {
        MemberObservation(
            lock: lock.map { HostLock(run: $0, operator: "ops", coordinator: "c", since: "now") },
            service: ServiceState(
                activity: isActive ? .active : .stopped,
                detail: isActive ? "active (running)" : "inactive (dead)",
                heldBy: hold,
                isHoldLoaded: isDropInLoaded
            ),
            data: state(of: data),
            staged: state(of: staged),
            setAside: state(of: aside),
            discarded: state(of: discarded),
            isRestoreMarked: isMarked,
            hasForeignOwner: hasForeignOwner,
            snapshotBytes: hasSnapshot ? Sample.proof.bytes : nil,
            hasSafetySnapshot: hasSafetySnapshot,
            runDirectoryExists: hasRunDirectory,
            isDatabaseOpen: isActive
        )
    }

    private func state(of place: Place) -> DataState {
        let wal = hasWALDir ? place.wal : place.member
        let identity: WALIdentity? =
            switch wal {
            case .old: target.oldIdentity
            case .restored, .tornWithWAL: restored
            case .torn, nil: nil
            }
        return DataState(
            hasMember: place.member != nil,
            hasSeparateWAL: place.wal != nil,
            identity: identity
        )
    }

    typealias Operation = (inout HostModel) throws -> Void

    /// The operations that the commands of an effect come down to.
    func operations(of kind: EffectKind) -> [Operation] {
        let run = target.paths.run
        let hasWALDir = hasWALDir
        switch kind {
        case .takeLock:
            return [
                { if $0.lock == nil { $0.lock = run } else if $0.lock != run { throw Self.taken } },
                { $0.hasRunDirectory = true },
            ]
        case .saveSnapshot:
            return [
                {
                    guard $0.isActive else { throw Broken(description: "no etcd to ask") }
                    $0.hasSafetySnapshot = true
                }
            ]
        case .holdService: return [{ $0.hold = run }, { $0.isDropInLoaded = true }]
        case .stopService: return [{ $0.isActive = false }]
        case .uploadSnapshot: return [{ $0.hasSnapshot = true }]
        case .setAsideData: return [move(\.data.member, \.aside.member)]
        case .setAsideWAL: return [move(\.data.wal, \.aside.wal)]
        case .restoreSnapshot:
            return [
                { $0.isMarked = false }, { $0.staged.member = nil }, { $0.staged.wal = nil },
                {
                    guard $0.hasSnapshot else { throw Broken(description: "no snapshot") }
                    $0.staged.member = .torn
                },
                {
                    $0.staged.member = hasWALDir ? .torn : .tornWithWAL
                    if hasWALDir { $0.staged.wal = .tornWithWAL }
                    $0.hasForeignOwner = true
                },
                {
                    $0.staged.member = .restored
                    if hasWALDir { $0.staged.wal = .restored }
                },
                { $0.isMarked = true },
            ]
        case .setOwnership: return [{ $0.hasForeignOwner = false }]
        case .installWAL: return [move(\.staged.wal, \.data.wal)]
        case .installData: return [move(\.staged.member, \.data.member)]
        case .startService, .startOldService:
            return [{ $0.hold = nil }, { $0.isActive = true }]
        case .leaveOldServiceStopped: return [{ $0.hold = nil }]
        case .removeSnapshotCopy:
            return [
                { $0.hasSnapshot = false }, { $0.staged.member = nil }, { $0.staged.wal = nil },
                { $0.isDropInLoaded = $0.hold != nil },
            ]
        case .releaseLock: return [{ $0.lock = nil }]
        case .discardData: return [move(\.data.member, \.discarded.member)]
        case .discardWAL: return [move(\.data.wal, \.discarded.wal)]
        case .putBackWAL: return [move(\.aside.wal, \.data.wal)]
        case .putBackData: return [move(\.aside.member, \.data.member)]
        case .startScratch, .stopScratch, .removeMember, .addMember, .joinCluster, .promoteMember,
            .disarmAlarms, .forgetJoin, .startDependents:
            return []
        case .deleteRunDirectory:
            return [
                {
                    $0.aside.wal = nil
                    $0.discarded.wal = nil
                    $0.staged.wal = nil
                },
                {
                    $0.aside.member = nil
                    $0.discarded.member = nil
                    $0.staged.member = nil
                    $0.isMarked = false
                    $0.hasSnapshot = false
                },
                { $0.hasRunDirectory = false },
            ]
        }
    }

    private static let taken = Broken(description: "the lock is another's")

    private func move(
        _ from: WritableKeyPath<HostModel, Content?>,
        _ to: WritableKeyPath<HostModel, Content?>
    ) -> Operation {
        { host in
            guard let content = host[keyPath: from] else {
                throw Broken(description: "nothing to rename")
            }
            guard host[keyPath: to] == nil else {
                throw Broken(description: "a rename would overwrite")
            }
            guard !host.isActive, host.isHeld else {
                throw Broken(description: "a rename while etcd runs or could start")
            }
            host[keyPath: to] = content
            host[keyPath: from] = nil
        }
    }

    /// Whether systemd would refuse a start, by whomever.
    var isHeld: Bool { hold != nil && isDropInLoaded }

    /// What must be so at every instant; nil where it is.
    var violation: String? {
        let members = [data.member, staged.member, aside.member, discarded.member]
        let logs = [data.wal, staged.wal, aside.wal, discarded.wal]
        if target.hasOldData {
            if members.count(where: { $0 == .old }) != 1 { return "the old data is not there once" }
            if hasWALDir, logs.count(where: { $0 == .old }) != 1 {
                return "the old WAL is not there once"
            }
        }
        if isActive || !isHeld, let violation = violationIfStarted { return violation }
        return nil
    }

    /// Why an etcd that started now would do harm.
    private var violationIfStarted: String? {
        switch (data.member, data.wal) {
        case (.old, let wal) where (wal == .old) == hasWALDir: nil
        case (.restored, let wal) where (wal == .restored) == hasWALDir: nil
        case (nil, nil) where !target.hasOldData: nil
        default:
            "etcd could start on \(String(describing: data.member)) with "
                + "\(String(describing: data.wal))"
        }
    }
}
