import EtcdModel
import FoundationEssentials
import SnapshotSource
import Testing

/// What real clusters said of the recorded snapshots, once restored from them.
struct RecordedFacts: Decodable, Sendable {
    var hashKV: UInt32
    var revision: Int64
    var compactRevision: Int64
    var keys: Int
    var totalKeys: Int
    var alarms: Int
    var leases: Int
    var authEnabled: Bool
    /// By revision; each is later than the compacted one.
    var earlierHashKV: [String: UInt32]

    static let all: [String: RecordedFacts] = {
        guard
            let data = try? Data(
                contentsOf: URL(filePath: Fixtures.path("snapshots/expected.json"))
            ),
            let facts = try? JSONDecoder().decode([String: RecordedFacts].self, from: data)
        else { return [:] }
        return facts
    }()
}

@Suite("The proof of a recorded snapshot")
struct RecordedSnapshotTests {
    @Test("there are snapshots of 3.4 and 3.5 to compare with")
    func thereAreSome() {
        #expect(RecordedFacts.all.count >= 11)
    }

    @Test(
        "computes what the restored cluster says of itself",
        arguments: RecordedFacts.all.keys.sorted()
    )
    func agreesWithEtcd(name: String) throws {
        let facts = try #require(RecordedFacts.all[name])
        let proof = try LocalSnapshot(path: Fixtures.path("snapshots/\(name).db")).prove()
        #expect(proof.hashKV == facts.hashKV)
        #expect(proof.revision == facts.revision)
        #expect(proof.compactRevision == facts.compactRevision)
        #expect(proof.keys == facts.keys)
        #expect(proof.totalKeys == facts.totalKeys)
        #expect(proof.alarms.count == facts.alarms)
        #expect(proof.leases == facts.leases)
        #expect(proof.authEnabled == facts.authEnabled)
    }

    @Test(
        "computes what the restored cluster says of its earlier revisions",
        arguments: RecordedFacts.all.keys.sorted()
    )
    func agreesEarlier(name: String) async throws {
        let facts = try #require(RecordedFacts.all[name])
        let path = Fixtures.path("snapshots/\(name).db")
        let proven = try await SnapshotOpening(
            .file(path),
            surroundings: SourceSurroundings(environment: [:]),
            spoolDirectory: { throw SourceFailure("no spool is needed", hint: "") },
            fetch: { _, _, _ in throw SourceFailure("no member is asked", hint: "") }
        )
        .prove()
        for (revision, hash) in facts.earlierHashKV {
            let revision = try #require(Int64(revision))
            #expect(
                try proven.hashKV(
                    HashedRange(revision: revision, compactRevision: facts.compactRevision)
                ) == hash,
                "at \(revision)"
            )
        }
        #expect(try proven.hashKV(HashedRange(revision: .max, compactRevision: -1)) == facts.hashKV)
    }

    @Test("shows what a restored cluster starts with", arguments: ["3.4.23", "3.5.16"])
    func busy(version: String) throws {
        let path = "snapshots/busy-\(version).db"
        let proof = try LocalSnapshot(path: Fixtures.path(path)).prove()
        let bytes = try Fixtures.bytes(path)
        #expect(proof.sha256 == SHA256Text.hex(of: bytes))
        #expect(proof.bytes == UInt64(bytes.count))
        #expect(proof.alarms == ["NOSPACE"])
        #expect(proof.authEnabled)
        #expect(proof.leases == 2)
        #expect(proof.clusterVersion == (version == "3.4.23" ? "3.4.0" : "3.5.0"))
        #expect(proof.members.map(\.name) == ["m1", "m2", "m3"])
        #expect(
            proof.members.map(\.id.description) == [
                "2ada36d11760132e", "63bb19c04bc3c639", "8c3b60802e0b3b9d",
            ]
        )
        #expect(proof.members.flatMap(\.peerURLs) == (1...3).map { "http://127.0.0.1:2110\($0)" })
    }

    @Test("shows neither auth nor alarms where there are none", arguments: ["3.4.23", "3.5.16"])
    func plain(version: String) throws {
        let path = Fixtures.path("snapshots/plain-\(version).db")
        let proof = try LocalSnapshot(path: path).prove()
        #expect(proof.alarms == [])
        #expect(!proof.authEnabled)
        #expect(proof.leases == 0)
    }

    @Test("does not count the key that a bumped restore leaves, as no range returns it")
    func bumped() throws {
        let path = Fixtures.path("snapshots/bumped-3.5.16.db")
        let proof = try LocalSnapshot(path: path).prove()
        // eleven of the plain snapshot and one written later
        #expect(proof.keys == 12)
        #expect(proof.revision == 1_000_018)
        #expect(proof.compactRevision == 1_000_017)
    }

    /// What etcdutl 3.5.16 made of each by `--bump-revision=1000 --mark-compacted`, read back.
    static let afterRaise: [(name: String, revision: Int64, hashKV: UInt32)] = [
        ("bumped-3.5.16", 1_001_018, 2_941_656_610), ("busy-3.4.23", 1335, 1_238_500_456),
        ("busy-3.5.16", 1335, 3_013_926_107), ("deleted-3.4.23", 1009, 1_938_666_561),
        ("deleted-3.5.16", 1009, 1_938_666_561), ("empty-3.4.23", 1000, 1_941_238_518),
        ("empty-3.5.16", 1000, 1_941_238_518), ("plain-3.5.16", 1017, 2_158_172_101),
        ("tombstone-3.5.16", 1013, 320_091_005),
    ]

    @Test("tells the HashKV that a raised revision will have", arguments: afterRaise)
    func raised(_ wanted: (name: String, revision: Int64, hashKV: UInt32)) throws {
        let proof = try LocalSnapshot(path: Fixtures.path("snapshots/\(wanted.name).db")).prove()
        #expect(proof.revision(raisedBy: 1000) == wanted.revision)
        #expect(proof.hashKV(raisedBy: 1000) == wanted.hashKV)
    }
}
