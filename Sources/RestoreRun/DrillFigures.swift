package import RestorePlanning

/// What a drill measured: for its verdict, its metrics and the messages that tell of it.
package struct DrillFigures: Sendable, Hashable, Codable {
    package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        /// Proven, and every objective that could be judged is met.
        case passed
        /// Proven, and an objective is missed.
        case missedObjectives = "missed-objectives"
        case failed
        case interrupted
        /// Refused by a check or by another run's lock; nothing was done.
        case refused
    }

    package var run: RunID
    package var cluster: String
    package var outcome: Outcome
    /// Seconds since 1970, as all times here.
    package var beganAt: Double
    package var endedAt: Double
    /// From the first step to the proof: what the RTO is held against; nil where it was not proven.
    package var secondsToProof: Double?
    /// How long etcd would be down in a real `restore-cluster`, stopping aside.
    package var downtimeEstimate: Double?
    /// The same of a `restore-cluster-staged`.
    package var stagedDowntimeEstimate: Double?
    /// When the snapshot was taken, as its file tells; nil where nothing does.
    package var snapshotTakenAt: Double?
    /// How many revisions the running cluster was ahead of it; nil where it could not be asked.
    package var revisionsBehind: Int64?
    package var snapshotBytes: UInt64
    package var snapshotRevision: Int64
    package var snapshotKeys: Int
    /// The longest time to proof that is acceptable, in seconds; nil for none given.
    package var rtoObjective: Double?
    /// The highest age of the data that is acceptable, in seconds; nil for none given.
    package var rpoObjective: Double?
    /// What went wrong, a sentence each; no secret is in them.
    package var failures: [String]

    package init(
        run: RunID,
        cluster: String,
        outcome: Outcome,
        beganAt: Double,
        endedAt: Double,
        secondsToProof: Double? = nil,
        downtimeEstimate: Double? = nil,
        stagedDowntimeEstimate: Double? = nil,
        snapshotTakenAt: Double? = nil,
        revisionsBehind: Int64? = nil,
        snapshotBytes: UInt64,
        snapshotRevision: Int64,
        snapshotKeys: Int,
        rtoObjective: Double? = nil,
        rpoObjective: Double? = nil,
        failures: [String] = []
    ) {
        self.run = run
        self.cluster = cluster
        self.outcome = outcome
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.secondsToProof = secondsToProof
        self.downtimeEstimate = downtimeEstimate
        self.stagedDowntimeEstimate = stagedDowntimeEstimate
        self.snapshotTakenAt = snapshotTakenAt
        self.revisionsBehind = revisionsBehind
        self.snapshotBytes = snapshotBytes
        self.snapshotRevision = snapshotRevision
        self.snapshotKeys = snapshotKeys
        self.rtoObjective = rtoObjective
        self.rpoObjective = rpoObjective
        self.failures = failures
    }

    /// The age of the data when the drill began: what the RPO is held against.
    package var snapshotAge: Double? { snapshotTakenAt.map { max(0, beganAt - $0) } }

    /// nil where there is no objective, or nothing to hold against it.
    package var meetsRTO: Bool? { Self.meets(secondsToProof, rtoObjective) }
    package var meetsRPO: Bool? { Self.meets(snapshotAge, rpoObjective) }

    private static func meets(_ value: Double?, _ objective: Double?) -> Bool? {
        guard let value, let objective else { return nil }
        return value <= objective
    }
}
