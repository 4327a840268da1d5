import SnapshotSource
import SnapshotStore

/// The cluster that a snapshot has to be of.
struct SnapshotOwner: Sendable {
    /// As manifests name it.
    let cluster: String
    /// The inventory's cluster, if that is another one: a person said by `--from-cluster` that the
    /// snapshot is not of it.
    let insteadOf: String?

    /// nil where neither an inventory nor a person names a cluster.
    init?(inventory: String?, given: String?) {
        guard let cluster = given ?? inventory else { return nil }
        self.cluster = cluster
        insteadOf = inventory == cluster ? nil : inventory
    }

    /// - Throws: `ForeignSnapshot` where the manifest names another cluster.
    func require(_ manifest: SnapshotManifest, at place: String) throws(ForeignSnapshot) {
        guard manifest.cluster != cluster else { return }
        throw ForeignSnapshot(place: place, owners: [manifest.cluster], wanted: cluster)
    }

    /// Returns what to warn of where a snapshot without a manifest is named like another cluster's;
    /// nil if it is not.
    ///
    /// A name is no proof: scripts give such names too, and files are renamed.
    func doubt(about place: String) -> String? {
        guard let name = SnapshotName(lastOf: place), !name.mayBe(of: cluster) else { return nil }
        return
            "\(place) is named like a snapshot of \(name.stem), the cluster is \(cluster), and no "
            + "manifest tells whose it is; the check `snapshot members` compares its members"
    }
}

/// A snapshot that belongs to another cluster than the one it was wanted for.
struct ForeignSnapshot: Error, Sendable, Hashable {
    let place: String
    /// Whose it is, by its manifest; of a prefix, whose snapshots are there.
    let owners: [String]
    let wanted: String

    var fact: String {
        place.hasSuffix("latest")
            ? "there is no snapshot of \(wanted) under \(place.dropLast("latest".count)): those there "
                + "are of \(owners.joined(separator: ", "))"
            : "\(place) is a snapshot of \(owners.joined(separator: ", ")), and the cluster is "
                + wanted
    }

    var hint: String {
        "name a snapshot of \(wanted); if another cluster's is meant, add "
            + "`--from-cluster \(owners.first ?? "NAME")`: it is recorded"
    }
}
