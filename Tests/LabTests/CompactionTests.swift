import Foundation
import Testing

/// Something compacts between the start of the restored members and their proof.
///
/// kube-apiserver does it every five minutes, etcd by itself, a person for room. Here a command of the
/// playbook does it, so that it always comes in between.
struct CompactedRestore {
    static let playbook = """
        name: compacted-meanwhile
        description: As restore-cluster, with a compaction before the proof.
        safety-snapshot: false
        steps:
          - stop-members
          - distribute-snapshot
          - archive-data
          - restore-snapshot
          - set-ownership
          - start-members
          - run: {on: members, command: [/root/compact.sh]}
          - verify-cluster

        """

    let lab: Lab
    let scratch = try? Scratch()
    private(set) var snapshot = SnapshotDocument(sha256: "", revision: 0, keys: 0, hashKV: 0)

    /// A fresh cluster with a history, whose newest record is a deletion; nothing is compacted.
    init(_ lab: Lab) throws {
        self.lab = lab
        try lab.reset()
        try lab.write(puts: ["/a": "1", "/b": "1", "/c": "1"])
        for number in 2...6 { try lab.write(puts: ["/a": "\(number)", "/n\(number)": "x"]) }
        try lab.write(puts: [:], deletions: ["/b"])
    }

    func file(_ name: String) throws -> String { try #require(scratch).file(name) }

    var revision: Int64 { get throws { try lab.contents().header.revision } }

    mutating func save() throws {
        try lab.script("snapshot", [try file("snapshot.db")])
        let verify = try lab.rekindle([
            "snapshot", "verify", try file("snapshot.db"), "--output", "json",
        ])
        snapshot = try JSONDecoder().decode(SnapshotDocument.self, from: verify.output)
    }

    func rekindle(_ words: [String]) throws -> Program.Result {
        try lab.rekindle(["-i", try lab.inventory, "--state-dir", try file("state")] + words)
    }

    /// Restores, with the compaction by etcd-1 before the proof; nil for none.
    func restore(compactingAt revision: Int64?, afterWrites writes: Int = 0) throws -> RunDocument {
        var words = ["restore", "--snapshot", try file("snapshot.db"), "--yes", "--output", "json"]
        if let revision {
            let path = try file("playbook.yaml")
            try Self.playbook.write(toFile: path, atomically: true, encoding: .utf8)
            for member in try lab.members { try install(member, revision, writes) }
            words += ["--playbook", path]
        }
        let result = try rekindle(words)
        try #require(result.status == 0, "\(result.errorText)")
        return try RunDocument(result)
    }

    private func install(_ member: Int, _ revision: Int64, _ writes: Int) throws {
        let pki = "/etc/etcd/pki"
        let etcdctl =
            "ETCDCTL_API=3 etcdctl --endpoints=https://\(try lab.value("LAB_IP_1")):2379 "
            + "--cacert=\(pki)/ca.crt --cert=\(pki)/client.crt --key=\(pki)/client.key"
        let work =
            member > 1
            ? ""
            : String(repeating: "\(etcdctl) put /later x\n", count: writes)
                + "\(etcdctl) compact \(revision)\n"
        try lab.exec(
            member,
            "printf '%s' '#!/bin/sh\nset -e\n\(work)' >/root/compact.sh; chmod 0755 /root/compact.sh"
        )
    }

    /// The same data on every member, whatever is compacted.
    func requireEqual(location: SourceLocation = #_sourceLocation) throws {
        #expect(Set(try lab.hashKV()).count == 1, sourceLocation: location)
    }
}

extension Restore34Tests {
    @Test("is proven from a snapshot that is compacted at its newest revision, a deletion")
    func compactedAtNewest() throws {
        var one = try CompactedRestore(.current)
        let revision = try one.revision
        try one.lab.etcdctl(["compact", "\(revision)"])
        try one.save()
        #expect(one.snapshot.revision == revision, "the deletion is gone, its revision is not")
        let document = try one.restore(compactingAt: nil)
        #expect(document.outcome == "restored")
        #expect(document.members.map(\.hashKV) == Array(repeating: one.snapshot.hashKV, count: 3))
        #expect(try one.lab.hashKV() == Array(repeating: one.snapshot.hashKV, count: 3))
        let saved = try one.rekindle(["snapshot", "save", "--to", try one.file("backups")])
        #expect(saved.status == 0, "\(saved.errorText)")
    }

    @Test("is proven although it is compacted at its newest revision before the proof")
    func compactedMeanwhile() throws {
        var one = try CompactedRestore(.current)
        try one.save()
        let document = try one.restore(compactingAt: one.snapshot.revision)
        #expect(document.outcome == "restored")
        #expect(try document.members.map(\.hashKV) == one.lab.hashKV())
        #expect(document.members.allSatisfy { $0.hashKV != one.snapshot.hashKV })
    }
}

extension Restore35Tests {
    @Test("is proven although it is compacted in the midst of its history before the proof")
    func compactedMeanwhile() throws {
        var one = try CompactedRestore(.current)
        try one.save()
        let document = try one.restore(compactingAt: one.snapshot.revision - 3)
        #expect(document.outcome == "restored")
        #expect(try document.members.map(\.hashKV) == one.lab.hashKV())
        #expect(document.members.allSatisfy { $0.hashKV != one.snapshot.hashKV })
    }

    @Test("compacted beyond its snapshot before the proof, is proven as far as it can be")
    func compactedBeyond() throws {
        var one = try CompactedRestore(.current)
        try one.save()
        let document = try one.restore(
            compactingAt: one.snapshot.revision + 2,
            afterWrites: 3
        )
        #expect(document.outcome == "restored")
        let report = try one.rekindle(["report", document.run, "--format", "text"])
        #expect(report.outputText.contains("compacted at \(one.snapshot.revision + 2)"))
        try one.requireEqual()
    }
}
