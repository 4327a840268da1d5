import EtcdModel
import RestorePlanning

@testable import RestoreEngine
@testable import TestSupport

/// A restored cluster that clients have compacted before its proof: what its members answer is judged by
/// the shipped `ProofVerdict`.
///
/// A compaction that has reached one member reaches the others, as Raft brings every entry to every
/// member, and the proof asks until then.
struct CompactedCluster {
    private static let expected = ExpectedData(revision: 40, keys: 7, hashKV: 123_456)
    private static let cluster = ClusterID(rawValue: 9)
    private let names: [String]
    private let trouble: ModelTrouble

    init(_ compactions: [ModelHost.Compaction]) {
        names = compactions.indices.map { "etcd-\($0 + 1)" }
        var trouble = ModelTrouble()
        // the strictest: 3.4.0 to 3.4.26, 3.5.0 to 3.5.9
        trouble.refusesCompactedRevision = true
        switch compactions.max(by: { $0.rawValue < $1.rawValue }) {
        case Optional.none, .some(.none): break
        case .within: trouble.compacted = 20
        case .beyond: (trouble.written, trouble.compacted) = (5, 45)
        }
        self.trouble = trouble
    }

    /// Whether the proof holds.
    ///
    /// A coordinator that does not read the snapshot takes the plan's hash for the one that must be; one
    /// that does not ask later does not learn what members hold beyond the snapshot.
    func isProven(readsSnapshot: Bool = true, asksLater: Bool = true) -> Bool {
        var answers: [String: MemberAnswer] = [:]
        for (index, name) in names.enumerated() { answers[name] = answer(index + 1, asksLater) }
        var hashes = SnapshotHashes(Self.expected, compactRevision: -1)
        let seen = answers.values.compactMap {
            $0.data(at: Self.expected.revision)?.compactRevision
        }
        for compaction in hashes.missing(seen) {
            let hash = ModelStore.hash(
                Self.expected.hashKV,
                compactedAt: readsSnapshot ? compaction : nil
            )
            hashes.know(.hash(hash), at: compaction)
        }
        let newest = Self.expected.revision + trouble.written
        let verdict = ProofVerdict(
            expected: ExpectedCluster(
                clusterID: Self.cluster,
                members: names.map { ExpectedMember(name: $0, id: nil) },
                data: Self.expected
            ),
            answers: Answers(
                byMember: answers,
                comparedAt: asksLater && trouble.written > 0 ? newest : nil
            ),
            hashes: hashes
        )
        return verdict.isComplete
    }

    private func answer(_ number: Int, _ asksLater: Bool) -> MemberAnswer {
        let (own, newest) = (Self.expected.revision, Self.expected.revision + trouble.written)
        let etcd = ModelEtcd(
            endpoint: "x",
            identity: WALIdentity(
                memberID: MemberID(rawValue: UInt64(number)),
                clusterID: Self.cluster
            ),
            leader: MemberID(rawValue: 1),
            store: ModelStore(
                revision: own,
                compacted: -1,
                hashKV: Self.expected.hashKV,
                keys: Self.expected.keys,
                trouble
            ),
            trouble: trouble
        )
        var answer = MemberAnswer(
            status: EndpointStatus.single(Array(etcd.status.utf8)),
            answers: ProofAnswers(etcd.proof(at: own))
        )
        if asksLater, trouble.written > 0 {
            answer.later = ProofAnswers(etcd.later(own: own, newest: newest)).map {
                LaterAnswers(answers: $0, own: own, newest: newest)
            }
        }
        return answer
    }
}
