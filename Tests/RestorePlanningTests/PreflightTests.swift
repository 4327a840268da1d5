import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("Checks before a restore")
struct PreflightTests {
    struct Variation: Sendable, CustomTestStringConvertible {
        var title: String
        /// The checks that do not hold any more, `name: verdict`.
        var wanted: [String]
        var says: String
        var walDir: String?
        var exceptions = PlanExceptions()
        var inventory: @Sendable (inout Inventory) -> Void = { _ in }
        var proof: @Sendable (inout SnapshotProof) -> Void = { _ in }
        /// Of the first of three members.
        var facts: @Sendable (inout HostFacts) -> Void = { _ in }

        var testDescription: String { title }

        func checks() -> [Check] {
            var inventory = Sample.inventory()
            self.inventory(&inventory)
            var proof = Sample.proof
            self.proof(&proof)
            var findings: [String: MemberFindings] = [:]
            for number in 1...3 {
                var facts = Sample.facts(number, walDir: walDir)
                if number == 1 { self.facts(&facts) }
                findings["etcd-\(number)"] = .facts(facts)
            }
            return Preflight.checks(inventory, findings, snapshot: proof, exceptions: exceptions)
        }
    }

    @Test("a healthy cluster passes all of them", arguments: [nil, "/wal/etcd"])
    func healthy(walDir: String?) {
        let checks = Variation(title: "", wanted: [], says: "", walDir: walDir).checks()
        #expect(checks.filter { $0.verdict != .holds } == [])
        for member in ["etcd-1", "etcd-2", "etcd-3"] {
            let names = checks.filter { $0.member == member }.map(\.name)
            for name in ["reachable", "root", "unit", "lock", "space", "data-dir", "owner"] {
                #expect(names.contains(name))
            }
            #expect(names.contains("WAL space") == (walDir != nil))
        }
    }

    @Test("one thing wrong fails or warns under its name, with a hint", arguments: variations)
    func variation(_ given: Variation) {
        let bad = given.checks().filter { $0.verdict != .holds }
        #expect(bad.map { "\($0.name): \($0.verdict.rawValue)" } == given.wanted)
        for check in bad {
            #expect(check.hint?.isEmpty == false, "\(check.name) has no hint")
            #expect(!check.saw.isEmpty && !check.saw.hasSuffix("."))
        }
        #expect(
            bad.contains { $0.saw.contains(given.says) },
            "\(bad.map(\.saw)) should say: \(given.says)"
        )
    }

    @Test("a host that cannot be asked fails, whatever the reason")
    func unasked() throws {
        let failure = HostFailure(.timedOut, host: "10.0.0.1", "no answer", hint: "look at it")
        let cases: [(MemberFindings?, String)] = [
            (.unreachable(failure), "no answer"), (.unreadable("exit 2"), "exit 2"),
            (nil, "was not asked"),
        ]
        for (finding, said) in cases {
            var findings: [String: MemberFindings] = [
                "etcd-2": .facts(Sample.facts(2)), "etcd-3": .facts(Sample.facts(3)),
            ]
            findings["etcd-1"] = finding
            let bad = Preflight.checks(Sample.inventory(), findings, snapshot: Sample.proof)
                .filter { $0.verdict != .holds }
            let check = try #require(bad.first)
            #expect(bad.count == 1)
            #expect(check.name == "reachable" && check.verdict == .fails)
            #expect(check.member == "etcd-1" && check.saw == said)
            #expect(check.hint?.isEmpty == false)
        }
    }

    @Test("without a snapshot, room is not judged")
    func noSnapshot() {
        let checks = Preflight.checks(
            Sample.inventory(),
            ["etcd-1": .facts(Sample.facts())],
            snapshot: nil
        )
        #expect(!checks.contains { $0.name == "space" || $0.name.hasPrefix("snapshot") })
    }

    @Test("the room that is needed is two copies, a twentieth, and two WAL segments")
    func space() {
        var proof = Sample.proof
        proof.bytes = 1_000_000
        #expect(SpaceNeeds.data(proof, hasOwnWAL: true) == 2_050_000)
        #expect(SpaceNeeds.data(proof, hasOwnWAL: false) == 130_050_000)
        #expect(ByteText.describe(0) == "0 B")
        #expect(ByteText.describe(1023) == "1023 B")
        #expect(ByteText.describe(1536) == "1.50 KiB")
        #expect(ByteText.describe(20 << 20) == "20.0 MiB")
        #expect(ByteText.describe(1_406_667_000) == "1.31 GiB")
        #expect(ByteText.fixed(-1.005, digits: 1) == "-1.0")
    }
}
