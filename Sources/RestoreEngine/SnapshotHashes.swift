package import EtcdModel
import RestorePlanning

/// The hash that the restored data has at the snapshot's revision, for each compaction that a member names.
///
/// Two are in the plan: as the snapshot is compacted itself, and compacted at its newest revision. Any
/// other is computed from the snapshot's bytes once a member names it.
struct SnapshotHashes: Sendable {
    enum Expected: Sendable, Hashable {
        case hash(UInt32)
        /// It cannot be computed, and why: the snapshot's bytes are not at hand.
        case unknown(String)
        /// The snapshot's bytes could not be read this time.
        case unread(String)
        /// Restored data cannot be compacted so; what it is compacted at.
        case contradicts(Int64)
    }

    let data: ExpectedData
    /// What the restored data is compacted at; -1 without a compaction.
    let compactRevision: Int64
    /// nil if the revision is not raised.
    private let raisedTo: Int64?
    private var known: [Int64: Expected]

    /// - Parameters:
    ///   - data: what the plan expects.
    ///   - plan: the plan, which has the snapshot's proof.
    init(_ data: ExpectedData, _ plan: Plan) {
        let proof = plan.snapshot?.proof
        let isRaised = plan.revisionBump != nil
        self.init(
            data,
            compactRevision: isRaised ? data.revision : proof?.compactRevision ?? -1,
            raisedTo: isRaised ? data.revision : nil,
            atNewest: isRaised ? nil : proof?.latestRecords?.hashKV
        )
    }

    /// `atNewest` is the hash once everything up to the snapshot's revision is compacted.
    init(
        _ data: ExpectedData,
        compactRevision: Int64,
        raisedTo: Int64? = nil,
        atNewest: UInt32? = nil
    ) {
        self.data = data
        self.compactRevision = compactRevision
        self.raisedTo = raisedTo
        known = atNewest.map { [data.revision: .hash($0)] } ?? [:]
        known[compactRevision] = .hash(data.hashKV)
    }

    /// nil while it was not asked for.
    subscript(compaction: Int64) -> Expected? {
        // a number that is zero is left out of the answer
        known[compaction <= 0 && compactRevision <= 0 ? compactRevision : compaction]
    }

    /// Those of the compactions whose hash the snapshot's bytes tell, and are not known yet.
    mutating func missing(_ compactions: some Sequence<Int64>) -> [Int64] {
        let unknown = Set(compactions).filter { compaction in
            switch self[compaction] {
            case nil, .unread?: true
            case .hash?, .unknown?, .contradicts?: false
            }
        }
        .sorted()
        let range = compactRevision...max(compactRevision, data.revision)
        for compaction in unknown where !range.contains(compaction) {
            known[compaction] = .contradicts(compactRevision)
        }
        return unknown.filter(range.contains)
    }

    mutating func know(_ expected: Expected, at compaction: Int64) {
        known[compaction] = expected
    }

    /// Computes those that are missing.
    mutating func learn(
        _ compactions: some Sequence<Int64>,
        from snapshot: @escaping HashKVOfSnapshot
    ) async {
        for compaction in missing(compactions) {
            let range = HashedRange(
                revision: data.revision,
                compactRevision: compaction,
                raisedTo: raisedTo
            )
            know(await Self.hash(range, snapshot), at: compaction)
        }
    }

    private static func hash(
        _ range: HashedRange,
        _ snapshot: @escaping HashKVOfSnapshot
    ) async -> Expected {
        do {
            return .hash(try await snapshot(range))
        } catch let error as NoSnapshotAtHand {
            return .unknown("\(error)")
        } catch {
            return .unread("\(error)")
        }
    }
}

/// Computes from the snapshot's bytes what etcd says of them, at a revision and a compaction.
package typealias HashKVOfSnapshot = @Sendable (HashedRange) async throws -> UInt32
