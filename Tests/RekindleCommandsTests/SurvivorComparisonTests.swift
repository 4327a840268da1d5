import EtcdModel
import Testing

@testable import RekindleCommands

@Suite("The data of several members, side by side")
struct SurvivorComparisonTests {
    /// A member at a revision; its history is a text, and its hash at a revision that of a prefix.
    private func entry(
        _ member: String,
        _ history: String,
        compactRevision: Int64 = -1
    ) -> SurvivorComparison.Entry {
        let revision = Int64(history.count)
        return SurvivorComparison.Entry(
            member: member,
            proof: SnapshotProof(
                sha256: "",
                bytes: 0,
                revision: revision,
                compactRevision: compactRevision,
                keys: 0,
                totalKeys: 0,
                hashKV: Self.hash(history, revision)
            ),
            hashKV: { Self.hash(history, $0.revision) }
        )
    }

    private static func hash(_ history: String, _ revision: Int64) -> UInt32 {
        history.prefix(Int(revision)).utf8.reduce(5381) { $0 &* 33 &+ UInt32($1) }
    }

    @Test("the furthest is the best, and the others are held against it at their own revision")
    func furthest() throws {
        let comparison = try SurvivorComparison([
            entry("etcd-1", "abc"), entry("etcd-2", "abcde"), entry("etcd-3", "abcde"),
        ])
        #expect(comparison.best.member == "etcd-2", "the first of equals")
        #expect(
            comparison.standings == [
                "etcd-1": .same(behind: 2), "etcd-2": .best, "etcd-3": .same(behind: 0),
            ]
        )
        #expect(!comparison.disagrees)
    }

    @Test("other data at the same revision is a disagreement, wherever it is")
    func disagreement() throws {
        let behind = try SurvivorComparison([entry("etcd-1", "abX"), entry("etcd-2", "abcde")])
        #expect(behind.standings["etcd-1"] == .different(behind: 2))
        #expect(behind.disagrees)
        let level = try SurvivorComparison([entry("etcd-1", "abcde"), entry("etcd-2", "abcdX")])
        #expect(level.standings["etcd-2"] == .different(behind: 0))
        #expect(level.disagrees)
    }

    @Test("members that were compacted at different revisions are not compared")
    func compaction() throws {
        let comparison = try SurvivorComparison([
            entry("etcd-1", "abX", compactRevision: 1),
            entry("etcd-2", "abcde", compactRevision: 2),
        ])
        #expect(comparison.standings["etcd-1"] == .notComparable(behind: 2))
        #expect(!comparison.disagrees)
    }

    @Test("a member at the compacted revision itself is not compared: etcd tells no hash of it")
    func atCompaction() throws {
        let comparison = try SurvivorComparison([
            entry("etcd-1", "abc", compactRevision: 3),
            entry("etcd-2", "abcde", compactRevision: 3),
        ])
        #expect(comparison.standings["etcd-1"] == .notComparable(behind: 2))
    }

    @Test("one member alone is the best")
    func alone() throws {
        let comparison = try SurvivorComparison([entry("etcd-1", "abc")])
        #expect(comparison.standings == ["etcd-1": .best])
    }
}
