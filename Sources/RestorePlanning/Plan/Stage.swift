package import EtcdModel

/// What all members pass before any begins the next: effects side by side, or one thing among them.
package struct Stage: Sendable, Hashable, Codable {
    package var title: String
    /// In order for each member; members do not wait for one another; empty for the others.
    package var effects: [PlannedEffect]
    package var proof: ExpectedCluster?
    package var comparison: CopyComparison?
    package var relay: SnapshotRelay?
    package var production: ProductionLook?
    package var dataChecks: DataChecks?
    package var hook: HookRun?

    package init(_ title: String, effects: [PlannedEffect]) {
        self.title = title
        self.effects = effects
        proof = nil
    }

    package init(_ title: String, proof: ExpectedCluster) {
        self.title = title
        effects = []
        self.proof = proof
    }

    package init(_ title: String, comparison: CopyComparison) {
        self.title = title
        effects = []
        self.comparison = comparison
    }

    package init(_ title: String, relay: SnapshotRelay) {
        self.title = title
        effects = []
        self.relay = relay
    }

    package init(_ title: String, production: ProductionLook) {
        self.title = title
        effects = []
        self.production = production
    }

    package init(_ title: String, dataChecks: DataChecks) {
        self.title = title
        effects = []
        self.dataChecks = dataChecks
    }

    package init(_ title: String, hook: HookRun) {
        self.title = title
        effects = []
        self.hook = hook
    }
}

extension Stage {
    /// The one thing that a stage is.
    ///
    /// Whoever prints a stage switches over this, so that no kind of work can be forgotten.
    package enum Work: Sendable {
        case effects([PlannedEffect])
        case proof(ExpectedCluster)
        case comparison(CopyComparison)
        case relay(SnapshotRelay)
        case production(ProductionLook)
        case dataChecks(DataChecks)
        case hook(HookRun)
    }

    package var work: Work {
        proof.map(Work.proof) ?? comparison.map(Work.comparison) ?? relay.map(Work.relay)
            ?? production.map(Work.production) ?? dataChecks.map(Work.dataChecks)
            ?? hook.map(Work.hook) ?? .effects(effects)
    }
}

/// What was restored, compared among the members before anything depends on it.
///
/// By the hash that the tool computes of all keys and values in all buckets (`Status`,
/// etcdutl/snapshot/v3_snapshot.go of 3.5): one version makes the same content of one snapshot on every
/// host. The files themselves differ now and then: how often the tool commits while it writes depends on
/// time (one of twelve restores of 280 MB, 3.5.16), and only the write-ahead log names the member.
package struct CopyComparison: Sendable, Hashable, Codable {
    /// What the proof is called in journal and report.
    package static let name = "restored copy"

    package struct Copy: Sendable, Hashable, Codable {
        package var member: String
        /// Major and minor version of the tool, as `3.5`: only its copies are alike.
        package var tool: String
        /// Prints a line on the content and changes nothing.
        package var command: [String]

        package init(member: String, tool: String, command: [String]) {
            self.member = member
            self.tool = tool
            self.command = command
        }
    }

    package var copies: [Copy]

    package init(copies: [Copy]) {
        self.copies = copies
    }
}

/// What a running cluster is compared with.
package struct ExpectedCluster: Sendable, Hashable, Codable {
    /// nil: any, but one and the same.
    package var clusterID: ClusterID?
    /// The members that must answer, by name.
    package var members: [ExpectedMember]
    /// nil: not compared (a cluster that was rolled back).
    package var data: ExpectedData?
    /// Whether all must hold the same data at one revision: for a cluster that serves already, whose
    /// data nobody can predict.
    package var agreesOnData: Bool { mustAgree == true }
    /// Left out where it is false: plans are older than it, and are read for ever.
    private var mustAgree: Bool?
    /// Whether nothing is asked of it but what it holds: no alarm is looked for, and no write is tried.
    package var isReadOnly: Bool {
        get { onlyReads == true }
        set { onlyReads = newValue ? true : nil }
    }
    private var onlyReads: Bool?

    package init(
        clusterID: ClusterID?,
        members: [ExpectedMember],
        data: ExpectedData?,
        agreesOnData: Bool = false
    ) {
        self.clusterID = clusterID
        self.members = members
        self.data = data
        mustAgree = agreesOnData ? true : nil
    }
}

package struct ExpectedMember: Sendable, Hashable, Codable {
    package var name: String
    /// nil: not known.
    package var id: MemberID?
    /// Whom it must not be any more; nil where nothing is known of that.
    package var replaces: MemberID?

    package init(name: String, id: MemberID?, replaces: MemberID? = nil) {
        self.name = name
        self.id = id
        self.replaces = replaces
    }
}

/// The data that every member must hold, computed from the snapshot file.
package struct ExpectedData: Sendable, Hashable, Codable {
    /// What the proof is called, in journal and report, that stands for a hash which a compaction has
    /// put out of reach: that all members hold the same data.
    package static let compactedName = "compacted data"

    package var revision: Int64
    package var keys: Int
    package var hashKV: UInt32

    package init(revision: Int64, keys: Int, hashKV: UInt32) {
        self.revision = revision
        self.keys = keys
        self.hashKV = hashKV
    }

    /// A proof that cannot tell the raised HashKV is not planned with; see `RevisionBump`.
    init(_ snapshot: SnapshotProof, raisedBy amount: Int64?) {
        self.init(
            revision: amount.map(snapshot.revision(raisedBy:)) ?? snapshot.revision,
            keys: snapshot.keys,
            hashKV: amount.flatMap(snapshot.hashKV(raisedBy:)) ?? snapshot.hashKV
        )
    }
}
