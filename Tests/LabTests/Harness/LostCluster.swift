import Foundation
import Glibc
import Testing

/// A snapshot, what was in the cluster when it was taken, and the cluster, which has moved on since.
struct LostCluster {
    let lab: Lab
    let scratch: Scratch
    /// What the snapshot must bring back.
    let saved: Lab.Contents
    let savedHash: SnapshotDocument
    /// What a rollback must bring back.
    let newest: Lab.Contents
    let oldIdentity: Lab.Identity

    /// The state directory of this case; a case that follows on another has its own.
    private let number: Int

    var snapshot: String { scratch.file("snapshot.db") }
    var stateDirectory: String { scratch.file("state-\(number)") }
    var journal: JournalWatch { JournalWatch(stateDirectory: stateDirectory) }

    /// Begins with a fresh cluster; overwrites, deletes and compacts, so that the data has a history.
    /// - Parameters:
    ///   - lab: Where it is.
    ///   - rebuild: Makes another cluster of the fresh one; returns how that is asked.
    /// - Throws: Where the lab is not as it should be.
    init(_ lab: Lab, rebuild: (Lab, Scratch) throws -> Lab = { lab, _ in lab }) throws {
        number = 1
        scratch = try Scratch()
        try lab.reset()
        let lab = try rebuild(lab, scratch)
        self.lab = lab
        try lab.script("load", ["1", "--keys", "40"])
        try lab.write(puts: ["/a": "1", "/b": "1", "/c": "1"])
        try lab.write(puts: ["/a": "2", "/d": "1"], deletions: ["/b"])
        let history = try lab.contents().header.revision
        try lab.etcdctl(["compact", String(history - 1)])
        try lab.script("snapshot", [scratch.file("snapshot.db")])
        saved = try lab.contents()
        try lab.write(puts: ["/a": "newer", "/newer": "1"], deletions: ["/c"])
        newest = try lab.contents()
        oldIdentity = try lab.identity()
        let verify = try lab.rekindle([
            "snapshot", "verify", scratch.file("snapshot.db"), "--output", "json",
        ])
        savedHash = try JSONDecoder().decode(SnapshotDocument.self, from: verify.output)
        try #require(saved != newest)
    }

    /// The same snapshot, and the cluster that an earlier case left in good order, moved on again.
    init(after other: LostCluster) throws {
        lab = other.lab
        scratch = other.scratch
        number = other.number + 1
        saved = other.saved
        savedHash = other.savedHash
        for member in try lab.members {
            try lab.exec(member, "rm -rf \(lab.dataDirectory)/.rekindle")
        }
        try lab.write(puts: ["/a": "newer", "/newer": "\(number)"], deletions: ["/c"])
        newest = try lab.contents()
        oldIdentity = try lab.identity()
        try #require(saved != newest)
    }

    func arguments(_ words: [String]) throws -> [String] {
        ["-i", try lab.inventory, "--state-dir", stateDirectory] + words
    }

    func rekindle(_ words: String...) throws -> Program.Result {
        try lab.rekindle(try arguments(words))
    }

    /// Starts it and lets it run beside the test.
    func start(
        _ words: [String],
        environment: [String: String] = [:]
    ) throws -> Program.Running {
        try Program.start(
            "\(Lab.root)/lab/run",
            ["--lab", lab.name, Rekindle.path] + (try arguments(words)),
            environment: environment
        )
    }

    /// Runs it until its journal shows the moment: it dies by that write, not some steps later as by a
    /// signal from outside.
    func die(
        _ words: [String],
        at moment: Moment,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let result = try start(words, environment: try JournalShim.death(at: moment)).finish()
        try #require(
            result.status == 128 + SIGKILL,
            "\(moment.testDescription): \(result.errorText)\(result.outputText)",
            sourceLocation: location
        )
    }

    // MARK: what must be so

    /// Every member serves exactly the snapshot, as etcd itself says.
    func requireRestored(location: SourceLocation = #_sourceLocation) throws {
        // the hash first: nothing was written yet
        let hashes = try lab.hashKV()
        #expect(
            hashes == hashes.map { _ in savedHash.hashKV },
            "HashKV",
            sourceLocation: location
        )
        let now = try lab.contents()
        #expect(now == saved, "keys and values", sourceLocation: location)
        let identity = try lab.identity()
        #expect(identity.cluster != oldIdentity.cluster, sourceLocation: location)
        #expect(identity.clustersOfEndpoints == [identity.cluster], sourceLocation: location)
        #expect(
            identity.membersOfEndpoints == Set(identity.members.values),
            sourceLocation: location
        )
    }

    /// The old cluster is back with the newest of its writes.
    func requireOldCluster(location: SourceLocation = #_sourceLocation) throws {
        #expect(try lab.contents() == newest, "keys and values", sourceLocation: location)
        #expect(try lab.identity() == oldIdentity, "IDs", sourceLocation: location)
        #expect(Set(try lab.hashKV()).count == 1, "HashKV", sourceLocation: location)
    }
}

extension Lab {
    /// All in one transaction, so in one revision.
    func write(puts: [String: String], deletions: [String] = []) throws {
        let lines = puts.sorted { $0.key < $1.key }.map { "put \($0.key) \($0.value)" }
        let text = "\n" + (lines + deletions.map { "del \($0)" }).joined(separator: "\n") + "\n\n\n"
        try etcdctl(["txn"], input: text)
    }
}
