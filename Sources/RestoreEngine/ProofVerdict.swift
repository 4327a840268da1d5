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
    /// What does not hold, and counts once it is seen in two rounds: its figures are not of one moment.
    let suspicions: Set<Suspicion>
    /// What of each member was seen and is wrong, by the proofs' names; the rest was not seen.
    private let contradictions: [String: Set<String>]
    /// Why there was no answer, or no whole one.
    private let problems: [String: String]
    private let hints: [String: String]

    /// Something that one round shows, and that the next must show again.
    enum Suspicion: Hashable {
        /// Members that have applied the same entries of the log, and the revisions that they show.
        case divided([String: Int64])
        /// The member's hash at a compaction that the plan did not foresee.
        case otherHash(member: String, HashedData)
        /// The member's data is compacted as restored data cannot be.
        case otherCompaction(member: String, HashedData)
    }

    /// Compares one round of answers with what is expected.
    ///
    /// `hashes` are nil if the data is not compared with a snapshot. `kept` are data proofs that held in
    /// an earlier round or session, `before` the suspicions of the round before.
    init(
        expected: ExpectedCluster,
        answers: Answers,
        hashes: SnapshotHashes? = nil,
        kept: KeptProofs = KeptProofs(),
        before: Set<Suspicion> = []
    ) {
        var proofs: [ProofRecord] = []
        var cannotChange = false
        var contradictions: [String: Set<String>] = [:]
        var problems: [String: String] = [:]
        var hints: [String: String] = [:]
        let round = ProofRound(expected, answers, before)
        var suspicions = round.suspicions
        for member in expected.members {
            let answer = answers.byMember[member.name] ?? MemberAnswer(problem: "was not asked")
            var one = MemberProofs(member: member.name, answer: answer)
            one.identity(expected, member, statuses: round.statuses)
            one.leader(leaders: round.leaders, terms: round.terms)
            if let hashes { one.data(hashes, kept[member.name], round) }
            if round.comparedAt != nil { one.agreement(round) }
            if !expected.isReadOnly {
                one.alarms()
                one.write()
            }
            proofs += one.proofs
            contradictions[member.name] = one.contradictions
            suspicions.formUnion(one.suspicions)
            problems[member.name] = one.problem
            hints[member.name] = one.hint
            cannotChange = cannotChange || one.cannotChange
        }
        self.proofs = proofs
        self.contradictions = contradictions
        self.suspicions = suspicions
        self.problems = problems
        self.hints = hints
        self.cannotChange = cannotChange
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
                hint: hints[member]
                    ?? Self.hint(
                        kind,
                        wrong,
                        dataIsRight: proofs.contains {
                            $0.member == member && $0.name == "data hash" && $0.holds
                        },
                        log: log(member)
                    )
            )
        }
    }

    private static func hint(
        _ kind: Plan.Kind,
        _ wrong: Set<String>,
        dataIsRight: Bool,
        log: String
    ) -> String {
        switch kind {
        case .drill: drillHint(wrong, log: log)
        case .member:
            "look at \(log) there, and at `rekindle check`; `rekindle resume` proves again"
        case .restore, .join, .unjoin, .rollback, .clean:
            hint(wrong, dataIsRight: dataIsRight, log: log)
        }
    }

    private static func hint(_ wrong: Set<String>, dataIsRight: Bool, log: String) -> String {
        if wrong == ["alarms"] || wrong == ["alarms", "write"] {
            return "`etcdctl alarm disarm` after its cause is mended, then `rekindle resume`"
        }
        if !wrong.isDisjoint(with: [
            "cluster ID", "member ID", "data hash", "key count", "same data",
        ]) {
            return "do not let clients in; `rekindle rollback` puts the old cluster back"
        }
        let resume = "look at \(log) there; `rekindle resume` proves again"
        // nobody shall throw away data that is proven to be right
        return dataIsRight ? resume : resume + ", `rekindle rollback` puts the old cluster back"
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
