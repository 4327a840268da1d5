import EtcdModel
import Testing

@testable import SnapshotStore

@Suite("Snapshots of a destination")
struct StoredSnapshotsTests {
    @Test("have names that sort by time, and are read back")
    func names() throws {
        let early = SnapshotName(cluster: "prod", takenAt: 1_795_000_000.9)
        let late = SnapshotName(cluster: "prod", takenAt: 1_795_000_001, suffixes: ["zst", "gpg"])
        #expect(early.text == "prod-20261118T110640Z.db")
        #expect(late.text == "prod-20261118T110641Z.db.zst.gpg")
        #expect(early.text < late.text)
        #expect(SnapshotName(late.text) == late)
        #expect(SnapshotName(manifest: late.manifest) == late)
        let odd = SnapshotName(cluster: "a b/ü.db", takenAt: 0)
        #expect(odd.text == "a_b__.db-19700101T000000Z.db")
        #expect(SnapshotName(odd.text) == odd)
    }

    @Test(
        "are not a stranger's files",
        arguments: [
            "", "snapshot.db", "prod-20261118T110640Z", "-20261118T110640Z.db",
            "prod-20261118T110640Z.db.xz", "prod-20261118T110640Z.db.manifest.json",
            "prod-2026111T1106400Z.db", ".prod-20261118T110640Z.db.part-1",
            "../prod-20261118T110640Z.db/x", "pro d-20261118T110640Z.db",
        ]
    )
    func strangers(_ name: String) {
        #expect(SnapshotName(name) == nil)
    }

    @Test("have a manifest that is read back, of this version and this snapshot only")
    func manifests() throws {
        let manifest = SampleBackup.manifest()
        let bytes = try manifest.encoded()
        #expect(try SnapshotManifest(bytes, of: manifest.snapshot) == manifest)
        #expect(throws: ManifestFault.ofAnother(manifest.snapshot)) {
            try SnapshotManifest(bytes, of: "other.db")
        }
        #expect(throws: ManifestFault.version(2)) {
            try SnapshotManifest(Array("{\"version\":2}".utf8), of: "x")
        }
        for text in ["", "{}", "[]", "{\"version\":1}"] {
            #expect(throws: ManifestFault.notAManifest) {
                try SnapshotManifest(Array(text.utf8), of: "x")
            }
        }
    }

    @Test("differ from their manifest in what is named, with both values")
    func mismatches() {
        let manifest = SampleBackup.manifest()
        #expect(manifest.mismatches(SampleBackup.proof).isEmpty)
        var other = SampleBackup.proof
        other.revision = 26
        other.hashKV = 1
        #expect(
            manifest.mismatches(other) == [
                ManifestMismatch(what: "revision", expected: "25", found: "26"),
                ManifestMismatch(what: "HashKV", expected: "1047458361", found: "1"),
            ]
        )
    }

    @Test("are listed newest first, with what is wrong with them")
    func states() throws {
        let (old, new) = (
            SampleBackup.manifest(at: 1_795_000_000), SampleBackup.manifest(at: 1_795_100_000)
        )
        let (cut, gone) = (
            SampleBackup.manifest(at: 1_795_200_000), SampleBackup.manifest(at: 1_795_300_000)
        )
        let bare = SnapshotName(cluster: "prod", takenAt: 1_795_400_000)
        let listed = StoredSnapshots(
            entries: [
                StoreEntry(name: old.snapshot, bytes: 100),
                StoreEntry(name: new.snapshot, bytes: 100),
                StoreEntry(name: cut.snapshot, bytes: 99),
                StoreEntry(name: bare.text, bytes: 5),
                StoreEntry(name: "notes.txt", bytes: 5),
            ],
            manifests: Dictionary(
                uniqueKeysWithValues: try [old, new, cut, gone].map {
                    ($0.snapshot + SnapshotName.manifestSuffix, try $0.encoded())
                }
            )
        )
        #expect(listed.all.map(\.state) == [.gone, .otherSize, .proven, .proven, .noManifest])
        let decision = PruneDecision(listed, keeping: Retention(last: 1), at: 1_796_000_000)
        #expect(decision.kept.map(\.snapshot.name.text) == [new.snapshot])
        #expect(decision.deleted.map(\.name.text) == [old.snapshot])
        #expect(decision.leftovers.map(\.name.text) == [gone.snapshot])
        #expect(Set(decision.untouched.map(\.name.text)) == [cut.snapshot, bare.text])
    }

    @Test("are counted for each cluster by itself, and its newest is never deleted")
    func clusters() throws {
        let manifests = ["a", "b"].flatMap { cluster in
            (0..<3).map {
                SampleBackup.manifest(cluster: cluster, at: 1_795_000_000 + 60 * Double($0))
            }
        }
        let stored = try SampleBackup.stored(manifests)
        let one = PruneDecision(stored, keeping: Retention(last: 1), at: 1_796_000_000)
        #expect(one.kept.count == 2)
        #expect(one.deleted.count == 4)
        let none = PruneDecision(stored, keeping: Retention(), at: 1_796_000_000)
        #expect(none.kept.map(\.reasons) == [["newest"], ["newest"]])
    }
}
