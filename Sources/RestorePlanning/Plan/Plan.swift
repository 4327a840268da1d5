package import EtcdModel
import RemoteHost

/// Everything that a run will do, as a value.
///
/// It is printed and it is executed, and there is no other way to make something happen.
package struct Plan: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case restore
        /// The members that were fenced from a restore, brought into the restored cluster.
        case join
        /// A join that is undone alone: the restored cluster serves on without the members that were to join.
        case unjoin = "join-rollback"
        case rollback
        case clean
        /// A restore into a cluster beside production, which is proven, measured and removed.
        case drill
        /// One member taken out of a cluster that serves, and in again with the others' data.
        case member = "member-change"
    }

    /// The version of this form; a plan of another version is refused.
    package static let currentVersion = 1

    package var version: Int
    package var kind: Kind
    package var run: RunID
    package var cluster: String
    package var playbook: String
    /// RFC 3339, UTC.
    package var createdAt: String
    /// nil where nothing is restored: a change of one member.
    package var snapshot: SnapshotReference?
    package var topology: ClusterTopology
    package var clusterID: ClusterID
    /// The members that the run acts on: all of the topology but the fenced ones.
    package var targets: [MemberTarget]
    package var fenced: [FencedMember] {
        get { fencedMembers ?? [] }
        set { fencedMembers = newValue.isEmpty ? nil : newValue }
    }
    /// Left out where there is none: plans are older than fences, and are read for ever.
    private var fencedMembers: [FencedMember]?
    /// nil where nothing ran that could be saved, or the playbook does without.
    package var safetySnapshot: SafetySnapshot?
    /// By how much the restored cluster's revision is higher than the snapshot's; nil for not at all.
    package var revisionBump: Int64?
    /// The host that a member had until now which comes again on another; nil where all stay.
    package var movedFrom: String?
    /// What a drill is held against; nil where there is nothing.
    package var objectives: PlannedObjectives?
    package var steps: [PlannedStep]
    package var outlook: Outlook

    package init(
        kind: Kind,
        run: RunID,
        cluster: String,
        playbook: String,
        createdAt: String,
        snapshot: SnapshotReference?,
        topology: ClusterTopology,
        targets: [MemberTarget],
        fenced: [FencedMember] = [],
        safetySnapshot: SafetySnapshot? = nil,
        revisionBump: Int64? = nil,
        steps: [PlannedStep],
        outlook: Outlook
    ) {
        version = Plan.currentVersion
        self.kind = kind
        self.run = run
        self.cluster = cluster
        self.playbook = playbook
        self.createdAt = createdAt
        self.snapshot = snapshot
        self.topology = topology
        clusterID = topology.clusterID
        self.targets = targets
        fencedMembers = fenced.isEmpty ? nil : fenced
        self.safetySnapshot = safetySnapshot
        self.revisionBump = revisionBump
        self.steps = steps
        self.outlook = outlook
    }

    private enum CodingKeys: String, CodingKey {
        case version, kind, run, cluster, playbook, createdAt, snapshot, topology, clusterID
        case targets, safetySnapshot, revisionBump, movedFrom, objectives, steps, outlook
        case fencedMembers = "fenced"
    }

    /// Whether all of it happens on this machine.
    package var isLocal: Bool {
        targets.contains { if case .process = $0.scratch?.runner { true } else { false } }
    }

    /// Of the snapshot; 0 where nothing is restored.
    package var snapshotBytes: UInt64 { snapshot?.proof.bytes ?? 0 }

    /// nil where each host is sent the snapshot.
    package var relay: SnapshotRelay? { steps.flatMap(\.stages).compactMap(\.relay).first }

    package func target(named name: String) -> MemberTarget? {
        targets.first { $0.name == name }
    }
}

/// What is to be met, in seconds.
package struct PlannedObjectives: Sendable, Hashable, Codable {
    /// The longest acceptable time from the first step to the proof.
    package var rto: Double?
    /// The highest acceptable age of the snapshot.
    package var rpo: Double?

    package init(rto: Double?, rpo: Double?) {
        self.rto = rto
        self.rpo = rpo
    }
}

/// A member that a person declared to be off, and to stay off until `resume` restores it.
package struct FencedMember: Sendable, Hashable, Codable {
    package var name: String
    package var host: String
    package var reason: String
    /// What a run that was at work on its host may have left there; nil if it never was.
    package var left: [String]?

    package init(name: String, host: String, reason: String, left: [String]? = nil) {
        self.name = name
        self.host = host
        self.reason = reason
        self.left = left
    }
}

/// Where the snapshot of the old cluster lies that was saved before the stop.
package struct SafetySnapshot: Sendable, Hashable, Codable {
    package var member: String
    package var path: String

    package init(member: String, path: String) {
        self.member = member
        self.path = path
    }
}

/// The snapshot that a plan restores, by place and by content.
package struct SnapshotReference: Sendable, Hashable, Codable {
    /// A path on the coordinator, `NAME:/path`, `s3://bucket/key`, or `-`.
    package var path: String
    package var proof: SnapshotProof
    /// The member that has these very bytes as a file, as they are; nil where none is known to.
    package var holder: SnapshotHolder?
    /// What it is wrapped in, the outermost first, each by its program; nil for nothing.
    package var layers: [String]?
    /// When it was taken, as far as its file tells, in seconds since 1970; nil where nothing does.
    package var takenAt: Double?
    /// What the manifest beside it tells, which agrees with the proof; nil where none lies there.
    package var manifest: ManifestRecord?
    /// The other cluster that it is of, on the operator's word; nil where it is of the plan's own.
    package var fromCluster: String?

    package init(
        path: String,
        proof: SnapshotProof,
        holder: SnapshotHolder? = nil,
        layers: [String] = [],
        takenAt: Double? = nil,
        manifest: ManifestRecord? = nil,
        fromCluster: String? = nil
    ) {
        self.path = path
        self.proof = proof
        self.holder = holder
        self.layers = layers.isEmpty ? nil : layers
        self.takenAt = takenAt
        self.manifest = manifest
        self.fromCluster = fromCluster
    }
}

/// Where and when a snapshot was saved, by its manifest.
package struct ManifestRecord: Sendable, Hashable, Codable {
    package var member: String
    /// As RFC 3339 has it.
    package var takenAt: String
    /// `wal` or `database`, where etcd did not save it: what it was recovered from.
    package var recoveredFrom: String?
    /// The cluster that it was saved from; nil in older plans.
    package var cluster: String?

    package init(
        member: String,
        takenAt: String,
        recoveredFrom: String? = nil,
        cluster: String? = nil
    ) {
        self.member = member
        self.takenAt = takenAt
        self.recoveredFrom = recoveredFrom
        self.cluster = cluster
    }
}

/// A member with the snapshot on its host.
package struct SnapshotHolder: Sendable, Hashable, Codable {
    package var member: String
    /// Absolute.
    package var path: String

    package init(member: String, path: String) {
        self.member = member
        self.path = path
    }
}

/// One step with its limits decided and its stages spelled out.
package struct PlannedStep: Sendable, Hashable, Codable {
    package var name: String
    package var summary: String
    package var limits: StepLimits
    package var stages: [Stage]

    package init(name: String, summary: String, limits: StepLimits, stages: [Stage]) {
        self.name = name
        self.summary = summary
        self.limits = limits
        self.stages = stages
    }
}

/// What the world looked like when the plan was made; shown, and never acted on.
package struct Outlook: Sendable, Hashable, Codable {
    /// False for a plan that asked no host.
    package var askedHosts: Bool
    /// The highest revision of the running cluster; nil where nothing answered.
    package var liveRevision: Int64?
    /// The leader when the plan was made; it is stopped last.
    package var leader: String?
    package var members: [MemberOutlook]
    /// Warnings of the checks, each a sentence.
    package var warnings: [String]

    package init(
        askedHosts: Bool,
        liveRevision: Int64?,
        leader: String?,
        members: [MemberOutlook],
        warnings: [String]
    ) {
        self.askedHosts = askedHosts
        self.liveRevision = liveRevision
        self.leader = leader
        self.members = members
        self.warnings = warnings
    }
}

package struct MemberOutlook: Sendable, Hashable, Codable {
    package var name: String
    package var state: String
    package var oldDatabaseBytes: UInt64?
    package var freeBytes: UInt64?
    package var neededBytes: UInt64

    package init(
        name: String,
        state: String,
        oldDatabaseBytes: UInt64?,
        freeBytes: UInt64?,
        neededBytes: UInt64
    ) {
        self.name = name
        self.state = state
        self.oldDatabaseBytes = oldDatabaseBytes
        self.freeBytes = freeBytes
        self.neededBytes = neededBytes
    }
}

extension MemberOutlook {
    /// A host's member in a few words.
    static func state(_ facts: HostFacts) -> String {
        if let live = facts.live {
            return "\(live.isLeader ? "leader" : "follower") at revision \(live.revision)"
        }
        switch facts.unit.activity.activity {
        case .active: return "\(facts.unit.activity.detail), does not answer"
        case .stopped, .unknown: return facts.unit.activity.detail
        }
    }
}
