import EtcdModel
package import RestorePlanning

/// What a journal records: an intent before its effect, an outcome after it.
package enum RunEvent: Sendable, Hashable, Codable {
    /// A plan was accepted; nothing of it has happened yet.
    case planned(PlanRecord)
    /// A coordinator took the run up, for the first time or again.
    case began(CoordinatorRecord)
    case stageBegan(StageID)
    /// The effect is about to happen; if nothing follows, whether it did is unknown.
    case intended(EffectID, attempt: Int)
    /// What the effect establishes is so.
    case settled(EffectID, how: Settlement)
    /// This try of the effect did not succeed.
    case stumbled(EffectID, attempt: Int, RunFailure, willRetry: Bool)
    case stageEnded(StageID)
    case proved(ProofRecord)
    /// How the hosts hand the snapshot on: before the bytes flow, and once they do no more.
    case relayed(RelayRecord)
    /// What became of the units that systemd had stopped with etcd, once they were started again.
    case startedDependents(DependentsRecord)
    /// Members whose hosts are lost, left out of the plan from here on by an operator's word.
    case fenced([FencedMember])
    case ended(RunEnding)
}

package struct PlanRecord: Sendable, Hashable, Codable {
    package var kind: Plan.Kind
    package var cluster: String
    package var playbook: String
    /// SHA-256 of the plan's file, lower-case hex.
    package var sha256: String
    /// The members that the plan leaves out although the run was at work on their hosts; nil for none.
    package var leavesOut: [String]?

    package init(
        kind: Plan.Kind,
        cluster: String,
        playbook: String,
        sha256: String,
        leavesOut: [String]? = nil
    ) {
        self.kind = kind
        self.cluster = cluster
        self.playbook = playbook
        self.sha256 = sha256
        self.leavesOut = leavesOut
    }
}

package struct CoordinatorRecord: Sendable, Hashable, Codable {
    package var `operator`: Operator
    package var process: Int32
    package var version: String

    package init(operator: Operator, process: Int32, version: String) {
        self.operator = `operator`
        self.process = process
        self.version = version
    }
}

/// A stage of the current plan, by position.
package struct StageID: Sendable, Hashable, Codable {
    package var step: Int
    package var stage: Int

    package init(step: Int, stage: Int) {
        self.step = step
        self.stage = stage
    }
}

/// An effect of the current plan: what it does to whom, in which stage.
package struct EffectID: Sendable, Hashable, Codable {
    package var stage: StageID
    package var member: String
    package var kind: EffectKind

    package init(stage: StageID, member: String, kind: EffectKind) {
        self.stage = stage
        self.member = member
        self.kind = kind
    }
}

package enum Settlement: String, Sendable, Hashable, Codable, CaseIterable {
    /// The commands ran and succeeded.
    case acted
    /// A look at the host showed it done; nothing was run.
    case found
}

/// A failure as the journal and the report keep it.
package struct RunFailure: Error, Sendable, Hashable, Codable {
    /// The host, or nil where it is not about one.
    package var host: String?
    package var step: String?
    package var message: String
    /// The command, its exit code, the last lines it wrote.
    package var evidence: String?
    package var hint: String?
    /// Set where another run holds the host.
    package var lockedBy: HostLock?

    package init(
        host: String?,
        step: String? = nil,
        message: String,
        evidence: String? = nil,
        hint: String? = nil,
        lockedBy: HostLock? = nil
    ) {
        self.host = host
        self.step = step
        self.message = message
        self.evidence = evidence
        self.hint = hint
        self.lockedBy = lockedBy
    }
}

/// One comparison with an independent fact.
package struct ProofRecord: Sendable, Hashable, Codable {
    package var name: String
    /// The member's name, or nil for the cluster as a whole.
    package var member: String?
    package var expected: String
    package var observed: String
    package var holds: Bool

    package init(name: String, member: String?, expected: String, observed: String, holds: Bool) {
        self.name = name
        self.member = member
        self.expected = expected
        self.observed = observed
        self.holds = holds
    }
}

extension ProofRecord {
    /// Whether the other one, which did not hold in an earlier session, is not asked any more.
    ///
    /// A compaction beyond the snapshot puts the data hash and the key count out of reach.
    func stands(for other: ProofRecord) -> Bool {
        !other.holds && name == ExpectedData.compactedName
            && ["data hash", "key count"].contains(other.name)
    }
}

/// What systemd stopped with a member's etcd and did not come back when it was started again.
///
/// Nothing depends on it: the cluster is proven by then.
package struct DependentsRecord: Sendable, Hashable, Codable {
    package var member: String
    /// Empty if all came back.
    package var missing: [DependentUnit]

    package init(member: String, missing: [DependentUnit]) {
        self.member = member
        self.missing = missing
    }
}

/// One relay of the snapshot among the hosts.
///
/// Nothing depends on it: what is on each host afterwards is looked at there.
package struct RelayRecord: Sendable, Hashable, Codable {
    /// A member that is sent the snapshot directly, and why.
    package struct Absence: Sendable, Hashable, Codable {
        package var member: String
        package var reason: String

        package init(member: String, reason: String) {
            self.member = member
            self.reason = reason
        }
    }

    package var stage: StageID
    /// The members in the order of the way; empty where there was none.
    package var chain: [String]
    /// The byte of the snapshot that it began at.
    package var offset: UInt64
    package var absent: [Absence]
    package var isOver: Bool
    /// Why it ended before its time; nil where it did not.
    package var broke: String?

    package init(
        stage: StageID,
        chain: [String],
        offset: UInt64,
        absent: [Absence],
        isOver: Bool = false,
        broke: String? = nil
    ) {
        self.stage = stage
        self.chain = chain
        self.offset = offset
        self.absent = absent
        self.isOver = isOver
        self.broke = broke
    }
}

/// How a coordinator left a run.
package enum RunEnding: Sendable, Hashable, Codable {
    /// Everything planned is done, and proven where a proof was planned.
    case completed
    /// It stopped at failures, one for each host that had one.
    case failed([RunFailure])
    /// A signal asked it to stop.
    case interrupted
    /// Another run holds a host; what was taken was given back, nothing else was changed.
    case refused([RunFailure])
}
