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

/// Chooses what `latest` stands for: the newest snapshot of one cluster.
struct NewestOfCluster {
    let cluster: String
    /// Reads the manifest beside an object.
    let manifest: (BucketPlace) async throws -> ManifestLookup.Finding

    struct Choice: Sendable, Hashable {
        var place: BucketPlace
        /// Newer ones of other clusters, counted.
        var passedOver: [String: Int]
    }

    /// - Parameters:
    ///   - candidates: newest first.
    ///   - prefix: where they were found, with `latest` at its end.
    /// - Returns: The newest that is the cluster's own, or nobody's by any manifest.
    /// - Throws: `ForeignSnapshot` where all are of other clusters, and what reading throws.
    func pick(_ candidates: [BucketPlace], at prefix: BucketPlace) async throws -> Choice {
        var passedOver: [String: Int] = [:]
        // names that begin alike are one cluster's: a manifest tells of all of them
        var owners: [String: String] = [:]
        let own = SnapshotName(cluster: cluster, takenAt: 0).stem
        for place in candidates {
            let (folder, name) = Self.parts(place.key)
            let stem = name.map { folder + $0.stem }
            if let stem, let owner = owners[stem] {
                passedOver[owner, default: 0] += 1
                continue
            }
            switch try await manifest(place) {
            case .none: return Choice(place: place, passedOver: passedOver)
            case .manifest(let found) where found.cluster == cluster:
                return Choice(place: place, passedOver: passedOver)
            case .manifest(let found):
                passedOver[found.cluster, default: 0] += 1
                if let stem, name?.stem != own { owners[stem] = found.cluster }
            case .unusable:
                // it is said later what is wrong with it; only its name tells whose it is
                if name?.stem == own { return Choice(place: place, passedOver: passedOver) }
                passedOver["an unknown cluster", default: 0] += 1
            }
        }
        throw ForeignSnapshot(
            place: prefix.description,
            owners: passedOver.keys.sorted(),
            wanted: cluster
        )
    }

    private static func parts(_ key: String) -> (folder: String, name: SnapshotName?) {
        guard let slash = key.lastIndex(of: "/") else { return ("", SnapshotName(key)) }
        return (String(key[...slash]), SnapshotName(String(key[key.index(after: slash)...])))
    }
}
