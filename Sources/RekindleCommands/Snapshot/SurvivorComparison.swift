import EtcdModel

/// What was proven of several members' data, side by side.
struct SurvivorComparison: Sendable {
    /// Of one member.
    struct Entry: Sendable {
        var member: String
        var proof: SnapshotProof
        /// What `endpoint hashkv --rev` would say.
        var hashKV: @Sendable (_ range: HashedRange) throws -> UInt32
    }

    /// How a member's data stands to the best's.
    enum Standing: Sendable, Hashable {
        case best
        /// The same keys up to its own revision, which is so many before the best's.
        case same(behind: Int64)
        /// Compacted elsewhere: there is no revision at which both can be hashed alike.
        case notComparable(behind: Int64)
        /// Other keys at the same revision: one of the two is corrupt.
        case different(behind: Int64)
    }

    let best: Entry
    let standings: [String: Standing]

    /// The furthest is the best, and the first of equals.
    ///
    /// What a majority has agreed on is never different on two members: one of them has only less of it.
    ///
    /// - Parameter entries: at least one.
    /// - Throws: what reading them throws.
    init(_ entries: [Entry]) throws {
        let furthest = entries.map(\.proof.revision).max()
        guard let best = entries.first(where: { $0.proof.revision == furthest }) else {
            preconditionFailure("there is an entry")
        }
        self.best = best
        var standings = [best.member: Standing.best]
        for entry in entries where entry.member != best.member {
            standings[entry.member] = try Self.standing(entry.proof, best)
        }
        self.standings = standings
    }

    var disagrees: Bool {
        standings.values.contains {
            if case .different = $0 { true } else { false }
        }
    }

    private static func standing(_ proof: SnapshotProof, _ best: Entry) throws -> Standing {
        let behind = best.proof.revision.subtracting(saturating: proof.revision)
        guard proof.compactRevision == best.proof.compactRevision,
            proof.revision > proof.compactRevision
        else { return .notComparable(behind: behind) }
        let hash =
            behind == 0
            ? best.proof.hashKV
            : try best.hashKV(
                HashedRange(revision: proof.revision, compactRevision: proof.compactRevision)
            )
        return hash == proof.hashKV ? .same(behind: behind) : .different(behind: behind)
    }
}

extension SurvivorComparison.Standing {
    var words: String {
        switch self {
        case .best: "the furthest"
        case .same(0): "the same data"
        case .same(let count): "\(count) behind, the same data up to there"
        case .notComparable(0): "compacted elsewhere, not comparable"
        case .notComparable(let count): "\(count) behind, compacted elsewhere: not comparable"
        case .different(0): "OTHER DATA at the same revision"
        case .different(let count): "\(count) behind, and OTHER DATA at that revision"
        }
    }
}
