import EtcdModel
import Testing

@testable import RestorePlanning

@Suite("A revision that the restore raises")
struct RevisionBumpTests {
    @Test(
        "needs a tool that can raise it",
        arguments: [
            ("3.4.23", false), ("3.4.26", false), ("3.4.27", true), ("3.5.9", false),
            ("3.5.10", true), ("3.6.0", true), ("4.0.0", true), ("3.3.27", false), ("2.9.9", false),
        ]
    )
    func tools(_ text: String, _ isKnown: Bool) throws {
        let version = try #require(EtcdVersion(toolOutput: "etcdutl version: \(text)"))
        #expect(RevisionBump.isKnown(to: version) == isKnown)
    }

    private static var proof: SnapshotProof {
        var proof = Sample.proof
        proof.latestRecords = LatestRecords(crc32c: 1, lastRevision: proof.revision)
        return proof
    }

    private func checks(
        _ amount: Int64?,
        _ proof: SnapshotProof = proof,
        change: (inout HostFacts) -> Void = { _ in }
    ) -> [Check] {
        let facts = (1...3).map { number in
            var facts = Sample.facts(number)
            change(&facts)
            return (member: "etcd-\(number)", facts: facts)
        }
        return RevisionBump.checks(raisingBy: amount, facts, snapshot: proof)
    }

    @Test("is not asked about where it stays")
    func stays() {
        #expect(checks(nil).isEmpty)
    }

    @Test("holds where every tool can, and it goes beyond the running cluster")
    func holds() {
        #expect(checks(1_000_000_000).map(\.verdict) == [.holds, .holds, .holds])
    }

    @Test("fails where etcd's tool counts from a record far below what was compacted")
    func raisesNothing() throws {
        var proof = Self.proof
        proof.latestRecords?.lastRevision = proof.revision - 20
        #expect(proof.revision(raisedBy: 20) == proof.revision)
        let failing = checks(20, proof).filter { $0.verdict == .fails && $0.member == nil }
        #expect(failing.contains { $0.saw.hasSuffix("so 20 raises nothing") })
        #expect(failing.contains { $0.hint == "raise it by more than 20" })
        #expect(!checks(1_000_000_000, proof).contains { $0.verdict == .fails })
    }

    @Test("fails on each host whose tool cannot, with what to install")
    func oldTool() {
        let failing = checks(1000) { facts in
            let old = ToolFacts.Found(
                path: "/usr/bin/etcdctl",
                version: EtcdVersion(major: 3, minor: 4, patch: 23)
            )
            facts.tools.etcdutl = nil
            facts.tools.etcdctl = old
        }
        #expect(failing.map(\.verdict) == [.fails, .fails, .fails])
        #expect(failing.allSatisfy { $0.saw.contains("3.4.23 has no --bump-revision") })
        #expect(failing.allSatisfy { $0.hint?.contains("etcdutl 3.5.10") == true })
    }

    @Test("fails where clients have seen revisions beyond it")
    func tooLittle() {
        let failing = checks(2) { $0.live?.revision = 1000 }.filter { $0.verdict == .fails }
        #expect(failing.count == 1 && failing.first?.member == nil)
        #expect(failing.first?.hint == "raise it by more than \(1000 - Sample.proof.revision)")
    }

    @Test("fails where the proof cannot tell what comes of it")
    func olderProof() {
        let failing = checks(1_000_000, Sample.proof).filter { $0.verdict == .fails }
        #expect(failing.map(\.hint) == ["make a new plan"])
    }
}
