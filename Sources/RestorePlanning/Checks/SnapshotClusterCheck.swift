/// Whose snapshot it is, by its manifest and by what a person said of it.
package enum SnapshotClusterCheck {
    package static let name = "snapshot cluster"

    /// A warning where another cluster's snapshot was accepted on a person's word; else nothing.
    package static func of(_ snapshot: SnapshotReference, cluster: String) -> [Check] {
        let other = snapshot.manifest?.cluster ?? snapshot.fromCluster
        guard let other, other != cluster else { return [] }
        return [
            Check(
                name,
                member: nil,
                .warns,
                snapshot.manifest?.cluster == nil
                    ? "the snapshot has no manifest and is of \(other), as --from-cluster says"
                    : "the snapshot is of \(other), as its manifest and --from-cluster say",
                hint: "everything that is in \(cluster) is replaced by the data of \(other)"
            )
        ]
    }
}
