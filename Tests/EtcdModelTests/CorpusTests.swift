import EtcdModel
import FoundationEssentials
import SnapshotSource
import Testing

/// One snapshot of the corpus, and what the etcd that wrote it said of itself.
struct CorpusSnapshot: Sendable, CustomTestStringConvertible {
    static let versions = ["3.4.23", "3.5.16", "3.5.30", "3.6.14", "3.7.1"]
    static let names = [
        "plain", "compacted", "compacted-at-newest", "compacted-at-a-deletion", "auth", "nospace",
    ]
    static let all = versions.flatMap { version in
        names.map { CorpusSnapshot(version: version, name: $0) }
    }

    var version: String
    var name: String

    var testDescription: String { "\(version)/\(name)" }

    func bytes(_ suffix: String) throws -> [UInt8] {
        try Fixtures.bytes("corpus/\(version)/\(name).\(suffix)")
    }

    func hashKV(_ suffix: String = "hashkv.json") throws -> EndpointHashKV {
        try #require(EndpointHashKV.single(bytes(suffix)))
    }

    /// Opened as a user's file would be: packed, and read once into a spool.
    func proven() async throws -> ProvenSnapshot {
        try await SnapshotOpening(
            .file(Fixtures.path("corpus/\(version)/\(name).db.gz")),
            surroundings: SourceSurroundings(environment: ["PATH": "/usr/bin:/bin"]),
            spoolDirectory: { FileManager.default.temporaryDirectory.path },
            fetch: { _, _, _ in throw SourceFailure("no member is asked", hint: "") }
        )
        .prove()
    }
}

@Suite("What five versions of etcd wrote and said")
struct CorpusTests {
    @Test("there are thirty snapshots of five versions")
    func thirty() {
        #expect(CorpusSnapshot.all.count == 30)
    }

    @Test("a snapshot is read as the etcd that wrote it reads it", arguments: CorpusSnapshot.all)
    func snapshot(_ one: CorpusSnapshot) async throws {
        let proof = try await one.proven().proof
        let status = try #require(EndpointStatus.single(one.bytes("status.json")))
        let said = try one.hashKV()
        #expect(proof.revision == status.revision)
        #expect(proof.revision == said.revision)
        #expect(proof.compactRevision == said.compactRevision)
        #expect(proof.hashKV == said.hash)
        let keys = String(decoding: try one.bytes("keys"), as: UTF8.self)
        #expect("\(proof.keys)" == keys.filter(\.isNumber))
        #expect(proof.authEnabled == (one.name == "auth"))
        #expect(proof.rootUsers == (one.name == "auth" ? ["root"] : nil))
        #expect(proof.alarms == (one.name == "nospace" ? ["NOSPACE"] : []))
        let minor = one.version.split(separator: ".").prefix(2).joined(separator: ".")
        #expect(proof.clusterVersion == "\(minor).0")
        #expect(proof.members.map(\.name) == ["a"])
        #expect(proof.members.first?.peerURLs == ["http://127.0.0.1:2380"])
        #expect(said.hashRevision == (one.version < "3.6" ? nil : status.revision))
    }

    @Test("what etcd says of its newest revision is the same, asked by number or not")
    func atRevision() async throws {
        for one in CorpusSnapshot.all {
            let output = try one.bytes("hashkv-at-revision.json")
            guard let said = EndpointHashKV.single(output) else {
                // 3.4.0 to 3.4.26 and 3.5.0 to 3.5.9 refuse the compacted revision itself
                #expect(one.version == "3.4.23" && one.name.hasPrefix("compacted-at-"), "\(one)")
                let refusal = String(
                    decoding: try one.bytes("hashkv-at-revision.err"),
                    as: UTF8.self
                )
                #expect(EtcdRefusal(refusal) == .compacted, "\(one)")
                continue
            }
            // the etcd that compacted remembers what it hashed then, by the compaction before it
            let proven = try await one.proven()
            let own = proven.proof.compactRevision
            guard said.compactRevision >= own else {
                #expect(said.compactRevision < own && own == said.revision, "\(one)")
                continue
            }
            let hash = try proven.hashKV(
                HashedRange(revision: said.revision, compactRevision: said.compactRevision)
            )
            #expect(hash == said.hash, "\(one)")
        }
    }

    @Test(
        "the hash after a later compaction is told from the snapshot before it",
        arguments: CorpusSnapshot.versions
    )
    func laterCompaction(version: String) async throws {
        let steps = ["plain", "compacted", "compacted-at-newest"]
            .map { CorpusSnapshot(version: version, name: $0) }
        for (index, before) in steps.enumerated() {
            let proven = try await before.proven()
            for after in steps[index...] {
                let said = try after.hashKV()
                let range = HashedRange(
                    revision: said.revision,
                    compactRevision: said.compactRevision
                )
                #expect(try proven.hashKV(range) == said.hash, "\(before) to \(after)")
            }
            let newest = try steps[2].hashKV()
            #expect(proven.proof.latestRecords?.hashKV == newest.hash, "\(before)")
        }
    }

    @Test("tools say their version, as etcd does", arguments: CorpusSnapshot.versions)
    func versions(version: String) throws {
        let tools = ["version", "etcd-version"] + (version == "3.4.23" ? [] : ["etcdutl-version"])
        for tool in tools {
            let text = try Fixtures.text("corpus/\(version)/\(tool).txt")
            #expect(EtcdVersion(toolOutput: text)?.description == version, "\(tool)")
        }
    }

    @Test("members and alarms are listed alike", arguments: CorpusSnapshot.versions)
    func lists(version: String) throws {
        let list = try #require(
            MemberList(output: Fixtures.bytes("corpus/\(version)/member-list.json"))
        )
        #expect(list.entries.map(\.name) == ["a"])
        #expect(list.entries.first?.id.rawValue == 13_195_394_291_058_371_180)
        #expect(list.entries.first?.clientURLs == ["http://127.0.0.1:2379"])
        let none = try Fixtures.bytes("corpus/\(version)/alarm-list.json")
        #expect(AlarmList.names(none) == [])
        let full = try Fixtures.bytes("corpus/\(version)/nospace.alarm-list.json")
        #expect(AlarmList.names(full) == ["NOSPACE"])
        #expect(AlarmList.raised(full)?.map(\.member) == list.entries.map(\.id))
    }

    @Test("a status of any version is read, with its errors", arguments: CorpusSnapshot.all)
    func status(_ one: CorpusSnapshot) throws {
        let status = try #require(EndpointStatus.single(one.bytes("status.json")))
        #expect(status.version == one.version)
        #expect(status.leader == status.memberID)
        #expect(status.clusterID.rawValue == 2_037_210_783_374_497_686)
        #expect(status.appliedIndex != nil && !status.isLearner)
        #expect(status.errors.count == (one.name == "nospace" ? 1 : 0))
        #expect(status.errors.allSatisfy { $0.contains("alarm:NOSPACE") })
    }

    @Test(
        "a client without credentials is refused for ever, and it is told why",
        arguments: CorpusSnapshot.versions
    )
    func withoutCredentials(version: String) throws {
        let text = try Fixtures.text("corpus/\(version)/auth.without-credentials.txt")
        var refused: [String] = []
        for part in text.split(separator: "== ") {
            let lines = part.split(separator: "\n", maxSplits: 1)
            guard lines.count == 2, !lines[1].hasSuffix("rc 0\n") else { continue }
            let refusal = EtcdRefusal(String(lines[1]))
            #expect(refusal == .noCredentials, "\(lines[0])")
            #expect(refusal?.mayChange == false)
            refused.append(String(lines[0]))
        }
        #expect(refused.contains("endpoint hashkv"))
        #expect(refused.contains("snapshot save x.db"))
        // since 3.5.28, 3.4.42 and 3.6.9 the status needs a name as well
        #expect(refused.contains("endpoint status") == (version > "3.5.2" && version != "3.5.16"))
    }
}
