import EtcdModel
import RestorePlanning
import RestoreRun

/// What one round of answers shows of all members together.
struct ProofRound {
    /// Whether the cluster has one member only.
    let isAlone: Bool
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
        isAlone = expected.members.count == 1
        statuses = members.compactMap(\.status)
        leaders = Set(statuses.compactMap(\.leader))
        terms = Set(statuses.map(\.raftTerm))
        let common = answers.comparedAt.flatMap { Self.common($0, members, expected.members.count) }
        comparedAt = common?.revision ?? answers.comparedAt
        reference =
            common
            ?? answers.comparedAt.flatMap { revision in
                members.compactMap { $0.data(at: revision) }.first
            }
        keyCounts = Set(members.compactMap { $0.later?.keys })
        let divided = Self.divided(answers.byMember)
        suspicions = divided.isEmpty ? [] : [.divided(divided)]
        isDivided = !divided.isEmpty && before.contains(.divided(divided))
        self.before = before
    }

    /// What a member says of it that all have told: the newest revision, or if a client writes and compacts
    /// all the time, another one at which all were asked.
    private static func common(
        _ newest: Int64,
        _ members: [MemberAnswer],
        _ count: Int
    ) -> HashedData? {
        let told = members.map(\.told)
        guard told.count == count, let first = told.first else { return nil }
        let shared: [HashedData] = first.filter { data in
            data.revision >= newest
                && told.allSatisfy { $0.contains { $0.isComparable(to: data) } }
        }
        return shared.min { $0.revision < $1.revision }
    }

    /// What the member has told of the data that all are compared by; nil if it has not.
    func data(of answer: MemberAnswer) -> HashedData? {
        guard let comparedAt else { return nil }
        return reference.flatMap { reference in
            answer.told.first { $0.isComparable(to: reference) }
        } ?? answer.data(at: comparedAt)
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

    /// Those of a journal; none of a member that was not the expected one when it was last seen.
    init(_ records: [ProofRecord]) {
        let strangers = records.filter {
            !$0.holds && ["cluster ID", "member ID"].contains($0.name)
        }
        .compactMap(\.member)
        for record in records where !strangers.contains(record.member ?? "") { _ = keep(record) }
    }

    /// A member's, by name.
    subscript(member: String) -> [String: ProofRecord] { proofs[member] ?? [:] }

    /// Whether the proof is one to keep, and is new; one that a later answer contradicts is kept no more.
    mutating func keep(_ proof: ProofRecord) -> Bool {
        guard Self.names.contains(proof.name), let member = proof.member else { return false }
        guard proof.holds else {
            proofs[member]?[proof.name] = nil
            return false
        }
        guard proofs[member]?[proof.name] == nil else { return false }
        proofs[member, default: [:]][proof.name] = proof
        return true
    }
}
