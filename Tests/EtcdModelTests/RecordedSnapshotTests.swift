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
        #expect(RecordedFacts.all.count >= 10)
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
}
