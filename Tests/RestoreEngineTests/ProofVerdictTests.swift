import EtcdModel
import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("The proof of a cluster", .timeLimit(.minutes(15)))
struct ProofVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout ModelTrouble) -> Void
        /// The proofs of etcd-2 that do not hold.
        var broken: [String]
        var evidence: String
        var hint: String

        init(
            _ description: String,
            broken: [String],
            evidence: String,
            hint: String,
            _ change: @escaping @Sendable (inout ModelTrouble) -> Void
        ) {
            testDescription = description
            self.broken = broken
            self.evidence = evidence
            self.hint = hint
            self.change = change
        }
    }

    private static let keepOut = "do not let clients in"
    private static let lookThere = "look at `journalctl -u etcd.service` there"
    private static let disarm = "`etcdctl alarm disarm`"
    private static let wrongCluster = ClusterID(rawValue: 0xBAD)

    /// What no waiting will mend.
    static let final: [Case] = [
        Case(
            "other data",
            broken: ["data hash"],
            evidence: "data hash: expected 123456, got 99",
            hint: keepOut
        ) { $0.hashKV = 99 },
        Case(
            "another number of keys",
            broken: ["key count"],
            evidence: "key count: expected 7, got 6",
            hint: keepOut
        ) { $0.keys = 6 },
        Case(
            "another cluster",
            broken: ["cluster ID"],
            evidence: "cluster ID: expected \(Sample.restore.clusterID), got bad",
            hint: keepOut
        ) { $0.clusterID = wrongCluster },
        Case(
            "another member",
            broken: ["member ID"],
            evidence: "member ID: expected \(Sample.restore.targets[1].memberID), got bad",
            hint: keepOut
        ) { $0.memberID = MemberID(rawValue: 0xBAD) },
        Case(
            "an alarm",
            broken: ["alarms"],
            evidence: "alarms: expected none, got NOSPACE",
            hint: disarm
        ) { $0.alarms = [1] },
        Case(
            "two alarms, and no write because of them",
            broken: ["alarms", "write"],
            evidence: "alarms: expected none, got CORRUPT, NOSPACE\n"
                + "write: expected accepted by consensus, "
                + "got Error: etcdserver: mvcc: database space exceeded",
            hint: disarm
        ) {
            $0.alarms = [1, 2]
            $0.writeRefusal = "etcdserver: mvcc: database space exceeded"
        },
    ]

    /// What is waited for until the time is up.
    static let waiting: [Case] = [
        Case(
            "a write that is refused",
            broken: ["write"],
            evidence: "write: expected accepted by consensus, "
                + "got Error: etcdserver: request timed out",
            hint: lookThere
        ) { $0.writeRefusal = "etcdserver: request timed out" },
        Case(
            "no answer",
            broken: [
                "cluster ID", "member ID", "leader", "revision", "data hash", "key count",
                "alarms", "write",
            ],
            evidence: "etcd does not answer: "
                + "Failed to get the status of endpoint (context deadline exceeded)",
            hint: lookThere
        ) { $0.isMute = true },
        Case(
            "no leader",
            broken: ["leader", "revision", "data hash", "key count", "alarms", "write"],
            evidence: "there is no leader yet",
            hint: lookThere
        ) { $0.asksBeforeLeader = .max },
    ]

    private func prove(_ one: Case, _ plan: Plan) async throws -> (RunFailure, Rehearsal) {
        let rehearsal = Rehearsal(plan)
        rehearsal.fleet.trouble("etcd-2", one.change)
        guard case .failed(let failures) = try await rehearsal.session(),
            let failure = failures.first
        else { throw NotFailed() }
        #expect(failures.map(\.host) == ["etcd-2"])
        #expect(failure.step == "verify-cluster")
        #expect(failure.message == "not proven: " + one.broken.joined(separator: ", "))
        #expect(failure.hint?.hasPrefix(one.hint) == true)
        let state = try rehearsal.log.folded()
        let broken = state.proofs.filter { !$0.holds }
        #expect(broken.map(\.name) == one.broken)
        #expect(Set(broken.map(\.member)) == ["etcd-2"])
        #expect(state.proofs.count == 3 * 8)
        return (failure, rehearsal)
    }

    private struct NotFailed: Error {}

    @Test("stops at once at what no waiting will mend", arguments: final)
    func stops(one: Case) async throws {
        // the plan's own ten minutes: a proof that waited would run into the suite's limit
        let (failure, rehearsal) = try await prove(one, Sample.restore)
        #expect(failure.evidence == one.evidence)
        let status = ModelSighting(member: "etcd-2", command: .status)
        #expect(rehearsal.fleet.sightings.count { $0 == status } == 1)
    }

    @Test(
        "waits for what may come, until the time is up; then a resume proves again",
        arguments: waiting
    )
    func waits(one: Case) async throws {
        let (failure, rehearsal) = try await prove(one, Self.impatient)
        #expect(failure.evidence?.contains(one.evidence) == true)
        #expect(rehearsal.fleet.hosts["etcd-2"]?.lock == Sample.run.rawValue)
        rehearsal.fleet.trouble("etcd-2") { $0 = ModelTrouble() }
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    /// The same plan with one second for the proof.
    private static let impatient: Plan = {
        var plan = Sample.restore
        for index in plan.steps.indices where plan.steps[index].name == "verify-cluster" {
            plan.steps[index].limits.timeoutSeconds = 1
        }
        return plan
    }()

    @Test("goes on once it came", arguments: waiting)
    func comes(one: Case) async throws {
        let fleet = Mutex<ModelFleet?>(nil)
        let asks = Atomic(0)
        let rehearsal = Rehearsal { sighting in
            guard sighting == ModelSighting(member: "etcd-2", command: .status) else { return }
            if asks.add(1, ordering: .relaxed).newValue == 3 {
                fleet.withLock(\.self)?.trouble("etcd-2") { $0 = ModelTrouble() }
            }
        }
        fleet.withLock { $0 = rehearsal.fleet }
        rehearsal.fleet.trouble("etcd-2", one.change)
        try await rehearsal.complete()
        rehearsal.expectRestored()
        #expect(asks.load(ordering: .relaxed) == 3)
    }

    @Test("waits for a leader that is slow, and asks nothing else before")
    func slowLeader() async throws {
        let rehearsal = Rehearsal()
        for member in Sample.members {
            rehearsal.fleet.trouble(member) { $0.asksBeforeLeader = 2 }
        }
        try await rehearsal.complete()
        rehearsal.expectRestored()
        let asked = rehearsal.fleet.sightings.filter { $0.member == "etcd-1" }.map(\.command)
            .filter { $0 == .status || $0 == .proof }
        #expect(asked == [.status, .status, .status, .proof])
    }

    @Test(
        "asks again over a new connection after one is lost",
        arguments: [
            ModelFault.lost(.beforeEffect), .lost(.afterEffect), .garbles,
        ]
    )
    func lost(fault: ModelFault) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.fail(.proof, on: "etcd-3", fault)
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    @Test("does not wait for a member that has no client URL to ask")
    func noClientURL() async throws {
        var plan = Sample.restore
        plan.targets[1].member.clientURLs = []
        let rehearsal = Rehearsal(plan)
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.map(\.host) == ["etcd-2"])
        #expect(failures.map(\.evidence) == ["the member has no client URL to ask"])
    }

    @Test("sees that members follow two leaders")
    func twoLeaders() throws {
        let answers = [
            "etcd-1": MemberAnswer(status: try status(member: 1, leader: 1, term: 2)),
            "etcd-2": MemberAnswer(status: try status(member: 2, leader: 2, term: 3)),
        ]
        let verdict = ProofVerdict(
            expected: ExpectedCluster(
                clusterID: ClusterID(rawValue: 9),
                members: ["etcd-1", "etcd-2"].map { ExpectedMember(name: $0, id: nil) },
                data: nil
            ),
            answers: Answers(byMember: answers)
        )
        let leaders = verdict.proofs.filter { $0.name == "leader" }
        #expect(leaders.map(\.holds) == [false, false])
        #expect(leaders.map(\.observed) == ["1, term 2", "2, term 3"])
        #expect(!verdict.cannotChange)
        #expect(verdict.proofs.filter { $0.name == "cluster ID" }.map(\.holds) == [true, true])
    }

    @Test("takes no learner for a voter")
    func learner() throws {
        let verdict = ProofVerdict(
            expected: ExpectedCluster(
                clusterID: nil,
                members: [ExpectedMember(name: "etcd-1", id: nil)],
                data: nil
            ),
            answers: Answers(byMember: [
                "etcd-1": MemberAnswer(
                    status: try status(member: 1, leader: 1, term: 2, isLearner: true)
                )
            ])
        )
        let leader = verdict.proofs.first { $0.name == "leader" }
        #expect(leader?.holds == false)
        #expect(leader?.observed == "1, learner")
    }

    private func status(
        member: Int,
        leader: Int,
        term: Int,
        isLearner: Bool = false
    ) throws -> EndpointStatus {
        let json = """
            [{"Endpoint":"x","Status":{"header":{"cluster_id":9,"member_id":\(member),\
            "revision":1,"raft_term":\(term)},"version":"3.5.16","dbSize":1,"leader":\(leader),\
            "raftIndex":1,"raftTerm":\(term),"raftAppliedIndex":1,"dbSizeInUse":1\
            \(isLearner ? ",\"isLearner\":true" : "")}}]
            """
        return try #require(EndpointStatus.single(Array(json.utf8)))
    }
}
