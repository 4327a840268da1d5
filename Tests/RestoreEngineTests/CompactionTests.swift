import EtcdModel
import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

/// kube-apiserver compacts every five minutes, etcd does it by itself, and people do it for room.
@Suite("A compaction between the start and the proof", .timeLimit(.minutes(15)))
struct CompactionTests {
    private func rehearsal(
        hashKV: HashKVOfSnapshot? = nil,
        _ change: @escaping @Sendable (inout ModelTrouble) -> Void
    ) -> Rehearsal {
        var rehearsal = Rehearsal()
        if let hashKV { rehearsal.hashKV = hashKV }
        for member in Sample.members { rehearsal.fleet.trouble(member, change) }
        return rehearsal
    }

    private func proofs(_ rehearsal: Rehearsal, _ name: String) throws -> [ProofRecord] {
        try rehearsal.log.folded().proofs.filter { $0.name == name }
    }

    @Test("changes the hash, and the one that it must be is told from the snapshot")
    func compacted() async throws {
        let asked = Mutex<[HashedRange]>([])
        let rehearsal = rehearsal(
            hashKV: { range in
                asked.withLock { $0.append(range) }
                return ModelStore.expected(Sample.proof, range)
            }
        ) { $0.compacted = 20 }
        try await rehearsal.complete()
        let hash = ModelStore.expected(
            Sample.proof,
            HashedRange(revision: 40, compactRevision: 20)
        )
        let hashes = try proofs(rehearsal, "data hash")
        #expect(hashes.map(\.expected) == Array(repeating: "\(hash)", count: 3))
        #expect(hashes.allSatisfy { $0.holds && $0.observed == $0.expected })
        // the file is read once for all members
        #expect(asked.withLock { $0 } == [HashedRange(revision: 40, compactRevision: 20)])
    }

    @Test("at the newest revision is answered by those too that hash no compacted revision")
    func atNewest() async throws {
        let rehearsal = rehearsal {
            $0.compacted = 40
            $0.refusesCompactedRevision = true
        }
        try await rehearsal.complete()
        #expect(try proofs(rehearsal, "data hash").map(\.holds) == [true, true, true])
    }

    @Test("does not need the snapshot if the plan foresaw it")
    func foreseen() async throws {
        let rehearsal = rehearsal(hashKV: { _ in
            Issue.record("the snapshot was read")
            throw NoSnapshotAtHand()
        }) { _ in }
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }

    @Test(
        "beyond the snapshot leaves nothing to hash: what can be proven is, and it is said plainly",
        arguments: [41, 43, 45]
    )
    func beyond(_ compacted: Int64) async throws {
        let rehearsal = rehearsal {
            $0.written = 5
            $0.compacted = compacted
            $0.refusesCompactedRevision = true
        }
        try await rehearsal.complete()
        let told = try proofs(rehearsal, ExpectedData.compactedName)
        #expect(told.map(\.member) == Sample.members)
        #expect(
            told.first?.observed
                == "compacted at \(compacted) before it was asked; the same as all others at "
                + "revision 45, with 12 keys"
        )
        #expect(told.allSatisfy { $0.holds })
        #expect(try proofs(rehearsal, "data hash") == [])
        #expect(try proofs(rehearsal, "same data").map(\.holds) == [true, true, true])
    }

    @Test("beyond the snapshot does not hide a member that holds something else")
    func beyondAndOther() async throws {
        let rehearsal = rehearsal {
            $0.written = 5
            $0.compacted = 43
        }
        rehearsal.fleet.trouble("etcd-3") { $0.hashKV = 99 }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        #expect(failures.first?.hint?.contains("do not let clients in") == true)
    }

    @Test("to a revision that needs the snapshot, which is gone, is told, and the rest is proven")
    func sourceGone() async throws {
        let rehearsal = rehearsal(hashKV: { _ in throw NoSnapshotAtHand() }) {
            $0.compacted = 20
        }
        try await rehearsal.complete()
        let told = try proofs(rehearsal, ExpectedData.compactedName)
        #expect(told.count == 3)
        #expect(
            told.first?.observed == "it cannot be computed: the snapshot is not at hand; "
                + "the same as all others at revision 40"
        )
        #expect(try proofs(rehearsal, "key count").map(\.observed) == ["7", "7", "7"])
    }

    private struct Unreadable: Error {}

    @Test("waits for a snapshot that cannot be read for a moment")
    func readAgain() async throws {
        let reads = Mutex(0)
        let rehearsal = rehearsal(
            hashKV: { range in
                let count = reads.withLock {
                    $0 += 1
                    return $0
                }
                if count < 3 { throw Unreadable() }
                return ModelStore.expected(Sample.proof, range)
            }
        ) { $0.compacted = 20 }
        try await rehearsal.complete()
        #expect(try proofs(rehearsal, "data hash").map(\.holds) == [true, true, true])
        #expect(try proofs(rehearsal, ExpectedData.compactedName) == [])
    }

    @Test("proves nothing with a snapshot that stays unreadable, until it is there again")
    func unreadable() async throws {
        var rehearsal = Rehearsal(Self.impatient)
        for member in Sample.members { rehearsal.fleet.trouble(member) { $0.compacted = 20 } }
        rehearsal.hashKV = { _ in throw Unreadable() }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.map(\.host) == Sample.members)
        let failure = try #require(failures.first)
        #expect(failure.evidence?.contains("the snapshot could not be read") == true)
        #expect(failure.hint?.contains("`rekindle resume`") == true)
        #expect(failure.hint?.contains("rollback") == false)
        rehearsal.hashKV = { ModelStore.expected(Sample.proof, $0) }
        try await rehearsal.complete()
        #expect(try proofs(rehearsal, "data hash").map(\.holds) == [true, true, true])
    }

    @Test("that restored data cannot have is a contradiction, and no reason to ask the others")
    func belowTheSnapshot() throws {
        let proofs = Sample.restore.steps.flatMap(\.stages).compactMap(\.proof)
        let data = try #require(proofs.compactMap(\.data).first)
        var hashes = SnapshotHashes(data, compactRevision: 10)
        #expect(hashes.missing([5, 0, 20, 10]) == [20])
        #expect(hashes[5] == .contradicts(10))
        #expect(hashes[0] == .contradicts(10))
        #expect(hashes[10] == .hash(data.hashKV))
        hashes.know(.unread("gone"), at: 20)
        #expect(hashes.missing([20]) == [20])
        hashes.know(.hash(1), at: 20)
        #expect(hashes.missing([20]) == [])
    }

    /// A run whose first session has proven the data of all members but etcd-2, which did not answer.
    private func provenWithoutOne() async throws -> Rehearsal {
        let rehearsal = Rehearsal(Self.impatient)
        rehearsal.fleet.trouble("etcd-2") { $0.isMute = true }
        guard case .failed = try await rehearsal.session() else {
            Issue.record("it was proven without etcd-2")
            return rehearsal
        }
        return rehearsal
    }

    @Test("what a member has shown is kept until it shows something else")
    func contradicted() async throws {
        let rehearsal = try await provenWithoutOne()
        rehearsal.fleet.trouble("etcd-2") { $0 = ModelTrouble() }
        rehearsal.fleet.trouble("etcd-1") {
            $0.hashKV = 99
            $0.keys = 6
        }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("etcd-1 was believed")
            return
        }
        #expect(failures.map(\.host) == ["etcd-1"])
        #expect(failures.first?.message == "not proven: data hash, key count")
    }

    @Test("does not take back what a member has shown before it, also over a resume")
    func kept() async throws {
        let rehearsal = try await provenWithoutOne()
        for member in Sample.members {
            rehearsal.fleet.trouble(member) {
                $0 = ModelTrouble()
                $0.written = 5
                $0.compacted = 45
            }
        }
        try await rehearsal.complete()
        let hashes = try proofs(rehearsal, "data hash")
        #expect(hashes.map(\.member) == ["etcd-1", "etcd-3"])
        #expect(hashes.allSatisfy { $0.holds && $0.observed == "123456" })
        #expect(try proofs(rehearsal, ExpectedData.compactedName).map(\.member) == ["etcd-2"])
    }

    @Test("never brings a hint to roll back data that was proven")
    func noRollback() async throws {
        let rehearsal = Rehearsal(Self.impatient)
        rehearsal.fleet.trouble("etcd-2") { $0.writeRefusal = "etcdserver: request timed out" }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.first?.hint?.contains("rekindle resume") == true)
        #expect(failures.first?.hint?.contains("rollback") == false)
    }

    @Test("needs to be seen twice where it seems to have changed the data")
    func otherHash() async throws {
        let rehearsal = rehearsal { $0.compacted = 20 }
        rehearsal.fleet.trouble("etcd-3") { $0.hashKV = 99 }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.map(\.host) == ["etcd-3"])
        let asks = rehearsal.fleet.sightings.count {
            $0 == ModelSighting(member: "etcd-3", command: .proof)
        }
        #expect(asks == 2)
    }

    @Test(
        "an answer that cannot change ends the proof at once, with its reason",
        arguments: [
            "auth: user name is empty", "permission denied",
            "unknown service etcdserverpb.Maintenance",
        ]
    )
    func refused(_ words: String) async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.trouble("etcd-2") { $0.dataRefusal = words }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.map(\.host) == ["etcd-2"])
        #expect(
            failures.first?.evidence
                == "etcd refuses, asked for the hash of its data: Error: etcdserver: \(words)"
        )
        #expect(failures.first?.hint?.contains("rollback") == false)
        let asks = rehearsal.fleet.sightings.count {
            $0 == ModelSighting(member: "etcd-2", command: .proof)
        }
        #expect(asks == 1)
    }

    @Test("a write is no proof if the comparison that never holds did hold")
    func writeSucceeded() async throws {
        let rehearsal = Rehearsal()
        rehearsal.fleet.trouble("etcd-2") { $0.takesWrite = true }
        guard case .failed(let failures) = try await rehearsal.session() else {
            Issue.record("it was proven")
            return
        }
        #expect(failures.map(\.host) == ["etcd-2"])
        #expect(failures.first?.evidence?.contains("rekindle/never is there") == true)
    }

    private static let impatient: Plan = {
        var plan = Sample.restore
        for index in plan.steps.indices where plan.steps[index].name == "verify-cluster" {
            plan.steps[index].limits.timeoutSeconds = 1
        }
        return plan
    }()
}
