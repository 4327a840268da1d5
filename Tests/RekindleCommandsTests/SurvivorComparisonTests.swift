import EtcdModel
import Testing

@testable import RekindleCommands

@Suite("The data of several members, side by side")
struct SurvivorComparisonTests {
    /// A member at a revision; its history is a text, and its hash that of a prefix of it, behind what
    /// was compacted.
    private func entry(
        _ member: String,
        _ history: String,
        compacted: Int64 = -1,
        cluster: UInt64? = 1,
        memberIDs: [UInt64]? = nil
    ) -> SurvivorComparison.Entry {
        let revision = Int64(history.count)
        return SurvivorComparison.Entry(
            member: member,
            cluster: cluster.map { ClusterID(rawValue: $0) },
            memberIDs: memberIDs?.map { MemberID(rawValue: $0) },
            proof: SnapshotProof(
                sha256: "",
                bytes: 0,
                revision: revision,
                compactRevision: compacted,
                keys: 0,
                totalKeys: 0,
                hashKV: Self.hash(
                    history,
                    HashedRange(revision: revision, compactRevision: compacted)
                )
            ),
            hashKV: { Self.hash(history, $0) }
        )
    }

    private static func hash(_ history: String, _ range: HashedRange) -> UInt32 {
        history.prefix(Int(range.revision)).utf8
            .reduce(UInt32(truncatingIfNeeded: 5381 + range.compactRevision)) {
                $0 &* 33 &+ UInt32($1)
            }
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
        #expect(comparison.disagreeing().isEmpty && comparison.uncompared().isEmpty)
        #expect(comparison.clusters.map(\.members) == [["etcd-1", "etcd-2", "etcd-3"]])
    }

    @Test("other data at the same revision is a disagreement, wherever it is")
    func disagreement() throws {
        let behind = try SurvivorComparison([entry("etcd-1", "abX"), entry("etcd-2", "abcde")])
        #expect(behind.standings["etcd-1"] == .different(behind: 2))
        #expect(behind.disagreeing() == ["etcd-1"])
        let level = try SurvivorComparison([entry("etcd-1", "abcde"), entry("etcd-2", "abcdX")])
        #expect(level.standings["etcd-2"] == .different(behind: 0))
        #expect(level.disagreeing() == ["etcd-2"])
    }

    @Test(
        "members that were compacted at different revisions are compared as if at the higher one",
        arguments: [(1, 2), (2, 1), (-1, 3), (3, -1), (3, 3)] as [(Int64, Int64)]
    )
    func compaction(_ one: Int64, _ two: Int64) throws {
        let good = try SurvivorComparison([
            entry("etcd-1", "abc", compacted: one), entry("etcd-2", "abcde", compacted: two),
        ])
        #expect(good.standings["etcd-1"] == .same(behind: 2))
        let bad = try SurvivorComparison([
            entry("etcd-1", "abX", compacted: one), entry("etcd-2", "abcde", compacted: two),
        ])
        #expect(bad.standings["etcd-1"] == .different(behind: 2))
        #expect(bad.disagreeing() == ["etcd-1"])
    }

    @Test("a compaction after a member's last revision leaves nothing to compare, which is told")
    func beyond() throws {
        let comparison = try SurvivorComparison([
            entry("etcd-1", "abc"), entry("etcd-2", "abcde", compacted: 4),
        ])
        #expect(comparison.standings["etcd-1"] == .notComparable(behind: 2, compacted: 4))
        #expect(comparison.uncompared() == ["etcd-1"])
        #expect(comparison.uncompared(except: ["etcd-1"]).isEmpty)
        #expect(comparison.disagreeing().isEmpty)
    }

    @Test("a member of another cluster is never compared, however high its revision is")
    func clusters() throws {
        let comparison = try SurvivorComparison([
            entry("etcd-1", "abc"), entry("etcd-2", "abcd"),
            entry("etcd-3", "xxxxxxxxxxxx", cluster: 2),
        ])
        #expect(comparison.best.member == "etcd-2")
        #expect(comparison.standings["etcd-3"] == .otherCluster)
        #expect(comparison.foreign() == ["etcd-3"])
        #expect(comparison.foreign(except: ["etcd-3"]).isEmpty)
        #expect(comparison.clusters.map(\.id) == [ClusterID(rawValue: 1), ClusterID(rawValue: 2)])
    }

    @Test("a fenced member does not decide which cluster it is")
    func fenced() throws {
        let entries = [
            entry("etcd-1", "abc"), entry("etcd-2", "xxxx", cluster: 2),
            entry("etcd-3", "xxxxx", cluster: 2),
        ]
        #expect(try SurvivorComparison(entries).best.member == "etcd-3")
        let comparison = try SurvivorComparison(entries, fenced: ["etcd-2", "etcd-3"])
        #expect(comparison.best.member == "etcd-1")
        #expect(comparison.foreign(except: ["etcd-2", "etcd-3"]).isEmpty)
    }

    @Test("where a WAL tells no cluster, the members that its database names do")
    func unknownCluster() throws {
        let comparison = try SurvivorComparison([
            entry("etcd-1", "abc", cluster: nil, memberIDs: [1, 2, 3]),
            entry("etcd-2", "abcd", cluster: nil, memberIDs: [3, 1, 2]),
            entry("etcd-3", "xxxxx", cluster: nil, memberIDs: [7, 8, 9]),
        ])
        #expect(comparison.best.member == "etcd-2")
        #expect(comparison.foreign() == ["etcd-3"])
        let replayed = try SurvivorComparison([
            entry("etcd-1", "abc"), entry("etcd-2", "abcd", cluster: nil, memberIDs: nil),
        ])
        #expect(replayed.foreign().isEmpty)
    }

    @Test("one member alone is the best")
    func alone() throws {
        let comparison = try SurvivorComparison([entry("etcd-1", "abc")])
        #expect(comparison.standings == ["etcd-1": .best])
    }
}
