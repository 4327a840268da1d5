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
        #expect(failing.contains { $0.hint == "`--bump-revision auto` raises it by 1000000000" })
        #expect(!checks(1_000_000_000, proof).contains { $0.verdict == .fails })
    }

    @Test("fails on each host whose tool cannot, with what to install")
    func oldTool() {
        let failing = checks(1_000_000_000) { facts in
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
        #expect(failing.first?.saw.contains("1000 (etcd-1 serves it)") == true)
        #expect(failing.first?.hint == "`--bump-revision auto` raises it by 1000000000")
    }

    @Test(
        "fails where runs, backups or databases of stopped members have shown more, though no member answers",
        arguments: [
            "run R raised it to that", "x.db was saved at it", "in etcd-1:/d/member/snap/db",
        ]
    )
    func seenElsewhere(_ place: String) {
        let checks = RevisionBump.checks(
            raisingBy: 1_000_000_000,
            [],
            snapshot: Self.proof,
            seen: [SeenRevision(1_000_002_629, place), SeenRevision(5, "elsewhere")]
        )
        #expect(checks.map(\.verdict) == [.fails])
        #expect(checks.first?.saw.contains("1000002629 (\(place))") == true)
        #expect(checks.first?.hint == "`--bump-revision auto` raises it by 2000000000")
    }

    @Test("warns where it is so little that writes which nobody counted may be beyond it")
    func tight() {
        let checks = checks(2000) { $0.live?.revision = 1000 }.filter { $0.member == nil }
        #expect(checks.map(\.verdict) == [.warns])
        #expect(checks.first?.saw.contains("what was written since is not known") == true)
    }

    @Test("must not be left out once the cluster was raised")
    func unraised() {
        func checks(_ seen: SeenRevision) -> [Check] {
            RevisionBump.checks(raisingBy: nil, [], snapshot: Self.proof, seen: [seen])
        }
        let raised = checks(SeenRevision(1_000_000_017, "run R raised it to that", isRaised: true))
        #expect(raised.map(\.verdict) == [.fails])
        #expect(raised.first?.hint == "add --bump-revision auto")
        #expect(checks(SeenRevision(1_000_000_017, "etcd-1 serves it")).isEmpty)
        #expect(checks(SeenRevision(1, "run R raised it to that", isRaised: true)).isEmpty)
    }

    @Test(
        "is, left to the program, what etcd advises, or the multiple of it that goes far enough beyond all",
        arguments: [
            (nil, 1_000_000_000), (0, 1_000_000_000), (400_000_000, 1_000_000_000),
            (500_000_100, 2_000_000_000), (1_000_002_629, 2_000_000_000),
            (2_400_000_000, 3_000_000_000), (2_600_000_000, 4_000_000_000),
            // the check finds that this is not beyond
            (Int64.max - 5, 1_000_000_000),
        ]
            as [(Int64?, Int64)]
    )
    func automatic(_ highest: Int64?, _ amount: Int64) {
        #expect(RevisionRaise.auto.amount(for: Self.proof, beyond: highest) == amount)
        #expect(RevisionRaise.by(7).amount(for: Self.proof, beyond: highest) == 7)
    }

    @Test("counts, left to the program, from the newest record, as etcd's tool does")
    func automaticAfterCompaction() {
        var proof = Self.proof
        proof.revision = 1_000_000_900
        proof.latestRecords?.lastRevision = 20
        let amount = RevisionRaise.auto.amount(for: proof, beyond: nil)
        #expect(amount == 2_000_000_000)
        #expect(proof.revision(raisedBy: amount) > proof.revision + 500_000_000)
    }

    @Test("fails where the proof cannot tell what comes of it")
    func olderProof() {
        let failing = checks(1_000_000, Sample.proof).filter { $0.verdict == .fails }
        #expect(failing.map(\.hint) == ["make a new plan"])
    }
}
