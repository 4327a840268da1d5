import SnapshotSource
import SnapshotStore

/// Chooses what `latest` stands for: the newest object that can be a snapshot of the cluster.
struct NewestOfCluster {
    /// nil if nothing tells whose it must be.
    let cluster: String?
    /// Reads the manifest beside an object.
    let manifest: (BucketPlace) async throws -> ManifestLookup.Finding
    /// Returns why an object without a manifest is no snapshot by its content; nil if it may be one.
    var content: (BucketPlace) async throws -> String? = { _ in nil }

    /// - Parameters:
    ///   - objects: what lies there.
    ///   - prefix: where they were found, with `latest` at its end.
    /// - Returns: The newest that is the cluster's own, or that nobody says is another's; and the
    ///   newer ones that it is not.
    /// - Throws: `ForeignSnapshot` if all are of other clusters, `SourceFailure` if none is a
    ///   snapshot, and what reading throws.
    func pick(
        _ objects: [LatestObject],
        at prefix: BucketPlace
    ) async throws -> (place: BucketPlace, passedOver: PassedObjects) {
        // a foreign name alone proves nothing; beside snapshots with the cluster's own name it tells
        let hasOwn = objects.contains { object in
            guard let cluster, object.problem == nil else { return false }
            return SnapshotName(lastOf: object.place.key)?.mayBe(of: cluster) ?? false
        }
        // names that begin alike are one cluster's: a manifest tells of all of them
        var owners: [String: String] = [:]
        let walk = LatestWalk(
            judge: { try await judge($0, besideOwn: hasOwn, &owners) },
            content: content
        )
        let choice = try await walk.choose(objects.map(\.datedByName))
        let passed = choice.passedOver
        if let place = choice.place { return (place, passed) }
        guard let cluster, !passed.ofClusters.isEmpty else { throw prefix.noSnapshot(passed) }
        throw ForeignSnapshot(
            place: prefix.description,
            owners: passed.ofClusters.keys.sorted(),
            wanted: cluster
        )
    }

    private func judge(
        _ place: BucketPlace,
        besideOwn hasOwn: Bool,
        _ owners: inout [String: String]
    ) async throws -> LatestWalk.Verdict {
        // without such a name it has no manifest
        guard let cluster, let name = SnapshotName(lastOf: place.key) else { return .unknown }
        let isOwn = name.mayBe(of: cluster)
        let beginning = place.key.dropLast(name.text.count) + name.stem
        if let owner = owners[String(beginning)] { return .foreign(owner) }
        switch try await manifest(place) {
        case .none: return isOwn || !hasOwn ? .unknown : .foreign(name.stem)
        case .manifest(let found) where found.cluster == cluster: return .wanted
        case .manifest(let found):
            if !isOwn { owners[String(beginning)] = found.cluster }
            return .foreign(found.cluster)
        // it is said later what is wrong with it; only the name tells whose it is
        case .unusable: return isOwn ? .wanted : .foreign("an unknown cluster")
        }
    }
}

extension LatestObject {
    /// The object with the time of its snapshot, if its name tells.
    ///
    /// A bucket that was copied has all its objects written at about the same time, in any order; a
    /// name of `snapshot save` still has the time of its snapshot. A time that is later than the
    /// server's own was written by a wrong clock, and does not win.
    fileprivate var datedByName: LatestObject {
        guard let taken = SnapshotName(lastOf: place.key)?.takenAt else { return self }
        return LatestObject(place: place, writtenAt: min(taken, writtenAt), problem: problem)
    }
}
