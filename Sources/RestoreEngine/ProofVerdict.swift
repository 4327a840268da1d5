import EtcdModel
import RestorePlanning
import RestoreRun

/// All comparisons of one round of answers; pure.
struct ProofVerdict {
    let proofs: [ProofRecord]
    /// Whether every proof holds.
    var isComplete: Bool { proofs.allSatisfy(\.holds) }
    /// Whether one failed that no waiting will mend: another cluster, other data.
    let cannotChange: Bool
    /// What of each member was seen and is wrong, by the proofs' names; the rest was not seen.
    private let contradictions: [String: Set<String>]
    /// Why there was no answer, or no whole one.
    private let problems: [String: String]

    /// `comparedAt` is the revision at which the members' later data was asked for.
    init(
        expected: ExpectedCluster,
        answers: [String: MemberAnswer],
        comparedAt: Int64? = nil
    ) {
        var proofs: [ProofRecord] = []
        var cannotChange = false
        var contradictions: [String: Set<String>] = [:]
        let statuses = expected.members.compactMap { answers[$0.name]?.status }
        let leaders = Set(statuses.compactMap(\.leader))
        let terms = Set(statuses.map(\.raftTerm))
        let later = expected.members.compactMap { answers[$0.name]?.later }
        let divided = Self.isDivided(statuses)
        for member in expected.members {
            let answer = answers[member.name] ?? MemberAnswer(problem: "was not asked")
            var one = MemberProofs(member: member.name, answer: answer)
            one.identity(expected, member, statuses: statuses)
            one.leader(leaders: leaders, terms: terms)
            if let data = expected.data { one.data(data) }
            if let comparedAt {
                one.agreement(with: later.first, at: comparedAt, isDivided: divided)
            }
            if !expected.isReadOnly {
                one.alarms()
                one.write()
            }
            proofs += one.proofs
            contradictions[member.name] = one.contradictions
            cannotChange = cannotChange || one.cannotChange || answer.isFinal
        }
        self.proofs = proofs
        self.contradictions = contradictions
        problems = answers.compactMapValues(\.problem)
        self.cannotChange = cannotChange
    }

    /// Whether members that have applied the same entries of the log show different revisions: no
    /// waiting brings them together.
    private static func isDivided(_ statuses: [EndpointStatus]) -> Bool {
        Dictionary(grouping: statuses.filter { $0.appliedIndex != nil }, by: \.appliedIndex)
            .values.contains { Set($0.map(\.revision)).count > 1 }
    }

    /// The first thing that does not hold yet of each member.
    var openMembers: [String: String] {
        let open = proofs.filter { !$0.holds }.compactMap { proof in
            proof.member.map { ($0, "\(proof.name): \(proof.observed)") }
        }
        return Dictionary(open) { first, _ in first }
    }

    /// One failure for each member of which something does not hold.
    ///
    /// The hints name each member's own log.
    func failures(
        step: String,
        of kind: Plan.Kind,
        log: (_ member: String) -> String
    ) -> [RunFailure] {
        let broken = proofs.filter { !$0.holds }
        var seen: Set<String> = []
        return broken.compactMap(\.member).filter { seen.insert($0).inserted }.map { member in
            let mine = broken.filter { $0.member == member }
            let wrong = contradictions[member] ?? []
            // the reason why a member does not answer is told once, and not for every question
            let evidence =
                mine.filter { wrong.contains($0.name) || problems[member] == nil }
                .map { "\($0.name): expected \($0.expected), got \($0.observed)" }
                + (problems[member].map { [$0] } ?? [])
            return RunFailure(
                host: member,
                step: step,
                message: "not proven: " + mine.map(\.name).joined(separator: ", "),
                evidence: evidence.joined(separator: "\n"),
                hint: Self.hint(kind, wrong, log: log(member))
            )
        }
    }

    private static func hint(_ kind: Plan.Kind, _ wrong: Set<String>, log: String) -> String {
        switch kind {
        case .drill: drillHint(wrong, log: log)
        case .member:
            "look at \(log) there, and at `rekindle check`; `rekindle resume` proves again"
        case .restore, .join, .unjoin, .rollback, .clean: hint(wrong, log: log)
        }
    }

    private static func hint(_ wrong: Set<String>, log: String) -> String {
        if wrong == ["alarms"] || wrong == ["alarms", "write"] {
            return "`etcdctl alarm disarm` after its cause is mended, then `rekindle resume`"
        }
        if !wrong.isDisjoint(with: [
            "cluster ID", "member ID", "data hash", "key count", "same data",
        ]) {
            return "do not let clients in; `rekindle rollback` puts the old cluster back"
        }
        return "look at \(log) there; `rekindle resume` proves again, "
            + "`rekindle rollback` puts the old cluster back"
    }
}

extension ProofVerdict {
    fileprivate static func drillHint(_ wrong: Set<String>, log: String) -> String {
        if wrong == ["alarms"] || wrong == ["alarms", "write"] {
            return
                "the snapshot carries the alarm: mend its cause in production, disarm it there, and "
                + "take a new snapshot"
        }
        if !wrong.isEmpty {
            return "this snapshot would not have restored as it should: take another one now, and "
                + "drill again"
        }
        return "look at \(log); can the members reach one another on the drill's peer port?"
    }
}

/// The comparisons of one member.
private struct MemberProofs {
    let member: String
    let answer: MemberAnswer
    var proofs: [ProofRecord] = []
    var contradictions: Set<String> = []
    var cannotChange = false

    init(member: String, answer: MemberAnswer) {
        self.member = member
        self.answer = answer
    }

    private var nothing: String { answer.problem ?? "no answer" }

    private mutating func add(
        _ name: String,
        expected: String,
        observed: String?,
        holds: Bool,
        isFinal: Bool = false
    ) {
        proofs.append(
            ProofRecord(
                name: name,
                member: member,
                expected: expected,
                observed: observed ?? nothing,
                holds: holds && observed != nil
            )
        )
        guard observed != nil, !holds else { return }
        contradictions.insert(name)
        if isFinal { cannotChange = true }
    }

    mutating func identity(
        _ expected: ExpectedCluster,
        _ member: ExpectedMember,
        statuses: [EndpointStatus]
    ) {
        let cluster = expected.clusterID ?? statuses.first?.clusterID
        let status = answer.status
        add(
            "cluster ID",
            expected: cluster?.description ?? "one for all",
            observed: status?.clusterID.description,
            holds: status?.clusterID == cluster,
            isFinal: true
        )
        if let id = member.id {
            add(
                "member ID",
                expected: id.description,
                observed: status?.memberID.description,
                holds: status?.memberID == id,
                isFinal: true
            )
        } else if let old = member.replaces {
            add(
                "member ID",
                expected: "another than \(old)",
                observed: status?.memberID.description,
                holds: status.map { $0.memberID != old } ?? false,
                isFinal: true
            )
        }
    }

    mutating func leader(leaders: Set<MemberID>, terms: Set<UInt64>) {
        let one = leaders.count == 1 ? leaders.first : nil
        let status = answer.status
        let isVoter = status?.isLearner == false && status?.errors.isEmpty == true
        add(
            "leader",
            expected: one.map { "\($0), the same for all" } ?? "one for all",
            observed: status.map { status in
                let leader = status.leader.map(\.description) ?? "none"
                let trouble =
                    (status.isLearner ? ["learner"] : []) + status.errors
                    + (terms.count == 1 ? [] : ["term \(status.raftTerm)"])
                return ([leader] + trouble).joined(separator: ", ")
            },
            holds: one != nil && status?.leader == one && terms.count == 1 && isVoter
        )
    }

    mutating func data(_ expected: ExpectedData) {
        let hash = answer.hashKV
        add(
            "revision",
            expected: "\(expected.revision) or later",
            observed: hash.map { String($0.revision) },
            holds: (hash?.revision ?? 0) >= expected.revision
        )
        add(
            "data hash",
            expected: String(expected.hashKV),
            observed: hash.map { String($0.hash) },
            holds: hash?.hash == expected.hashKV,
            isFinal: (hash?.revision ?? 0) >= expected.revision
        )
        let count = answer.answers?["count"].flatMap { KeyCount($0.text)?.count }
        add(
            "key count",
            expected: String(expected.keys),
            observed: count.map(String.init),
            holds: count == expected.keys,
            isFinal: (hash?.revision ?? 0) >= expected.revision
        )
    }

    /// The same data as another member's, at the newest revision that any of them has shown.
    mutating func agreement(
        with other: EndpointHashKV?,
        at revision: Int64,
        isDivided: Bool
    ) {
        let hash = answer.later
        // until a compaction has reached both, they hash other ranges
        let isComparable = hash?.compactRevision == other?.compactRevision
        add(
            "same data",
            expected: other.map { "\($0.hash) at revision \(revision), the same for all" }
                ?? "the same for all at revision \(revision)",
            observed: hash.map { String($0.hash) }
                ?? answer.revision.map { "has only reached revision \($0)" },
            holds: isComparable && hash != nil && hash?.hash == other?.hash,
            isFinal: isDivided || (hash != nil && isComparable)
        )
    }

    mutating func alarms() {
        let alarms = answer.answers?["alarms"].flatMap { AlarmList.names($0.bytes) }
        add(
            "alarms",
            expected: "none",
            observed: alarms.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") },
            holds: alarms?.isEmpty == true,
            isFinal: true
        )
    }

    mutating func write() {
        let write = answer.answers?["write"]
        add(
            "write",
            expected: "accepted by consensus",
            observed: write.map { answer in
                answer.isSuccess
                    ? "accepted by consensus"
                    : answer.text.split(whereSeparator: \.isNewline).last.map(String.init)
                        ?? "refused"
            },
            holds: write?.isSuccess == true
        )
    }
}
