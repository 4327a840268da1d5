import EtcdModel
import Testing

@Suite("What etcd's tools say")
struct ToolOutputTests {
    static let versions = ["3.4.23", "3.5.16"]

    private func output(_ version: String, _ name: String) throws -> [UInt8] {
        try Fixtures.bytes("tool-output/\(version)/\(name)")
    }

    /// The answers of a recording of several endpoints, each as if it had been asked alone.
    private func answers(_ version: String, _ name: String) throws -> [[UInt8]] {
        let text = String(decoding: try output(version, name), as: UTF8.self)
        return text.split(separator: "{\"Endpoint\"").dropFirst().map { part in
            let entry = part.reversed().drop { $0 != "}" }.reversed()
            return Array("[{\"Endpoint\"\(String(entry))]\n".utf8)
        }
    }

    private let memberIDs: [UInt64] = [
        3087840766184133422, 7186365944095295033, 10104776292580408221,
    ]

    // MARK: endpoint status

    @Test("status: IDs above 2^53 to the last digit, on every member", arguments: versions)
    func status(version: String) throws {
        let all = try answers(version, "endpoint-status.json").compactMap(EndpointStatus.single)
        #expect(all.map(\.memberID.rawValue) == memberIDs)
        #expect(all.allSatisfy { $0.clusterID.rawValue == 15233626507808245262 })
        #expect(Set(all.map(\.leader)).count == 1)
        #expect(all.first.flatMap(\.leader).map { memberIDs.contains($0.rawValue) } == true)
        #expect(all.allSatisfy { $0.revision == 17 && $0.raftTerm == 2 && $0.version == version })
        #expect(all.allSatisfy { $0.databaseBytes == 20480 && !$0.isLearner && $0.errors.isEmpty })
    }

    @Test("status: no leader, and why", arguments: versions)
    func statusWithoutLeader(version: String) throws {
        let status = try #require(
            EndpointStatus.single(output(version, "endpoint-status-no-leader.json"))
        )
        #expect(status.leader == nil)
        #expect(status.errors == ["etcdserver: no leader"])
        #expect(status.memberID.rawValue == memberIDs[0])
    }

    @Test("status: an alarm is an error on every member", arguments: versions)
    func statusWithAlarm(version: String) throws {
        let all = try answers(version, "endpoint-status-nospace.json")
            .compactMap(EndpointStatus.single)
        #expect(all.count == 3)
        #expect(
            all.allSatisfy { $0.errors == ["memberID:3087840766184133422 alarm:NOSPACE "] }
        )
    }

    @Test("status: who is down gives no answer", arguments: versions)
    func statusOneDown(version: String) throws {
        let all = try answers(version, "endpoint-status-one-down.json")
        #expect(
            all.compactMap(EndpointStatus.single).map(\.memberID.rawValue) == [
                memberIDs[0], memberIDs[1],
            ]
        )
    }

    @Test("status: a learner, and a leader of zero is none")
    func learner() throws {
        let learner = Array(
            """
            [{"Endpoint":"x","Status":{"header":{"cluster_id":18446744073709551615,"member_id":1,\
            "raft_term":7},"version":"3.6.0","dbSize":20480,"leader":0,"raftTerm":7,\
            "isLearner":true,"storageVersion":"3.6.0"}}]
            """.utf8
        )
        let status = try #require(EndpointStatus.single(learner))
        #expect(status.isLearner)
        #expect(status.leader == nil)
        #expect(status.clusterID.rawValue == .max)
        #expect(status.revision == 0)
    }

    // MARK: endpoint hashkv

    @Test("hashkv: the hash, the revision and that nothing is compacted", arguments: versions)
    func hashKV(version: String) throws {
        let all = try answers(version, "endpoint-hashkv.json").compactMap(EndpointHashKV.single)
        #expect(all.count == 3)
        #expect(
            all.allSatisfy {
                $0.hash == 2611651504 && $0.revision == 17 && $0.compactRevision == -1
            }
        )
    }

    @Test("hashkv: numbers that are zero are left out")
    func hashKVOfZero() {
        let output =
            "[{\"Endpoint\":\"x\",\"HashKV\":{\"header\":{\"member_id\":1,\"revision\":5}}}]"
        let zero = EndpointHashKV.single(Array(output.utf8))
        #expect(zero?.hash == 0)
        #expect(zero?.compactRevision == 0)
    }

    // MARK: txn

    @Test("txn: a flag that is false is left out; what is no answer is none")
    func transaction() {
        let header = "{\"header\":{\"cluster_id\":1,\"member_id\":2,\"revision\":5,\"raft_term\":2}"
        func answer(_ text: String) -> Bool? { TransactionAnswer(Array(text.utf8))?.succeeded }
        #expect(answer(header + ",\"responses\":[]}\n") == false)
        #expect(answer(header + ",\"succeeded\":false}") == false)
        #expect(answer("{\"level\":\"warn\"}\n" + header + ",\"succeeded\":true}") == true)
        for text in ["", "FAILURE", "{}", "{\"level\":\"warn\"}", "[]"] {
            #expect(answer(text) == nil, "\(text)")
        }
    }

    @Test("a refusal is known by its words, in whatever etcdctl wraps them")
    func refusals() {
        let words: [(String, EtcdRefusal?)] = [
            (
                "Failed to get the hash of endpoint x (etcdserver: mvcc: required revision has been "
                    + "compacted)\nError: etcdserver: mvcc: required revision has been compacted",
                .compacted
            ),
            ("Error: rpc error: code = Unknown desc = auth: user name is empty", .noCredentials),
            ("Error: etcdserver: permission denied", .permissionDenied),
            (
                "Error: etcdserver: authentication failed, invalid user ID or password",
                .wrongCredentials
            ),
            (
                "rpc error: code = Unimplemented desc = unknown service etcdserverpb.KV",
                .unknownService
            ),
            ("Error: etcdserver: mvcc: database space exceeded", .noSpace),
            ("Error: etcdserver: mvcc: required revision is a future revision", .futureRevision),
            ("Error: context deadline exceeded", nil), ("Error: etcdserver: no leader", nil),
            ("", nil),
        ]
        for (text, refusal) in words { #expect(EtcdRefusal(text) == refusal, "\(text)") }
        #expect(EtcdRefusal.allCases.filter(\.mayChange) == [.futureRevision])
    }

    // MARK: alarm list

    @Test("alarms: none, with the header of 3.5 and without it in 3.4", arguments: versions)
    func noAlarms(version: String) throws {
        #expect(try AlarmList.names(output(version, "alarm-list.json")) == [])
    }

    @Test("alarms: NOSPACE", arguments: versions)
    func nospace(version: String) throws {
        #expect(try AlarmList.names(output(version, "alarm-list-nospace.json")) == ["NOSPACE"])
    }

    @Test("alarms: each name once, and those that are not known by their number")
    func severalAlarms() {
        let output = """
            {"alarms":[{"memberID":1,"alarm":2},{"memberID":2,"alarm":1},{"memberID":3,"alarm":2},\
            {"memberID":3,"alarm":9}]}
            """
        #expect(AlarmList.names(Array(output.utf8)) == ["CORRUPT", "NOSPACE", "alarm 9"])
    }

    // MARK: get

    @Test("count: of all keys, whatever the limit; none is zero", arguments: versions)
    func keyCount(version: String) throws {
        let text = try Fixtures.text("tool-output/\(version)/get-count.txt")
        #expect(KeyCount(text)?.count == 11)
        let none = try Fixtures.text("tool-output/\(version)/get-count-none.txt")
        #expect(KeyCount(none)?.count == 0)
    }

    @Test(
        "count: not from a key that looks like one, nor from anything else",
        arguments: [
            "", "\"Key\" : \"\\\"Count\\\" : 3\"\n", "\"Count\" : many\n", "\"Count\" : -1\n",
            "\"Count\" : \n", "\"MoreCount\" : 3\n", "Error: context deadline exceeded\n",
        ]
    )
    func noCount(text: String) {
        #expect(KeyCount(text) == nil)
    }

    // MARK: what is no answer

    @Test("warnings around the answer are passed over, those of 3.4 are JSON themselves")
    func warnings() throws {
        let warning = Array(
            "{\"level\":\"warn\",\"ts\":\"2026-11-22T17:00:00Z\",\"msg\":\"retrying of unary invoker\"}\n"
                .utf8
        )
        let words = Array("Deprecated: Use `etcdutl` instead.\n".utf8)
        for version in Self.versions {
            let status = try output(version, "endpoint-status-no-leader.json")
            let alarms = try output(version, "alarm-list-nospace.json")
            for noisy in [words + warning + status, status + warning, words + status + words] {
                #expect(EndpointStatus.single(noisy) == EndpointStatus.single(status))
            }
            #expect(AlarmList.names(warning + alarms + warning) == ["NOSPACE"])
        }
        #expect(AlarmList.names(warning) == nil)
    }

    @Test(
        "nothing is read into what is no answer",
        arguments: [
            "", "\n", "[]", "null", "[null]", "{", "[{}]", "Error: context deadline exceeded",
            "{\"level\":\"warn\"}", "[{\"Endpoint\":\"x\",\"Status\":null}]",
            "[{\"Endpoint\":\"x\",\"Status\":{\"header\":{}}}]",
            "[{\"Endpoint\":\"x\",\"HashKV\":{\"header\":{}}}]",
            "[{\"Endpoint\":\"x\",\"HashKV\":{\"header\":{\"member_id\":1},\"hash\":4294967296}}]",
            "{\"alarms\":3}",
        ]
    )
    func noAnswer(text: String) {
        let bytes = Array(text.utf8)
        #expect(EndpointStatus.single(bytes) == nil)
        #expect(EndpointHashKV.single(bytes) == nil)
        #expect(AlarmList.names(bytes) == nil)
        #expect(KeyCount(text) == nil)
    }

    @Test("one command's answer is not taken for another's", arguments: versions)
    func otherCommands(version: String) throws {
        for name in [
            "endpoint-health", "endpoint-health-no-leader", "endpoint-health-nospace",
            "endpoint-health-one-down", "endpoint-health-without-credentials", "member-list",
            "member-list-learner", "get-count", "txn-failure", "txn-success",
        ] {
            let bytes = try output(version, "\(name).json")
            #expect(EndpointStatus.single(bytes) == nil)
            #expect(EndpointHashKV.single(bytes) == nil)
        }
        #expect(try EndpointHashKV.single(answers(version, "endpoint-status.json")[0]) == nil)
        #expect(try EndpointStatus.single(answers(version, "endpoint-hashkv.json")[0]) == nil)
    }

    @Test("several answers are not the answer of one", arguments: versions)
    func severalAnswers(version: String) throws {
        #expect(try EndpointStatus.single(output(version, "endpoint-status.json")) == nil)
        #expect(try EndpointHashKV.single(output(version, "endpoint-hashkv.json")) == nil)
    }
}
