package import EtcdModel
import RestorePlanning

/// The hash that the restored data has at the snapshot's revision, for each compaction that a member names.
///
/// Two are in the plan: as the snapshot is compacted itself, and compacted at its newest revision. Any
/// other is computed from the snapshot's bytes once a member names it.
struct SnapshotHashes: Sendable {
    enum Expected: Sendable, Hashable {
        case hash(UInt32)
        /// It cannot be computed, and why.
        case unknown(String)
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
        self.data = data
        let proof = plan.snapshot?.proof
        if plan.revisionBump == nil {
            compactRevision = proof?.compactRevision ?? -1
            raisedTo = nil
            known = proof?.latestRecords?.hashKV.map { [data.revision: .hash($0)] } ?? [:]
        } else {
            compactRevision = data.revision
            raisedTo = data.revision
            known = [:]
        }
        known[compactRevision] = .hash(data.hashKV)
    }

    /// nil while it was not computed.
    subscript(compaction: Int64) -> Expected? {
        // a number that is zero is left out of the answer
        known[compaction <= 0 && compactRevision <= 0 ? compactRevision : compaction]
    }

    /// Computes those that are missing.
    mutating func learn(
        _ compactions: some Sequence<Int64>,
        from snapshot: @escaping HashKVOfSnapshot
    ) async {
        for compaction in Set(compactions) where self[compaction] == nil {
            guard compaction > compactRevision, compaction <= data.revision else {
                known[compaction] = .unknown(
                    "the snapshot is compacted at \(compactRevision), not at \(compaction)"
                )
                continue
            }
            known[compaction] = await Self.hash(
                HashedRange(
                    revision: data.revision,
                    compactRevision: compaction,
                    raisedTo: raisedTo
                ),
                snapshot
            )
        }
    }

    private static func hash(
        _ range: HashedRange,
        _ snapshot: @escaping HashKVOfSnapshot
    ) async -> Expected {
        do {
            return .hash(try await snapshot(range))
        } catch {
            return .unknown("\(error)")
        }
    }
}

/// Computes from the snapshot's bytes what etcd says of them, at a revision and a compaction.
package typealias HashKVOfSnapshot = @Sendable (HashedRange) async throws -> UInt32
