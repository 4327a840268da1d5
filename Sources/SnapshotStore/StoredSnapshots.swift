/// A file of a destination.
package struct StoreEntry: Sendable, Hashable {
    package var name: String
    package var bytes: UInt64

    package init(name: String, bytes: UInt64) {
        self.name = name
        self.bytes = bytes
    }
}

/// A snapshot of a destination, as far as its manifest and its size tell.
package struct StoredSnapshot: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// It was proven before it had its name, and has the size that it had then.
        case proven
        case noManifest
        case badManifest(ManifestFault)
        /// The file was cut, or written over.
        case otherSize
        /// The manifest is left of one that was deleted.
        case gone
    }

    package var name: SnapshotName
    /// As it is stored; 0 where it is gone.
    package var bytes: UInt64
    package var manifest: SnapshotManifest?
    package var state: State

    package init(
        name: SnapshotName,
        bytes: UInt64,
        manifest: SnapshotManifest?,
        state: State
    ) {
        self.name = name
        self.bytes = bytes
        self.manifest = manifest
        self.state = state
    }

    package var takenAt: Double? { manifest?.takenAtSeconds }

    /// Whether its manifest has a time that has not come yet: some clock is wrong.
    package func isAhead(of now: Double) -> Bool {
        takenAt.map { $0 > now + Self.clockTolerance } ?? false
    }

    /// By how many seconds two clocks may differ without anybody's being wrong.
    package static let clockTolerance: Double = 300
}

/// All snapshots of a destination; what has another's name is not among them.
package struct StoredSnapshots: Sendable, Hashable {
    /// Newest first; those without a manifest last, by name.
    package let all: [StoredSnapshot]

    /// The manifests are their bytes, by the manifests' own names.
    package init(entries: [StoreEntry], manifests: [String: [UInt8]]) {
        let sizes = Dictionary(entries.map { ($0.name, $0.bytes) }) { first, _ in first }
        var found: [StoredSnapshot] = []
        for (file, bytes) in manifests {
            guard let name = SnapshotName(manifest: file) else { continue }
            var snapshot = StoredSnapshot(
                name: name,
                bytes: sizes[name.text] ?? 0,
                manifest: nil,
                state: .gone
            )
            do throws(ManifestFault) {
                let manifest = try SnapshotManifest(bytes, of: name.text)
                snapshot.manifest = manifest
                if let size = sizes[name.text] {
                    snapshot.state = size == manifest.stored.bytes ? .proven : .otherSize
                }
            } catch {
                snapshot.state = .badManifest(error)
            }
            found.append(snapshot)
        }
        for entry in entries {
            guard let name = SnapshotName(entry.name), manifests[name.manifest] == nil else {
                continue
            }
            found.append(
                StoredSnapshot(name: name, bytes: entry.bytes, manifest: nil, state: .noManifest)
            )
        }
        all = found.map { ($0.takenAt ?? -.infinity, $0) }
            .sorted { ($0.0, $0.1.name.text) > ($1.0, $1.1.name.text) }
            .map(\.1)
    }
}

/// What a retention leaves and takes.
package struct PruneDecision: Sendable, Hashable {
    package struct Kept: Sendable, Hashable {
        package var snapshot: StoredSnapshot
        /// The rules that keep it, as `last` or `hourly`.
        package var reasons: [String]
    }

    package private(set) var kept: [Kept] = []
    package private(set) var deleted: [StoredSnapshot] = []
    /// Manifests whose snapshot an earlier prune deleted before it was interrupted.
    package private(set) var leftovers: [StoredSnapshot] = []
    /// What is neither counted nor touched, because nothing proves that it is a backup.
    package private(set) var untouched: [StoredSnapshot] = []
    /// Kept, and not counted: a wrong clock dated them after this moment.
    package private(set) var ahead: [StoredSnapshot] = []

    /// Counts each cluster's snapshots by themselves.
    ///
    /// The newest proven snapshot of each cluster is kept, whatever the rules say. Snapshots from the
    /// future are kept beside those that the rules keep: if they were counted, they would be the newest
    /// until their time has come, and all others would go.
    package init(_ snapshots: StoredSnapshots, keeping retention: Retention, at now: Double) {
        var clusters: [String: [StoredSnapshot]] = [:]
        for snapshot in snapshots.all {
            switch (snapshot.state, snapshot.manifest) {
            case (.proven, .some) where snapshot.isAhead(of: now): ahead.append(snapshot)
            case (.proven, let manifest?): clusters[manifest.cluster, default: []].append(snapshot)
            case (.gone, .some): leftovers.append(snapshot)
            default: untouched.append(snapshot)
            }
        }
        for (_, group) in clusters.sorted(by: { $0.key < $1.key }) {
            let reasons = retention.reasons(newestFirst: group.compactMap(\.takenAt))
            for (place, snapshot) in group.enumerated() {
                if !reasons[place].isEmpty {
                    kept.append(Kept(snapshot: snapshot, reasons: reasons[place]))
                } else if place == 0 {
                    kept.append(Kept(snapshot: snapshot, reasons: ["newest"]))
                } else {
                    deleted.append(snapshot)
                }
            }
        }
    }

    /// What is to be deleted.
    package var doomed: Doomed { Doomed(deleted: deleted, leftovers: leftovers) }

    /// Snapshots with their manifests, and manifests alone.
    package struct Doomed: Sendable, Hashable {
        package var deleted: [StoredSnapshot]
        package var leftovers: [StoredSnapshot]

        package var all: [StoredSnapshot] { deleted + leftovers }

        /// The files to delete, in order.
        ///
        /// A snapshot goes before its manifest: a manifest alone is found and deleted next time. Of a
        /// leftover only the manifest goes: its snapshot was not seen, so nothing is known about a file
        /// that has its name by now.
        package var files: [String] {
            deleted.flatMap { [$0.name.text, $0.name.manifest] } + leftovers.map(\.name.manifest)
        }

        /// What is in both: seen again exactly as it was.
        package func intersection(_ later: Doomed) -> Doomed {
            Doomed(
                deleted: deleted.filter(Set(later.deleted).contains),
                leftovers: leftovers.filter(Set(later.leftovers).contains)
            )
        }
    }
}
