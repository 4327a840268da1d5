import EtcdModel
import FoundationEssentials
import RestorePlanning
import RestoreRun
import Testing

@testable import RestoreEngine

/// Members that agree at the snapshot's revision may differ in what came after it.
@Suite("The data that members hold beyond the snapshot")
struct LaterDataTests {
    private struct Said {
        var revision: Int
        var applied: Int
        var later: UInt32?
        var compacted = -1
    }

    private func verdict(
        _ said: [Said],
        comparedAt: Int64,
        before: Set<ProofVerdict.Suspicion> = []
    ) throws -> ProofVerdict {
        var answers: [String: MemberAnswer] = [:]
        for (index, one) in said.enumerated() {
            var answer = MemberAnswer(status: try status(one))
            answer.later = try one.later.map { try later($0, one, comparedAt) }
            answers["etcd-\(index + 1)"] = answer
        }
        return ProofVerdict(
            expected: ExpectedCluster(
                clusterID: nil,
                members: said.indices.map { ExpectedMember(name: "etcd-\($0 + 1)", id: nil) },
                data: nil,
                agreesOnData: true
            ),
            answers: Answers(byMember: answers, comparedAt: comparedAt),
            before: before
        )
    }

    private func later(_ hash: UInt32, _ said: Said, _ newest: Int64) throws -> LaterAnswers {
        let json = """
            [{"Endpoint":"x","HashKV":{"header":{"cluster_id":9,"member_id":1,\
            "revision":\(said.revision),"raft_term":2},"hash":\(hash),\
            "compact_revision":\(said.compacted)}}]
            """
        let question = said.revision == newest ? "now" : "newest"
        let answers = ProofAnswers(
            "\(question)=\(Data(json.utf8).base64EncodedString())\n\(question).status=0\nend=yes\n"
        )
        return LaterAnswers(answers: try #require(answers), own: nil, newest: newest)
    }

    private func status(_ said: Said) throws -> EndpointStatus {
        let json = """
            [{"Endpoint":"x","Status":{"header":{"cluster_id":9,"member_id":1,\
            "revision":\(said.revision),"raft_term":2},"version":"3.5.16","dbSize":1,"leader":1,\
            "raftIndex":\(said.applied),"raftTerm":2,"raftAppliedIndex":\(said.applied)}}]
            """
        return try #require(EndpointStatus.single(Array(json.utf8)))
    }

    private func sameData(_ verdict: ProofVerdict) -> [Bool] {
        verdict.proofs.filter { $0.name == "same data" }.map(\.holds)
    }

    @Test("is the same for all where it hashes the same at the newest revision")
    func same() throws {
        let verdict = try verdict(
            [
                Said(revision: 52, applied: 9, later: 7), Said(revision: 51, applied: 8, later: 7),
                Said(revision: 52, applied: 9, later: 7),
            ],
            comparedAt: 52
        )
        #expect(sameData(verdict) == [true, true, true])
        #expect(!verdict.cannotChange)
    }

    @Test("is another where it hashes otherwise, and no waiting changes that")
    func other() throws {
        let verdict = try verdict(
            [Said(revision: 52, applied: 9, later: 7), Said(revision: 52, applied: 9, later: 8)],
            comparedAt: 52
        )
        #expect(sameData(verdict) == [true, false])
        #expect(verdict.cannotChange)
    }

    @Test("may still come where a member has applied less of the log")
    func behind() throws {
        let verdict = try verdict(
            [Said(revision: 52, applied: 9, later: 7), Said(revision: 50, applied: 7)],
            comparedAt: 52
        )
        #expect(sameData(verdict) == [true, false])
        #expect(!verdict.cannotChange)
        #expect(verdict.openMembers["etcd-2"] == "same data: has only reached revision 50")
    }

    @Test("never comes where members have applied the same of the log, to another revision")
    func divided() throws {
        let verdict = try verdict(
            [Said(revision: 131, applied: 9, later: 7), Said(revision: 50, applied: 9)],
            comparedAt: 131
        )
        #expect(sameData(verdict) == [true, false])
        // a status is not of one moment
        #expect(!verdict.cannotChange)
        let again = try self.verdict(
            [Said(revision: 131, applied: 12, later: 7), Said(revision: 50, applied: 12)],
            comparedAt: 131,
            before: verdict.suspicions
        )
        #expect(again.cannotChange)
        // on a cluster that is written to, the figures of a torn status are other ones each time
        let other = try self.verdict(
            [Said(revision: 133, applied: 14, later: 7), Said(revision: 132, applied: 14)],
            comparedAt: 133,
            before: verdict.suspicions
        )
        #expect(!other.cannotChange)
    }

    @Test("is not compared across a compaction that has reached one of two")
    func compaction() throws {
        let verdict = try verdict(
            [
                Said(revision: 52, applied: 9, later: 7, compacted: 40),
                Said(revision: 52, applied: 9, later: 8),
            ],
            comparedAt: 52
        )
        #expect(sameData(verdict) == [true, false])
        #expect(!verdict.cannotChange)
    }

    @Test("is compared at any moment at which all were asked, if clients never rest")
    func busy() throws {
        func answer(_ moments: [(revision: Int64, hash: UInt32)]) throws -> MemberAnswer {
            var answer = MemberAnswer(status: try ModelProof.status(revision: moments[0].revision))
            let said = zip(["now"] + ProofScript.moments, moments).map { name, moment in
                let text = ModelProof.hashKV(
                    moment.hash,
                    revision: moment.revision,
                    compacted: moment.revision
                )
                return (name: name, text: text, status: 0)
            }
            answer.later = LaterAnswers(
                answers: try ModelProof.answers(
                    said + [(name: "newest", text: ModelProof.compacted, status: 1)]
                ),
                own: nil,
                newest: 52
            )
            return answer
        }
        func verdict(_ last: UInt32) throws -> ProofVerdict {
            ProofVerdict(
                expected: ExpectedCluster(
                    clusterID: nil,
                    members: ["a", "b"].map { ExpectedMember(name: $0, id: nil) },
                    data: nil,
                    agreesOnData: true
                ),
                answers: Answers(
                    byMember: [
                        "a": try answer([(53, 1), (55, 2), (57, 3)]),
                        "b": try answer([(54, 8), (56, 9), (57, last)]),
                    ],
                    comparedAt: 52
                )
            )
        }
        #expect(sameData(try verdict(3)) == [true, true])
        #expect(sameData(try verdict(4)) == [true, false])
        #expect(try verdict(4).cannotChange)
    }
}
