import RestorePlanning

extension ModelHost {
    package typealias Operation = @Sendable (inout ModelHost) throws -> Void

    /// Why a command of the effect would exit with another status than 0.
    struct CommandFailure: Error {
        var status: Int32 = 1
        var message: String
    }

    /// The operations that the commands of an effect come down to.
    static func operations(of kind: EffectKind, on target: MemberTarget) -> [Operation] {
        let run = target.paths.run
        switch kind {
        case .takeLock: return [link(run), { $0.hasRunDirectory = true }]
        case .saveSnapshot:
            return [
                {
                    guard $0.isActive else { throw CommandFailure(message: "connection refused") }
                    $0.hasSafetySnapshot = true
                }
            ]
        case .holdService: return [{ $0.hold = run }, { $0.isDropInLoaded = true }]
        case .stopService:
            return [
                {
                    $0.isActive = false
                    $0.isDependentDown = $0.target.dependents != nil
                }
            ]
        case .uploadSnapshot:
            return [
                {
                    $0.hasSnapshot = true
                    $0.partial = []
                }
            ]
        case .setAsideData: return [move(\.data.member, \.aside.member)]
        case .setAsideWAL: return [move(\.data.wal, \.aside.wal)]
        case .restoreSnapshot: return restore
        case .setOwnership: return [{ $0.hasForeignOwner = false }]
        case .installWAL: return [move(\.staged.wal, \.data.wal)]
        case .installData: return [move(\.staged.member, \.data.member)]
        case .startService, .startOldService: return [{ $0.hold = nil }, { $0.isActive = true }]
        case .leaveOldServiceStopped: return [{ $0.hold = nil }]
        case .removeSnapshotCopy:
            return [
                {
                    $0.hasSnapshot = false
                    $0.partial = []
                },
                { $0.staged.member = nil }, { $0.staged.wal = nil },
                { $0.isDropInLoaded = $0.hold != nil },
            ]
        case .releaseLock: return [{ $0.lock = nil }]
        case .discardData: return [move(\.data.member, \.discarded.member)]
        case .discardWAL: return [move(\.data.wal, \.discarded.wal)]
        case .putBackWAL: return [move(\.aside.wal, \.data.wal)]
        case .putBackData: return [move(\.aside.member, \.data.member)]
        case .startScratch:
            return [
                {
                    guard $0.staged.member == .restored, $0.isMarked else {
                        throw CommandFailure(message: "etcd would start on half a restore")
                    }
                    $0.isScratchActive = true
                }
            ]
        case .stopScratch: return [{ $0.isScratchActive = false }]
        // what the cluster does, and no host: `ModelMembership`
        case .removeMember, .addMember, .promoteMember, .disarmAlarms: return []
        case .startDependents: return [{ $0.isDependentDown = false }]
        case .joinCluster: return join
        case .forgetJoin:
            return [{ $0.hasJoinSettings = false }, { $0.isDropInLoaded = $0.hold != nil }]
        case .deleteRunDirectory: return [notUnderScratch] + delete
        }
    }

    private static func link(_ run: String) -> Operation {
        { host in
            if let other = host.lock, other != run {
                throw CommandFailure(
                    status: PlannedEffect.lockLostStatus,
                    message: "run=\(other)\noperator=eve\ncoordinator=elsewhere"
                )
            }
            host.lock = run
        }
    }

    /// The settings are there before the hold is gone: without them it would begin a cluster.
    private static let join: [Operation] = [
        { $0.hasJoinSettings = true },
        {
            $0.hold = nil
            $0.isDropInLoaded = false
        },
        { $0.isActive = true },
        {
            guard $0.data.member == nil else { return }
            $0.data.member = .restored
            if $0.hasWALDir { $0.data.wal = .restored }
        },
    ]

    private static let restore: [Operation] = [
        { $0.isMarked = false }, { $0.staged.member = nil }, { $0.staged.wal = nil },
        {
            guard $0.hasSnapshot else { throw CommandFailure(message: "no snapshot") }
            $0.staged.member = .torn
        },
        {
            $0.staged.member = $0.hasWALDir ? .torn : .tornWithWAL
            if $0.hasWALDir { $0.staged.wal = .tornWithWAL }
            $0.hasForeignOwner = true
        },
        {
            $0.staged.member = .restored
            if $0.hasWALDir { $0.staged.wal = .restored }
        },
        { $0.isMarked = true },
    ]

    private static let notUnderScratch: Operation = { host in
        guard !host.isScratchActive else {
            throw CommandFailure(message: "deleted under an etcd that runs on it")
        }
    }

    private static let delete: [Operation] = [
        {
            $0.isCleaned = true
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
            $0.hasSafetySnapshot = false
        },
        { $0.hasRunDirectory = false },
    ]

    /// `rmdir` of the run directory.
    package static let removeEmptyRunDirectory: Operation = { host in
        guard host.staged.isEmpty, host.aside.isEmpty, host.discarded.isEmpty, !host.hasSnapshot,
            !host.isMarked
        else { throw CommandFailure(message: "rmdir: Directory not empty") }
        host.hasRunDirectory = false
    }

    private static func move(
        _ from: any WritableKeyPath<ModelHost, Content?> & Sendable,
        _ to: any WritableKeyPath<ModelHost, Content?> & Sendable
    ) -> Operation {
        { host in
            guard let content = host[keyPath: from] else {
                throw CommandFailure(message: "nothing to rename")
            }
            guard host[keyPath: to] == nil else {
                throw CommandFailure(message: "a rename would overwrite")
            }
            guard host.canMoveData else {
                throw CommandFailure(message: "a rename while etcd runs or could start")
            }
            host[keyPath: to] = content
            host[keyPath: from] = nil
        }
    }
}
