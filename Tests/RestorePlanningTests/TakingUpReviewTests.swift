import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("A run that is to be taken up")
struct TakingUpReviewTests {
    private static let plan = Sample.plan()
    private static let rollback = RollbackPlanner.plan(for: plan, createdAt: "later")
    private static let stranger = DataState(hasMember: true, identity: Worlds.foreign)

    private static func restored(_ target: MemberTarget) -> DataState {
        DataState(
            hasMember: true,
            identity: WALIdentity(memberID: target.memberID, clusterID: plan.clusterID)
        )
    }

    private static func old(_ target: MemberTarget) -> DataState {
        DataState(hasMember: true, identity: target.oldIdentity)
    }

    /// Hosts of a finished restore, after a change to one of them.
    private static func looks(
        _ change: (inout MemberObservation) -> Void = { _ in }
    ) -> [String: MemberObservation] {
        Dictionary(
            uniqueKeysWithValues: plan.targets.map { target in
                var look = Worlds.look(
                    lock: nil,
                    Worlds.running,
                    data: restored(target),
                    aside: old(target),
                    snapshot: nil
                )
                if target.name == "etcd-2" { change(&look) }
                return (target.name, look)
            }
        )
    }

    private static func refusals(
        of plan: Plan,
        _ looks: [String: MemberObservation]
    ) -> [String] {
        TakingUpReview(plan).refusals(looks).map { "\($0.member): \($0.1.fact)" }
    }

    private static let join: Plan = {
        let restore = plan.fencing([FencedMember(name: "etcd-3", host: "h", reason: "off")])
        return JoinPlanner.plan(
            for: restore,
            from: SnapshotReference(path: "/backup/s.db", proof: Sample.proof),
            joining: plan.targets.filter { $0.name == "etcd-3" },
            withoutDataDir: [],
            outlook: plan.outlook,
            createdAt: "later"
        )
    }()

    @Test("is taken up where every host has what the run restored, or what was there before")
    func agreed() {
        #expect(Self.refusals(of: Self.rollback, Self.looks()) == [])
        #expect(Self.refusals(of: Self.plan, Self.looks()) == [])
        let before = Self.looks {
            $0.data = Self.old(Self.plan.targets[1])
            $0.setAside = DataState()
        }
        #expect(Self.refusals(of: Self.rollback, before) == [])
        let between = Self.looks { $0.data = DataState() }
        #expect(Self.refusals(of: Self.rollback, between) == [])
    }

    @Test(
        "is refused where one host has anybody else's data, whatever is to be done with it",
        arguments: [Plan.Kind.restore, .rollback, .join, .unjoin]
    )
    func foreign(_ kind: Plan.Kind) throws {
        var plan = kind == .rollback ? Self.rollback : Self.plan
        if kind == .join { plan = Self.join }
        if kind == .unjoin { plan = UnjoinPlanner.plan(for: Self.join, createdAt: "later") }
        let looks = Self.looks { $0.data = Self.stranger }
        let refusals = TakingUpReview(plan).refusals(looks)
        let (member, refusal) = try #require(refusals.first)
        #expect(refusals.count == 1 && member == "etcd-2")
        #expect(refusal.fact.contains("the data of member 4d of cluster 4e"), "\(refusal.fact)")
        #expect(refusal.fact.contains("neither what run \(Sample.run) restored"))
        #expect(refusal.hint.contains("leave it where it is"))
        #expect(!refusal.hint.contains("rename"))
    }

    @Test("is refused where another's directory is in the place of the run's own, and that is told")
    func foreignDirectory() throws {
        for plan in [Self.plan, Self.rollback] {
            let found = TakingUpReview(plan).refusals(
                Self.looks {
                    $0.foreign = "/var/lib/etcd/.rekindle is no directory of root's alone"
                    $0.setAside = DataState()
                }
            )
            let refusal = try #require(found.first)
            #expect(refusal.member == "etcd-2")
            #expect(refusal.1.fact.contains("no directory of root's alone"))
            #expect(!refusal.1.hint.contains("--fence"))
        }
    }

    @Test("is told which later run replaced the data, by whom, where and since when")
    func laterRun() throws {
        let later = LaterRun(
            run: "20261123T080000Z-0000ff",
            operator: "eve",
            coordinator: "laptop-2",
            since: "2026-11-23T08:00:00Z"
        )
        let looks = Self.looks {
            $0.data = Self.stranger
            $0.laterRuns = [later]
        }
        let refusal = try #require(TakingUpReview(Self.rollback).refusals(looks).first?.1)
        #expect(
            refusal.fact.hasSuffix(
                "run 20261123T080000Z-0000ff, by eve on laptop-2, since 2026-11-23T08:00:00Z has "
                    + "replaced it since"
            ),
            "\(refusal.fact)"
        )
        #expect(refusal.hint.contains("rekindle rollback 20261123T080000Z-0000ff"))
    }

    @Test("is refused at the lock as well, where the data changed between the look and the lock")
    func atTheLock() {
        let target = Self.plan.targets[1]
        let look = Self.looks { $0.data = Self.stranger }["etcd-2"]
        func standing(leavesData: Bool) -> EffectStanding? {
            look?.standing(
                of: .takeLock,
                target: target,
                restored: WALIdentity(memberID: target.memberID, clusterID: Self.plan.clusterID),
                snapshotBytes: 1,
                leavesData: leavesData
            )
        }
        guard case .refused(let refusal)? = standing(leavesData: false) else {
            Issue.record("a lock was taken for a rollback of somebody else's data")
            return
        }
        #expect(refusal.fact.contains("neither"))
        // a clean deletes only what the run set aside
        #expect(standing(leavesData: true) == .ready)
    }

    @Test("may be cleaned beside data of a later run, but not where it has the only copy")
    func clean() {
        let clean = CleanPlanner.plan(for: Self.plan, createdAt: "later")
        #expect(Self.refusals(of: clean, Self.looks { $0.data = Self.stranger }) == [])
        let only = Self.refusals(of: clean, Self.looks { $0.data = DataState() })
        #expect(only.count == 1 && only[0].contains("may be the only copy"), "\(only)")
    }

    @Test("is refused where the old data is nowhere, and is shown the way around that host")
    func gone() throws {
        let looks = Self.looks { $0.setAside = DataState() }
        let refusal = try #require(TakingUpReview(Self.rollback).refusals(looks).first?.1)
        #expect(refusal.fact.contains("the old data is neither"))
        #expect(refusal.hint.contains("--fence etcd-2=REASON"))
        #expect(Self.refusals(of: Self.plan, looks) == [], "a resume does not need it")
    }

    @Test("is refused where another run holds the lock or the service, and is told whose they are")
    func heldByOthers() throws {
        let locked = Self.looks { $0.lock = Worlds.theirs }
        let refusal = try #require(TakingUpReview(Self.rollback).refusals(locked).first?.1)
        #expect(refusal.lockedBy == Worlds.theirs)
        let held = Self.looks { $0.service = Worlds.held(by: Sample.otherRun) }
        #expect(Self.refusals(of: Self.rollback, held).first?.contains("is held by run") == true)
    }

    @Test("looks at half a member with a WAL directory of its own as what it is")
    func half() {
        let plan = Sample.plan(walDir: "/wal/etcd")
        let target = plan.targets[0]
        let look = Worlds.look(
            data: DataState(hasMember: true),
            aside: DataState(hasSeparateWAL: true, identity: target.oldIdentity)
        )
        let rollback = RollbackPlanner.plan(for: plan, createdAt: "later")
        #expect(TakingUpReview(rollback).refusals([target.name: look]).isEmpty)
    }
}
