package import EtcdModel

/// One line of a playbook: what must be true before it, what it makes true, and what it does.
///
/// A new step is one file in `Steps/` and one line in `StepCatalog`.
package protocol Step: Sendable {
    /// As written in a playbook.
    var name: String { get }
    /// One sentence for a person who reads the plan.
    var summary: String { get }
    var defaults: StepLimits { get }
    /// What must be true of the cluster before.
    var requires: Set<Condition> { get }
    /// What must not be true any more, or not yet.
    var excludes: Set<Condition> { get }
    /// What is true after.
    var establishes: Set<Condition> { get }
    /// Every stage is passed by all members before any begins the next.
    func stages(_ cluster: PlannedCluster) -> [Stage]
}

extension Step {
    package var excludes: Set<Condition> { [] }
}

/// How long a step may take, and how often an effect of it is tried again.
package struct StepLimits: Sendable, Hashable, Codable {
    /// Further tries after a failure that may pass, such as a dropped connection.
    package var retries: Int
    /// For each try of each effect.
    package var timeoutSeconds: Int

    package init(retries: Int, timeoutSeconds: Int) {
        self.retries = retries
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What a step is planned from.
package struct PlannedCluster: Sendable {
    package var topology: ClusterTopology
    package var targets: [MemberTarget]
    package var snapshot: SnapshotProof
    /// The leader when the plan was made, stopped after the others; nil where there was none.
    package var leader: String?
    /// The members whose data directory must be made.
    package var withoutDataDir: Set<String>
    /// The member that a snapshot is saved of before the stop; nil for none.
    package var safetySource: String?
    /// Whether the old cluster has not been stopped yet where the step stands.
    package var isServing = false
    /// By how much the restored cluster's revision is raised; nil for not at all.
    package var revisionBump: Int64?
    /// How the hosts hand the snapshot on to one another; nil where each is sent it.
    package var relay: RelaySettings?
    /// The members whose hosts can take part in a relay.
    package var relaying: Set<String> = []
    /// What the playbook's user wants to find in the data.
    package var checks: [DataCheck] = []
    /// The hosts that hooks act on, by group.
    package var groups: [String: [HookHost]] = [:]
    /// Whether there is no production beside it: a drill on this machine.
    package var isLocal = false

    package init(
        topology: ClusterTopology,
        targets: [MemberTarget],
        snapshot: SnapshotProof,
        leader: String?,
        withoutDataDir: Set<String>,
        safetySource: String? = nil,
        revisionBump: Int64? = nil
    ) {
        self.topology = topology
        self.targets = targets
        self.snapshot = snapshot
        self.leader = leader
        self.withoutDataDir = withoutDataDir
        self.safetySource = safetySource
        self.revisionBump = revisionBump
    }

    package var builders: [EffectBuilder] {
        targets.map { EffectBuilder($0, yielding: isServing && $0.wasActive) }
    }
}
