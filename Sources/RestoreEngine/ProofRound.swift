import EtcdModel
import RestorePlanning
import RestoreRun

/// What one round of answers shows of all members together.
struct ProofRound {
    let statuses: [EndpointStatus]
    let leaders: Set<MemberID>
    let terms: Set<UInt64>
    /// The revision at which the members are compared with one another; nil if they are not.
    let comparedAt: Int64?
    /// The data of the first member that has told it, which all others must have.
    let reference: HashedData?
    /// The keys that each member counts at that revision.
    let keyCounts: Set<Int>
    /// Whether members that have applied the same entries of the log show different revisions, now
    /// and in the round before: no waiting brings them together.
    ///
    /// A status is not of one moment: an entry may be applied between its two figures.
    let isDivided: Bool
    /// What this round shows, and the next must show again.
    let suspicions: Set<ProofVerdict.Suspicion>
    let before: Set<ProofVerdict.Suspicion>

    init(_ expected: ExpectedCluster, _ answers: Answers, _ before: Set<ProofVerdict.Suspicion>) {
        let members = expected.members.compactMap { answers.byMember[$0.name] }
        statuses = members.compactMap(\.status)
        leaders = Set(statuses.compactMap(\.leader))
        terms = Set(statuses.map(\.raftTerm))
        comparedAt = answers.comparedAt
        reference = comparedAt.flatMap { revision in
            members.compactMap { $0.data(at: revision) }.first
        }
        keyCounts = Set(members.compactMap { $0.later?.keys })
        let divided = Self.divided(answers.byMember)
        suspicions = divided.isEmpty ? [] : [.divided(divided)]
        isDivided = !divided.isEmpty && before.contains(.divided(divided))
        self.before = before
    }

    /// The revisions of the members whose log is applied alike and whose revisions are not.
    private static func divided(_ answers: [String: MemberAnswer]) -> [String: Int64] {
        let statuses = answers.compactMapValues(\.status).filter { $0.value.appliedIndex != nil }
        let groups = Dictionary(grouping: statuses) { $0.value.appliedIndex }.values
            .filter { Set($0.map(\.value.revision)).count > 1 }
        return Dictionary(
            groups.flatMap { $0 }.map { ($0.key, $0.value.revision) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

/// Proofs of the data that held once: what a member has served of the snapshot stays proven, also if
/// a compaction keeps everybody from asking again.
struct KeptProofs: Sendable {
    private static let names: Set<String> = ["data hash", "key count"]
    private var proofs: [String: [String: ProofRecord]] = [:]

    init() {}

    /// Those of a journal.
    init(_ records: [ProofRecord]) {
        for record in records { _ = keep(record) }
    }

    /// A member's, by name.
    subscript(member: String) -> [String: ProofRecord] { proofs[member] ?? [:] }

    /// Whether the proof is one to keep, and is new.
    mutating func keep(_ proof: ProofRecord) -> Bool {
        guard proof.holds, Self.names.contains(proof.name), let member = proof.member,
            proofs[member]?[proof.name] == nil
        else { return false }
        proofs[member, default: [:]][proof.name] = proof
        return true
    }
}
