import EtcdModel
import RestorePlanning
import RestoreRun

/// The comparisons of one member.
struct MemberProofs {
    let member: String
    let answer: MemberAnswer
    private(set) var proofs: [ProofRecord] = []
    private(set) var contradictions: Set<String> = []
    private(set) var suspicions: Set<ProofVerdict.Suspicion> = []
    private(set) var cannotChange: Bool
    /// Why there was no answer, or no whole one; nil if there was.
    private(set) var problem: String?
    /// What a person can do about it; nil if nothing is known.
    private(set) var hint: String?

    init(member: String, answer: MemberAnswer) {
        self.member = member
        self.answer = answer
        problem = answer.problem
        hint = answer.hint
        cannotChange = answer.isFinal
        guard let refused = answer.refusal else { return }
        cannotChange = true
        // an alarm is the cause of a write that is refused for lack of room, and is told as that
        guard refused.refusal != .noSpace else { return }
        hint = refused.refusal.hint
        if refused.question != "write" {
            problem = "etcd refuses, asked \(refused.words): \(refused.said)"
        }
    }

    private var nothing: String { problem ?? "no answer" }

    private mutating func add(
        _ name: String,
        expected: String,
        observed: String?,
        holds: Bool,
        isFinal: Bool = false,
        contradicts: Bool = true
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
        guard observed != nil, !holds, contradicts else { return }
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

    /// The comparison never holds: one that does has let a put through.
    mutating func write() {
        let accepted = "accepted by consensus"
        let write = answer.answers?["write"]
        let told = write.flatMap { $0.isSuccess ? TransactionAnswer($0.bytes) : nil }
        let last = write?.text.split(whereSeparator: \.isNewline).last.map(String.init)
        add(
            "write",
            expected: accepted,
            observed: write.map { _ in
                switch told?.succeeded {
                case false?: accepted
                case true?: "the comparison that never holds did hold: the key \(Self.key) is there"
                case nil: last ?? "refused"
                }
            },
            holds: told?.succeeded == false,
            isFinal: told?.succeeded == true
        )
    }

    private static let key = "rekindle/never"
}

extension MemberProofs {
    mutating func data(
        _ hashes: SnapshotHashes,
        _ kept: [String: ProofRecord],
        _ round: ProofRound
    ) {
        let expected = hashes.data
        let revision = answer.hashKV?.revision ?? answer.status?.revision
        add(
            "revision",
            expected: "\(expected.revision) or later",
            observed: answer.answers == nil ? nil : revision.map(String.init),
            holds: (revision ?? 0) >= expected.revision
        )
        if let data = answer.data(at: expected.revision), isTold(data, hashes, kept, round) {
            hash(data, hashes, round)
        } else if let record = kept["data hash"] {
            proofs.append(record)
        } else if let compaction = answer.compaction(beyond: expected.revision) {
            compacted(
                "HashKV \(expected.hashKV) at revision \(expected.revision)",
                "compacted at \(compaction) before it was asked",
                round
            )
            return
        } else {
            let other = (revision ?? 0) < expected.revision ? answer.hashKV : nil
            add(
                "data hash",
                expected: String(expected.hashKV),
                observed: other.map { "\($0.hash) at revision \($0.revision)" },
                holds: false,
                // it is behind, and that is all that is known
                contradicts: false
            )
        }
        count(expected, kept, isThere: (revision ?? 0) >= expected.revision)
    }

    /// Whether the answer says more than a proof that was kept: it can be compared, and is not of a moment in
    /// which a compaction takes its records away.
    private mutating func isTold(
        _ data: HashedData,
        _ hashes: SnapshotHashes,
        _ kept: [String: ProofRecord],
        _ round: ProofRound
    ) -> Bool {
        guard kept["data hash"] != nil else { return true }
        guard case .hash(let hash)? = hashes[data.compactRevision] else { return false }
        let suspicion = ProofVerdict.Suspicion.otherHash(member: member, data)
        if hash == data.hash || data.compactRevision == hashes.compactRevision { return true }
        suspicions.insert(suspicion)
        return round.before.contains(suspicion)
    }

    /// The hash at the snapshot's revision, by the compaction that the answer names.
    private mutating func hash(
        _ data: HashedData,
        _ hashes: SnapshotHashes,
        _ round: ProofRound
    ) {
        switch hashes[data.compactRevision] {
        case .hash(let hash):
            let suspicion = ProofVerdict.Suspicion.otherHash(member: member, data)
            let isForeseen = data.compactRevision == hashes.compactRevision
            if hash != data.hash { suspicions.insert(suspicion) }
            add(
                "data hash",
                expected: String(hash),
                observed: String(data.hash),
                holds: hash == data.hash,
                // a compaction that is under way takes its records away by and by
                isFinal: isForeseen || round.before.contains(suspicion)
            )
        case .unknown(let why):
            compacted(
                "the HashKV of the snapshot, compacted at \(data.compactRevision)",
                "it cannot be computed: \(why)",
                round
            )
        case .contradicts(let compaction):
            let suspicion = ProofVerdict.Suspicion.otherCompaction(member: member, data)
            suspicions.insert(suspicion)
            add(
                "data hash",
                expected: "\(hashes.data.hashKV), of data that is compacted at \(compaction)",
                observed: "\(data.hash), of data that is compacted at \(data.compactRevision)",
                holds: false,
                // a compaction that the snapshot was taken in may be under way
                isFinal: round.before.contains(suspicion)
            )
        case .unread(let why):
            problem =
                "the snapshot could not be read, to compute its hash compacted at "
                + "\(data.compactRevision): \(why)"
            hint =
                "see that the snapshot can be read again; `rekindle resume` proves then, and changes nothing"
            add("data hash", expected: String(hashes.data.hashKV), observed: nil, holds: false)
        case nil:
            add("data hash", expected: String(hashes.data.hashKV), observed: nil, holds: false)
        }
    }

    private mutating func count(
        _ expected: ExpectedData,
        _ kept: [String: ProofRecord],
        isThere: Bool
    ) {
        if answer.keys == nil, let record = kept["key count"] {
            proofs.append(record)
            return
        }
        let isCompacted =
            answer.answers?["count"].map {
                !$0.isSuccess && EtcdRefusal($0.text) == .compacted
            } ?? false
        // the hash held, and a compaction came before the question that follows it
        if isCompacted, answer.keys == nil, proofs.last?.holds == true { return }
        add(
            "key count",
            expected: String(expected.keys),
            observed: answer.keys.map(String.init),
            holds: answer.keys == expected.keys,
            isFinal: isThere,
            contradicts: isThere
        )
    }

    /// In place of a hash that cannot be compared any more: that all members hold the same.
    private mutating func compacted(_ what: String, _ why: String, _ round: ProofRound) {
        let mine = round.data(of: answer)
        let isSame =
            mine != nil && mine == round.reference && round.keyCounts.count <= 1
        let agreement =
            isSame && round.isAlone
            ? "there is no other member to compare it with"
            : isSame
                ? "the same as all others at revision \(round.comparedAt ?? 0)"
                    + (answer.later?.keys.map { ", with \($0) keys" } ?? "")
                : "not compared with the others yet"
        add(
            ExpectedData.compactedName,
            expected: "\(what), or the same data on all members",
            observed: "\(why); \(agreement)",
            holds: isSame
        )
    }

    /// The same data as another member's, at the newest revision that any of them has shown.
    mutating func agreement(_ round: ProofRound) {
        guard let revision = round.comparedAt else { return }
        let data = round.data(of: answer)
        let reference = round.reference
        // until a compaction has reached both, they hash other ranges
        let isComparable = reference.flatMap { data?.isComparable(to: $0) } ?? false
        let behind = answer.revision.flatMap {
            $0 < revision ? "has only reached revision \($0)" : nil
        }
        add(
            "same data",
            expected: reference.map { "\($0.hash) at revision \(revision), the same for all" }
                ?? "the same for all at revision \(revision)",
            observed: data.map { String($0.hash) } ?? behind,
            holds: isComparable && data?.hash == reference?.hash,
            isFinal: round.isDivided || isComparable,
            contradicts: round.isDivided || isComparable
        )
    }
}
