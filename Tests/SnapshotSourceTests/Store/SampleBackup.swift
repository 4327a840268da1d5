import EtcdModel

@testable import SnapshotStore

/// Snapshots that are only names and numbers.
enum SampleBackup {
    static let proof = SnapshotProof(
        sha256: String(repeating: "a", count: 64),
        bytes: 100,
        revision: 25,
        compactRevision: -1,
        keys: 7,
        totalKeys: 9,
        hashKV: 1_047_458_361
    )

    static func manifest(
        cluster: String = "prod",
        at seconds: Double = 1_795_000_000,
        stored: UInt64 = 100
    ) -> SnapshotManifest {
        SnapshotManifest(
            snapshot: SnapshotName(cluster: cluster, takenAt: seconds).text,
            cluster: cluster,
            takenAt: UTCTime.text(seconds),
            member: "etcd-1",
            etcdVersion: "3.5.16",
            proof: proof,
            stored: SnapshotManifest.StoredBytes(bytes: stored, sha256: proof.sha256),
            layers: []
        )
    }

    static func stored(_ manifests: [SnapshotManifest]) throws -> StoredSnapshots {
        StoredSnapshots(
            entries: manifests.map { StoreEntry(name: $0.snapshot, bytes: $0.stored.bytes) },
            manifests: Dictionary(
                uniqueKeysWithValues: try manifests.map {
                    ($0.snapshot + SnapshotName.manifestSuffix, try $0.encoded())
                }
            )
        )
    }
}
