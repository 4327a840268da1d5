import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

/// What a look says of the effects that change who belongs to the cluster.
@Suite("Observe, then act, on the membership")
struct MemberStandingTests {
    enum Told: String, CaseIterable { case silent, before, removed, learner, voter, corrupt }

    private func membership(_ told: Told) -> Membership? {
        var list = MemberSample.list
        var newcomer = list.entries[1]
        newcomer.id = MemberID(rawValue: 0xBEEF)
        switch told {
        case .silent: return nil
        case .before: break
        case .removed: list.entries.remove(at: 1)
        case .learner:
            newcomer.isLearner = true
            newcomer.name = ""
            list.entries[1] = newcomer
        case .voter, .corrupt: list.entries[1] = newcomer
        }
        return Membership(
            list: list,
            alarms: told == .corrupt
                ? [RaisedAlarm(name: "CORRUPT", member: MemberSample.oldID)] : []
        )
    }

    private func word(_ standing: EffectStanding) -> String {
        switch standing {
        case .done: "done"
        case .ready: "ready"
        case .refused: "refused"
        }
    }

    private func judge(
        _ kind: EffectKind,
        _ look: MemberObservation,
        on name: String
    ) throws -> String {
        let plan = try #require(MemberSample.World().plan)
        let target = try #require(plan.target(named: name))
        return word(
            look.standing(
                of: kind,
                target: target,
                restored: WALIdentity(memberID: target.memberID, clusterID: plan.clusterID),
                snapshotBytes: 0
            )
        )
    }

    private let mine = HostLock(
        run: Sample.run.rawValue,
        operator: "ops",
        coordinator: "laptop",
        since: "now"
    )

    @Test("through the member that is asked", arguments: Told.allCases)
    func agent(_ told: Told) throws {
        let look = MemberObservation(
            lock: mine,
            service: ServiceState(activity: .active, detail: "active (running)"),
            runDirectoryExists: true,
            membership: membership(told)
        )
        let kinds: [EffectKind] = [.removeMember, .addMember, .promoteMember, .disarmAlarms]
        let expected: [Told: [String]] = [
            .silent: ["refused", "refused", "refused", "refused"],
            .before: ["ready", "refused", "refused", "done"],
            .removed: ["done", "ready", "refused", "done"],
            .learner: ["done", "done", "ready", "done"],
            .voter: ["done", "done", "done", "done"],
            .corrupt: ["done", "done", "done", "ready"],
        ]
        #expect(try kinds.map { try judge($0, look, on: "etcd-3") } == expected[told])
    }

    @Test("not without this run's lock")
    func locked() throws {
        let look = MemberObservation(
            service: ServiceState(activity: .active, detail: "active (running)"),
            membership: membership(.before)
        )
        for kind in [EffectKind.removeMember, .addMember, .promoteMember, .disarmAlarms] {
            #expect(try judge(kind, look, on: "etcd-3") == "refused")
        }
    }

    /// The changed member's host: what it has, and what may be done with it.
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var isActive: Bool
        var isHeld: Bool
        /// nil: no data; else its member's ID.
        var data: UInt64?
        var expected: [String]
    }

    static let cases: [Case] = [
        Case(
            testDescription: "as it was",
            isActive: false,
            isHeld: true,
            data: 0xAF,
            expected: ["ready", "refused"]
        ),
        Case(
            testDescription: "set aside",
            isActive: false,
            isHeld: true,
            data: nil,
            expected: ["done", "ready"]
        ),
        Case(
            testDescription: "starting in vain",
            isActive: true,
            isHeld: false,
            data: nil,
            expected: ["refused", "ready"]
        ),
        Case(
            testDescription: "joined",
            isActive: true,
            isHeld: false,
            data: 0xBEEF,
            expected: ["refused", "done"]
        ),
        Case(
            testDescription: "joined and died",
            isActive: false,
            isHeld: false,
            data: 0xBEEF,
            expected: ["refused", "ready"]
        ),
        Case(
            testDescription: "held after it joined",
            isActive: false,
            isHeld: true,
            data: 0xBEEF,
            expected: ["done", "ready"]
        ),
    ]

    @Test("on the host of the one that comes again", arguments: cases)
    func changed(_ one: Case) throws {
        let plan = try #require(MemberSample.World().plan)
        let old = try #require(plan.target(named: "etcd-2")?.oldIdentity)
        let look = MemberObservation(
            lock: mine,
            service: ServiceState(
                activity: one.isActive ? .active : .stopped,
                detail: "",
                heldBy: one.isHeld ? Sample.run.rawValue : nil
            ),
            data: DataState(
                hasMember: one.data != nil,
                identity: one.data.map {
                    WALIdentity(
                        memberID: $0 == 0xAF ? old.memberID : MemberID(rawValue: $0),
                        clusterID: plan.clusterID
                    )
                }
            ),
            runDirectoryExists: true
        )
        let kinds: [EffectKind] = [.setAsideData, .joinCluster]
        #expect(try kinds.map { try judge($0, look, on: "etcd-2") } == one.expected)
    }
}
