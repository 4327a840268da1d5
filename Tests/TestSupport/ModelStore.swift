package import EtcdModel

/// The data of one member in a model cluster: what was restored, what was written and compacted since.
///
/// Its hashes are made up, and have of the real ones what matters: another revision or another compaction
/// makes another hash, the same for all members that hold the same.
package struct ModelStore: Sendable {
    /// What etcd refuses, in its words.
    struct Refusal: Error {
        var words: String
    }

    var revision: Int64
    var compacted: Int64
    private let origin: Int64
    private let originalCompaction: Int64
    private let hashKV: UInt32
    private let keys: Int
    private let trouble: ModelTrouble

    init(
        revision: Int64,
        compacted: Int64,
        hashKV: UInt32,
        keys: Int,
        _ trouble: ModelTrouble
    ) {
        origin = revision
        originalCompaction = compacted
        self.revision = revision + trouble.written
        self.compacted = trouble.compacted ?? compacted
        self.hashKV = hashKV
        self.keys = keys
        self.trouble = trouble
    }

    /// nil for the newest revision.
    func hash(at asked: Int64?) -> Result<UInt32, Refusal> {
        if let refused = refusal(asked, mayBeCompacted: !trouble.refusesCompactedRevision) {
            return .failure(refused)
        }
        let later = UInt32((asked ?? revision) - origin) &* 1_000_003
        let compacted = compacted == originalCompaction ? nil : compacted
        return .success(Self.hash(hashKV, compactedAt: compacted) &+ later)
    }

    func count(at asked: Int64) -> Result<Int, Refusal> {
        if let refused = refusal(asked, mayBeCompacted: true) { return .failure(refused) }
        return .success(keys + Int(asked - origin))
    }

    private func refusal(_ asked: Int64?, mayBeCompacted: Bool) -> Refusal? {
        if let words = trouble.dataRefusal { return Refusal(words: words) }
        guard let asked else { return nil }
        if asked < compacted || (asked == compacted && !mayBeCompacted) {
            return Refusal(words: "mvcc: required revision has been compacted")
        }
        return asked > revision
            ? Refusal(words: "mvcc: required revision is a future revision") : nil
    }

    /// What the snapshot's bytes would tell of a compaction.
    package static func expected(_ proof: SnapshotProof, _ range: HashedRange) -> UInt32 {
        hash(
            proof.hashKV,
            compactedAt: range.compactRevision == proof.compactRevision
                ? nil : range.compactRevision
        )
    }

    /// nil for what it was compacted at when it was restored.
    package static func hash(_ hash: UInt32, compactedAt compaction: Int64?) -> UInt32 {
        hash &+ UInt32(compaction ?? 0)
    }
}
