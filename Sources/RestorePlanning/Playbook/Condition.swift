/// What is true of the whole cluster between two steps of a playbook.
package enum Condition: String, Sendable, Hashable, CaseIterable {
    /// The snapshot is what the members still had.
    case snapshotRecovered = "the snapshot is recovered from the members' own data"
    /// Every member is stopped, and nothing can start it.
    case membersStopped = "every member is stopped and held"
    /// Every host has the proven snapshot.
    case snapshotDistributed = "every host has the proven snapshot"
    /// The old data is renamed aside on every host.
    case dataSetAside = "the old data is set aside on every host"
    /// Every host has restored the snapshot into staging.
    case snapshotRestored = "the snapshot is restored into staging on every host"
    /// What is staged was compared among the hosts.
    case copiesCompared = "the restored copies are compared"
    /// What is staged belongs to etcd's user.
    case ownershipSet = "the restored data belongs to etcd's user"
    /// The restored data is in place and every member was started.
    case membersStarted = "the restored members are started"
    /// What production looks like is written down.
    case productionObserved = "production is looked at, to be compared in the end"
    /// A scratch cluster runs beside production.
    case scratchStarted = "the scratch cluster is started"
    /// Nothing of the scratch cluster is left.
    case scratchRemoved = "the scratch cluster is removed"
    /// Production is proven to be as it was.
    case productionCompared = "production is compared with what it was"
    /// The cluster is proven to be the restored one.
    case clusterProven = "the restored cluster is proven"
}
