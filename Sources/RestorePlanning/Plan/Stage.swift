package import EtcdModel

/// What all members pass before any begins the next: effects side by side, or one proof.
package struct Stage: Sendable, Hashable, Codable {
    package var title: String
    /// In order for each member; members do not wait for one another; empty for a proof.
    package var effects: [PlannedEffect]
    package var proof: ExpectedCluster?

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
    package var agreesOnData: Bool

    package init(
        clusterID: ClusterID?,
        members: [ExpectedMember],
        data: ExpectedData?,
        agreesOnData: Bool = false
    ) {
        self.clusterID = clusterID
        self.members = members
        self.data = data
        self.agreesOnData = agreesOnData
    }
}

package struct ExpectedMember: Sendable, Hashable, Codable {
    package var name: String
    /// nil: not known.
    package var id: MemberID?

    package init(name: String, id: MemberID?) {
        self.name = name
        self.id = id
    }
}

/// The data that every member must hold, computed from the snapshot file.
package struct ExpectedData: Sendable, Hashable, Codable {
    package var revision: Int64
    package var keys: Int
    package var hashKV: UInt32

    package init(revision: Int64, keys: Int, hashKV: UInt32) {
        self.revision = revision
        self.keys = keys
        self.hashKV = hashKV
    }
}
