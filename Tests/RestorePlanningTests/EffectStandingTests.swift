import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("Observe, then act: what a look says of an effect")
struct EffectStandingTests {
    @Test(
        "with the WAL in the data directory",
        arguments: Worlds.withoutWALDir.map(\.name),
        EffectKind.allCases
    )
    func withoutWALDir(name: String, kind: EffectKind) throws {
        try judge(kind, Worlds.withoutWALDir, name, Worlds.target)
    }

    @Test(
        "in a hostile world",
        arguments: Worlds.hostile.map(\.name),
        EffectKind.allCases
    )
    func hostile(name: String, kind: EffectKind) throws {
        try judge(kind, Worlds.hostile, name, Worlds.target)
    }

    @Test(
        "with a WAL directory of its own",
        arguments: Worlds.withWALDir.map(\.name),
        EffectKind.allCases
    )
    func withWALDir(name: String, kind: EffectKind) throws {
        try judge(kind, Worlds.withWALDir, name, Worlds.walTarget)
    }

    private func judge(
        _ kind: EffectKind,
        _ worlds: [StandingWorld],
        _ name: String,
        _ target: MemberTarget
    ) throws {
        let world = try #require(worlds.first { $0.name == name })
        let standing = world.observation.standing(
            of: kind,
            target: target,
            restored: Worlds.restored,
            snapshotBytes: Sample.proof.bytes
        )
        if kind == .startDependents {
            // nothing is known here to depend on etcd
            let isOurs =
                world.observation.lock?.run == Worlds.ours.run && world.observation.foreign == nil
            #expect((standing == .done) == isOurs)
            return
        }
        switch standing {
        case .done: #expect(world.done.contains(kind))
        case .ready: #expect(world.ready.contains(kind))
        case .refused(let refusal):
            #expect(!world.done.contains(kind) && !world.ready.contains(kind), "\(refusal.fact)")
            #expect(!refusal.fact.isEmpty && !refusal.fact.hasSuffix("."))
            #expect(!refusal.hint.isEmpty)
            #expect((refusal.lockedBy == nil) == (world.observation.lock?.run != Worlds.theirs.run))
        }
    }

    @Test("what depends on etcd is started only where it is down, and only under the run's lock")
    func dependents() {
        func standing(_ lock: HostLock?, isDown: Bool) -> EffectStanding {
            var look = Worlds.look(lock: lock)
            look.isDependentDown = isDown
            return look.standing(
                of: .startDependents,
                target: Worlds.target,
                restored: Worlds.restored,
                snapshotBytes: 1
            )
        }
        #expect(standing(Worlds.ours, isDown: true) == .ready)
        #expect(standing(Worlds.ours, isDown: false) == .done)
        for lock in [Worlds.theirs, nil] {
            guard case .refused = standing(lock, isDown: true) else {
                Issue.record("started under no lock of ours")
                continue
            }
        }
    }

    @Test("whose lock it is, is told to whoever is refused")
    func lockedByOther() {
        let standing = Worlds.look(lock: Worlds.theirs).standing(
            of: .takeLock,
            target: Worlds.target,
            restored: Worlds.restored,
            snapshotBytes: 1
        )
        guard case .refused(let refusal) = standing else {
            Issue.record("another's lock was taken: \(standing)")
            return
        }
        #expect(refusal.lockedBy == Worlds.theirs)
        #expect(refusal.fact.contains("run \(Sample.otherRun), by ops on laptop, since now"))
        #expect(refusal.hint.contains("rekindle resume \(Sample.otherRun)"))
    }

    @Test(
        "a lock and a hold are taken over from the run that was named, once it was silent for long",
        arguments: [(119, false, true), (120, true, true), (120, false, false)]
    )
    func takenOver(silent: Int, isReady: Bool, isNamed: Bool) {
        var target = Worlds.target
        target.takesOver = isNamed ? Sample.otherRun.rawValue : nil
        func standing(_ kind: EffectKind, _ look: MemberObservation) -> EffectStanding {
            look.standing(of: kind, target: target, restored: Worlds.restored, snapshotBytes: 1)
        }
        let locked = standing(.takeLock, Worlds.look(lock: Worlds.silent(silent), Worlds.running))
        let held = standing(.holdService, Worlds.look(Worlds.held(by: Sample.otherRun)))
        #expect((locked == .ready) == isReady)
        #expect((held == .ready) == isNamed)
        // whoever holds it, nothing is moved before the hold is ours
        let moved = standing(.setAsideData, Worlds.look(Worlds.held(by: Sample.otherRun)))
        guard case .refused = moved else {
            Issue.record("data is moved under another run's hold")
            return
        }
    }

    @Test("a host without old data may be left with nothing in place, and one with it may not")
    func nothingInPlace() {
        var target = Worlds.target
        let empty = Worlds.look()
        func standing(_ kind: EffectKind) -> EffectStanding {
            empty.standing(
                of: kind,
                target: target,
                restored: Worlds.restored,
                snapshotBytes: 1
            )
        }
        for kind in [EffectKind.startOldService, .leaveOldServiceStopped] {
            target.hasOldData = true
            guard case .refused = standing(kind) else {
                Issue.record("\(kind) would begin an empty cluster")
                continue
            }
            target.hasOldData = false
            #expect(standing(kind) == .ready)
        }
    }

    @Test("a token that gives the old data's own IDs is refused before anything is touched")
    func sameIdentity() {
        var target = Worlds.target
        target.oldIdentity = Worlds.restored
        let standing = Worlds.look(lock: nil, Worlds.running, data: Worlds.data(Worlds.restored))
            .standing(
                of: .takeLock,
                target: target,
                restored: Worlds.restored,
                snapshotBytes: 1
            )
        guard case .refused(let refusal) = standing else {
            Issue.record("old data would be taken for restored data")
            return
        }
        #expect(refusal.hint.contains("initial-cluster-token: auto"))
        #expect(refusal.lockedBy == nil)
    }

    @Test("data that is not what the plan saw is not touched, unless the run has been there before")
    func otherData() {
        func standing(_ data: WALIdentity?, runDirectory: Bool) -> EffectStanding {
            Worlds.look(
                lock: nil,
                Worlds.running,
                data: Worlds.data(data),
                runDirectory: runDirectory
            ).standing(
                of: .takeLock,
                target: Worlds.target,
                restored: Worlds.restored,
                snapshotBytes: 1
            )
        }
        #expect(standing(Worlds.old, runDirectory: false) == .ready)
        #expect(standing(Worlds.restored, runDirectory: true) == .ready)
        for other in [Worlds.foreign, Worlds.restored, nil] {
            guard case .refused(let refusal) = standing(other, runDirectory: false) else {
                Issue.record("data of \(String(describing: other)) would be set aside")
                continue
            }
            #expect(refusal.hint.contains("rekindle check"))
        }
    }

    @Test("set-aside data that may be the only copy is not deleted")
    func onlyCopy() {
        let standing = Worlds.look(aside: Worlds.data(Worlds.old)).standing(
            of: .deleteRunDirectory,
            target: Worlds.target,
            restored: Worlds.restored,
            snapshotBytes: 1
        )
        guard case .refused = standing else {
            Issue.record("the only copy would be deleted")
            return
        }
    }

    @Test("in no world at all is the data in danger", arguments: [false, true])
    func everyWorld(hasWALDir: Bool) {
        let target = hasWALDir ? Worlds.walTarget : Worlds.target
        var count = 0
        for observation in EveryWorld(hasWALDir: hasWALDir) {
            count += 1
            for kind in EffectKind.allCases {
                let standing = observation.standing(
                    of: kind,
                    target: target,
                    restored: Worlds.restored,
                    snapshotBytes: Sample.proof.bytes
                )
                if let danger = danger(in: standing, of: kind, observation) {
                    Issue.record("\(kind) is \(standing): \(danger) in \(observation)")
                    return
                }
            }
        }
        #expect(count > 5_000)
    }

    /// What would be lost if a standing were followed; nil where nothing can be.
    private func danger(
        in standing: EffectStanding,
        of kind: EffectKind,
        _ host: MemberObservation
    ) -> String? {
        if case .refused(let refusal) = standing {
            return refusal.hint.isEmpty ? "there is no hint" : nil
        }
        let isLocked = host.lock == Worlds.ours
        let isHeld = host.service.heldBy == Sample.run.rawValue && host.service.isHoldLoaded
        let isQuiet = isHeld && host.service.activity == .stopped && host.isDatabaseOpen != true
        switch kind {
        case .takeLock, .removeSnapshotCopy, .releaseLock:
            return standing == .done || isLocked || (kind == .takeLock && host.lock == nil)
                ? nil : "the lock is another's"
        default:
            if !isLocked { return "the lock is not ours" }
        }
        if kind.movesData, !isQuiet { return "etcd may be using it" }
        guard standing == .ready else {
            return kind == .stopService && !isQuiet ? "etcd may be using it" : nil
        }
        switch kind {
        case .setAsideData: return renames(host.data.hasMember, host.setAside.hasMember)
        case .setAsideWAL: return renames(host.data.hasSeparateWAL, host.setAside.hasSeparateWAL)
        case .installData: return renames(host.staged.hasMember, host.data.hasMember)
        case .installWAL: return renames(true, host.data.hasSeparateWAL)
        case .discardData: return renames(host.data.hasMember, host.discarded.hasMember)
        case .discardWAL: return renames(host.data.hasSeparateWAL, host.discarded.hasSeparateWAL)
        case .putBackData: return renames(host.setAside.hasMember, host.data.hasMember)
        case .putBackWAL: return renames(host.setAside.hasSeparateWAL, host.data.hasSeparateWAL)
        case .restoreSnapshot:
            return host.data.identity == Worlds.restored && host.data.hasMember
                && !host.staged.hasMember ? "it is installed already" : nil
        case .startService:
            return host.data.identity == Worlds.restored && host.data.hasMember
                ? nil : "it is not the restored data"
        case .startOldService, .leaveOldServiceStopped:
            return host.data.identity == Worlds.old && host.data.hasMember
                ? nil : "it is not the old data"
        case .deleteRunDirectory:
            return host.setAside.hasMember && !host.data.hasMember ? "it is the only copy" : nil
        case .takeLock, .saveSnapshot, .holdService, .stopService, .uploadSnapshot,
            .setOwnership, .removeSnapshotCopy, .releaseLock, .startScratch, .stopScratch,
            .removeMember, .addMember, .joinCluster, .promoteMember, .disarmAlarms, .forgetJoin,
            .startDependents:
            return nil
        }
    }

    private func renames(_ from: Bool, _ to: Bool) -> String? {
        if !from { return "there is nothing to rename" }
        return to ? "it would overwrite" : nil
    }
}

/// Every combination of what a look can show, as far as it matters.
struct EveryWorld: Sequence {
    let hasWALDir: Bool

    func makeIterator() -> AnyIterator<MemberObservation> {
        let identities = [nil, Worlds.old, Worlds.restored, Worlds.foreign]
        func places(_ identities: [WALIdentity?]) -> [DataState] {
            [DataState()]
                + identities.flatMap { identity in
                    hasWALDir
                        ? [
                            DataState(hasMember: true, hasSeparateWAL: true, identity: identity),
                            DataState(hasSeparateWAL: true, identity: identity),
                            DataState(hasMember: true),
                        ] : [DataState(hasMember: true, identity: identity)]
                }
        }
        let services = [
            Worlds.running, Worlds.stopped, Worlds.held(), Worlds.held(.active),
            Worlds.held(.unknown), Worlds.held(isLoaded: false), Worlds.held(by: Sample.otherRun),
        ]
        let lists: [[MemberObservation]] = [Worlds.ours, Worlds.theirs, nil].flatMap { lock in
            services.flatMap { service in
                places(identities).map { data in
                    places([nil, Worlds.restored]).flatMap { staged in
                        [false, true].flatMap { aside in
                            [false, true].flatMap { discarded in
                                [false, true].flatMap { marked in
                                    [false, true].map { open in
                                        Worlds.look(
                                            lock: lock,
                                            service,
                                            data: data,
                                            staged: staged,
                                            aside: DataState(
                                                hasMember: aside,
                                                hasSeparateWAL: aside && hasWALDir
                                            ),
                                            discarded: DataState(
                                                hasMember: discarded,
                                                hasSeparateWAL: discarded && hasWALDir
                                            ),
                                            marked: marked,
                                            open: open
                                        )
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return AnyIterator(lists.joined().makeIterator())
    }
}
