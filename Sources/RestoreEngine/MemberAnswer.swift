import EtcdModel
import RestorePlanning

/// What all members said in one round, and the revision at which they were compared with one another.
struct Answers: Sendable {
    var byMember: [String: MemberAnswer]
    var comparedAt: Int64?
}

/// What one member said.
struct MemberAnswer: Sendable {
    var status: EndpointStatus?
    var answers: ProofAnswers?
    /// What it said once a member had gone beyond the snapshot; nil if it was not asked.
    var later: LaterAnswers?
    /// Why there is no more.
    var problem: String?
    /// Whether asking again is in vain.
    var isFinal: Bool
    /// What a person can do about it; nil if nothing is known.
    var hint: String?

    init(
        status: EndpointStatus? = nil,
        answers: ProofAnswers? = nil,
        problem: String? = nil,
        isFinal: Bool = false
    ) {
        self.status = status
        self.answers = answers
        self.problem = problem
        self.isFinal = isFinal
    }

    /// The member did not answer; `output` says why.
    init(refusedWith output: String, _ problem: String) {
        let refusal = EtcdRefusal(output)
        self.init(problem: problem, isFinal: refusal?.mayChange == false)
        hint = refusal?.hint
    }

    /// The highest that it has shown.
    var revision: Int64? {
        [status?.revision, hashKV?.revision].compactMap { $0 }.max()
    }

    /// At its own newest revision.
    var hashKV: EndpointHashKV? { answers?["hashkv"].flatMap { EndpointHashKV.single($0.bytes) } }

    /// The data at a revision, as it was hashed there; nil if it was not asked there.
    func data(at revision: Int64) -> HashedData? {
        let atNewest = [answers?["hashkv"], later?.answers["now"]].compactMap { $0 }
            .compactMap { EndpointHashKV.single($0.bytes) }
        if let hash = atNewest.last(where: { $0.revision == revision }) {
            return HashedData(hash, at: revision)
        }
        return later?.data(at: revision)
    }

    /// All that it has told of its data in this round.
    var told: [HashedData] {
        let atNewest = ["now"] + ProofScript.moments
        let now = [answers?["hashkv"]] + atNewest.map { later?.answers[$0] }
        return now.compactMap { $0 }.compactMap { EndpointHashKV.single($0.bytes) }
            .map { HashedData($0, at: $0.revision) }
            + [later?.own, later?.newest].compactMap { $0 }.compactMap { later?.data(at: $0) }
    }

    /// What the member was compacted at when it could not hash the revision any more; nil if it could.
    func compaction(beyond revision: Int64) -> Int64? {
        let said = [answers?["hashkv"], later?.answers["now"], later?.answers["newest"]]
            .compactMap { $0 }
        let seen = said.compactMap { EndpointHashKV.single($0.bytes)?.compactRevision }.max()
        if later?.own == revision, let own = later?.answers["own"],
            EtcdRefusal(own.text) == .compacted
        {
            return max(seen ?? revision, revision)
        }
        return seen.flatMap { $0 > revision ? $0 : nil }
    }

    /// The number of keys at the snapshot's revision; nil if it was not told.
    var keys: Int? { answers?["count"].flatMap { KeyCount($0.text)?.count } }

    /// The first question that was refused for a reason that does not pass; nil if there is none.
    var refusal: RefusedQuestion? {
        answers?.refused(["hashkv", "count", "alarms", "write"])
            ?? later?.answers.refused(["own", "now", "newest"])
    }
}

/// What a member said once one of them had gone beyond the snapshot.
struct LaterAnswers: Sendable {
    var answers: ProofAnswers
    /// The snapshot's revision, if its hash was asked for.
    var own: Int64?
    /// The revision at which members are compared with one another.
    var newest: Int64

    /// The number of keys at the newest revision; nil if it was not asked or told.
    var keys: Int? { answers["count"].flatMap { KeyCount($0.text)?.count } }

    fileprivate func data(at revision: Int64) -> HashedData? {
        for (name, asked) in [("own", own), ("newest", newest)] where asked == revision {
            guard let hash = answers[name].flatMap({ EndpointHashKV.single($0.bytes) }),
                hash.hashRevision ?? revision == revision
            else { continue }
            return HashedData(hash, at: revision)
        }
        return nil
    }
}

/// A hash, and what it is of.
struct HashedData: Sendable, Hashable {
    var revision: Int64
    var compactRevision: Int64
    var hash: UInt32

    init(_ hash: EndpointHashKV, at revision: Int64) {
        self.revision = revision
        compactRevision = hash.compactRevision
        self.hash = hash.hash
    }

    /// Whether both are of the same range, so that equal data has equal hashes.
    func isComparable(to other: HashedData) -> Bool {
        (revision, compactRevision) == (other.revision, other.compactRevision)
    }
}
