import EtcdModel

/// What was proven of several members' data, side by side.
struct SurvivorComparison: Sendable {
    /// One member's data.
    struct Entry: Sendable {
        var member: String
        /// The cluster that the data belongs to, by the member's WAL or its own word; nil if unknown.
        var cluster: ClusterID?
        /// The members that its database names; nil if they tell nothing, as after a replay of the WAL.
        var memberIDs: [MemberID]?
        var proof: SnapshotProof
        /// What `endpoint hashkv` says of the data, at a revision and as if compacted at another.
        var hashKV: @Sendable (_ range: HashedRange) throws -> UInt32
    }

    /// How a member's data compares with the best one.
    enum Standing: Sendable, Hashable {
        case best
        /// The same data up to the member's own revision, which is so many before the best one's.
        case same(behind: Int64)
        /// The best was compacted after this member's last revision: nothing is left to compare.
        case notComparable(behind: Int64, compacted: Int64)
        /// Other data at the same revision: one of the two is corrupt.
        case different(behind: Int64)
        /// Data of another cluster: its revisions count something else.
        case otherCluster
    }

    let best: Entry
    let standings: [String: Standing]
    /// The clusters whose data was found, the best one's first; the members of each.
    let clusters: [(id: ClusterID?, members: [String])]

    /// Compares members of one cluster with the furthest of them, or the first of equals.
    ///
    /// A majority never agrees on different data at one revision: of two members of one cluster, one
    /// only has less. So both are hashed at the lower revision, and as if both were compacted where the
    /// more compacted one was. Data of different clusters is never compared: a member that was left out
    /// of a restore keeps its old data, often with higher revisions than the cluster has now.
    ///
    /// - Parameters:
    ///   - entries: at least one.
    ///   - fenced: members that are to be left out: their data counts only where it is of the cluster
    ///     of the others.
    /// - Throws: what reading them throws.
    init(_ entries: [Entry], fenced: [String] = []) throws {
        let groups = Self.groups(entries).sorted { Self.rank($0, fenced) > Self.rank($1, fenced) }
        guard let own = groups.first, let furthest = own.map(\.proof.revision).max(),
            let best = own.first(where: { $0.proof.revision == furthest })
        else { preconditionFailure("there is an entry") }
        self.best = best
        var standings = [best.member: Standing.best]
        for entry in entries where entry.member != best.member {
            standings[entry.member] =
                own.contains { $0.member == entry.member }
                ? try Self.standing(entry, best) : .otherCluster
        }
        self.standings = standings
        clusters = groups.map { group in
            (group.lazy.compactMap(\.cluster).first, group.map(\.member))
        }
    }

    /// More members that are not fenced, then more members, then more revisions.
    private static func rank(_ group: [Entry], _ fenced: [String]) -> (Int, Int, Int64) {
        (
            group.count { !fenced.contains($0.member) }, group.count,
            group.map(\.proof.revision).max() ?? 0
        )
    }

    /// Members of one cluster together.
    private static func groups(_ entries: [Entry]) -> [[Entry]] {
        var groups: [[Entry]] = []
        // those that say it come first: the others join them
        for entry in entries.filter({ $0.cluster != nil }) + entries.filter({ $0.cluster == nil }) {
            if let index = groups.firstIndex(where: { $0.allSatisfy { isOneCluster($0, entry) } }) {
                groups[index].append(entry)
            } else {
                groups.append([entry])
            }
        }
        return groups
    }

    private static func isOneCluster(_ one: Entry, _ other: Entry) -> Bool {
        if let one = one.cluster, let other = other.cluster { return one == other }
        guard let one = one.memberIDs, let other = other.memberIDs, !one.isEmpty, !other.isEmpty
        else { return true }
        return !Set(one).isDisjoint(with: other)
    }

    /// Members other than these whose data contradicts the best one's.
    func disagreeing(except fenced: [String] = []) -> [String] {
        members(except: fenced) { if case .different = $0 { true } else { false } }
    }

    /// Members other than these whose data is of another cluster.
    func foreign(except fenced: [String] = []) -> [String] {
        members(except: fenced) { $0 == .otherCluster }
    }

    /// Members other than these whose data could not be compared with the best one's.
    func uncompared(except fenced: [String] = []) -> [String] {
        members(except: fenced) { if case .notComparable = $0 { true } else { false } }
    }

    private func members(except fenced: [String], where holds: (Standing) -> Bool) -> [String] {
        standings.filter { !fenced.contains($0.key) && holds($0.value) }.map(\.key).sorted()
    }

    private static func standing(_ entry: Entry, _ best: Entry) throws -> Standing {
        let behind = best.proof.revision - entry.proof.revision
        let range = HashedRange(
            revision: entry.proof.revision,
            compactRevision: max(entry.proof.compactRevision, best.proof.compactRevision)
        )
        guard range.compactRevision <= range.revision else {
            return .notComparable(behind: behind, compacted: range.compactRevision)
        }
        return try entry.hashKV(range) == best.hashKV(range)
            ? .same(behind: behind) : .different(behind: behind)
    }
}

extension SurvivorComparison.Standing {
    var words: String {
        switch self {
        case .best: "the furthest"
        case .same(0): "the same data"
        case .same(let count): "\(count) behind, the same data up to there"
        case .notComparable(let count, let compacted):
            "\(count) behind, NOT COMPARABLE: the furthest was compacted at \(compacted), later than "
                + "its last revision"
        case .different(0): "OTHER DATA at the same revision"
        case .different(let count): "\(count) behind, and OTHER DATA at that revision"
        case .otherCluster: "ANOTHER CLUSTER"
        }
    }
}
