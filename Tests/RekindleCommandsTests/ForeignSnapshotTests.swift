import EtcdModel
import Foundation
import SnapshotSource
import SnapshotStore
import Synchronization
import TestSupport
import Testing

@testable import RekindleCommands

/// Whose snapshot it is, asked before it is used.
@Suite("A snapshot of another cluster")
struct ForeignSnapshotTests {
    private let state: StateFolder
    private let aws: FakeAWS

    init() throws {
        state = try StateFolder([])
        aws = try FakeAWS(in: state.path)
        try FileManager.default.createDirectory(
            atPath: "\(aws.root)/backups/all",
            withIntermediateDirectories: true
        )
        let members = (1...3).map {
            """
              - {name: m\($0), host: 192.0.2.\($0), \
            initial-advertise-peer-urls: [http://192.0.2.\($0):2380], \
            advertise-client-urls: [http://192.0.2.\($0):2379]}
            """
        }
        let inventory = """
            cluster: {name: prod}
            etcd: {data-dir: /var/lib/etcd, user: etcd, group: etcd}
            service: {kind: systemd, unit: etcd.service}
            ssh: {user: ops}
            members:

            """ + members.joined(separator: "\n") + "\n"
        try state.write(Array(inventory.utf8), to: "\(state.path)/inventory.yaml")
    }

    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../EtcdModelTests/Fixtures/snapshots/plain-3.5.16.db").path

    private func manifest(
        _ cluster: String,
        _ name: SnapshotName,
        at time: Double
    ) throws -> [UInt8] {
        let proof = try LocalSnapshot(path: Self.fixture).prove()
        return try SnapshotManifest(
            snapshot: name.text,
            cluster: cluster,
            takenAt: UTCTime.text(time),
            member: "m1",
            etcdVersion: "3.5.16",
            proof: proof,
            stored: SnapshotManifest.StoredBytes(bytes: proof.bytes, sha256: proof.sha256),
            layers: []
        )
        .encoded()
    }

    /// A snapshot in the bucket, so many hours old.
    @discardableResult
    private func put(
        _ cluster: String,
        hours: Double,
        manifest hasManifest: Bool = true
    ) throws -> String {
        let time = 1_795_000_000 - 3600 * hours
        let name = SnapshotName(cluster: cluster, takenAt: time)
        let path = "\(aws.root)/backups/all/\(name.text)"
        try FileManager.default.copyItem(atPath: Self.fixture, toPath: path)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: time)],
            ofItemAtPath: path
        )
        if hasManifest {
            let bytes = try manifest(cluster, name, at: time)
            try state.write(bytes, to: path + SnapshotName.manifestSuffix)
        }
        return name.text
    }

    private func rekindle(_ words: String...) throws -> StateFolder.Result {
        try BuiltProgram.run(
            words + ["--state-dir", "\(state.path)/state", "--no-color"],
            environment: aws.environment().merging(["HOME": state.path]) { $1 }
        )
    }

    private var inventory: String { "\(state.path)/inventory.yaml" }

    @Test("is refused by its manifest, with the way to insist, which the plan records")
    func plan() throws {
        let file = "\(aws.root)/backups/all/\(try put("staging", hours: 1))"
        let plan = ["plan", "-i", inventory, "--offline", "--snapshot", file]
        let refused = try rekindle(plan[0], plan[1], plan[2], plan[3], plan[4], plan[5])
        #expect(refused.status == 3, "\(refused.error)")
        #expect(refused.flatError.contains("is a snapshot of staging, and the cluster is prod"))
        #expect(refused.flatError.contains("--from-cluster staging"))
        let wrong = try rekindle(
            plan[0],
            plan[1],
            plan[2],
            plan[3],
            plan[4],
            plan[5],
            "--from-cluster",
            "test"
        )
        #expect(wrong.status == 3, "\(wrong.error)")
        let text = try rekindle(
            plan[0],
            plan[1],
            plan[2],
            plan[3],
            plan[4],
            plan[5],
            "--from-cluster",
            "staging"
        )
        #expect(text.status == 0, "\(text.error)")
        #expect(text.flatOutput.contains("OF ANOTHER CLUSTER, staging"))
        let json = try rekindle(
            plan[0],
            plan[1],
            plan[2],
            plan[3],
            plan[4],
            plan[5],
            "--from-cluster",
            "staging",
            "--format",
            "json"
        )
        #expect(json.output.contains("\"fromCluster\" : \"staging\""))
        #expect(json.output.contains("\"cluster\" : \"staging\""))
        let empty = try rekindle(
            plan[0],
            plan[1],
            plan[2],
            plan[3],
            plan[4],
            plan[5],
            "--from-cluster",
            ""
        )
        #expect(empty.status == 64)
    }

    @Test("is refused by `snapshot verify` where an inventory is given, and proven without one")
    func verify() throws {
        let file = "\(aws.root)/backups/all/\(try put("staging", hours: 1))"
        #expect(try rekindle("snapshot", "verify", file).status == 0)
        #expect(try rekindle("snapshot", "verify", file, "-i", inventory).status == 3)
        #expect(
            try rekindle("snapshot", "verify", file, "-i", inventory, "--from-cluster", "staging")
                .status == 0
        )
    }

    @Test("is a failed check")
    func check() throws {
        let file = "\(aws.root)/backups/all/\(try put("staging", hours: 1))"
        let dead = try String(contentsOfFile: inventory, encoding: .utf8)
            .replacing("192.0.2.", with: "127.0.0.").replacing(
                "{user: ops}",
                with: "{user: ops, port: 9}"
            )
        try state.write(Array(dead.utf8), to: "\(state.path)/dead.yaml")
        let result = try rekindle("check", "-i", "\(state.path)/dead.yaml", "--snapshot", file)
        #expect(result.status == 3, "\(result.error)")
        #expect(result.flatOutput.contains("snapshot cluster"), "\(result.output)")
        #expect(result.flatOutput.contains("is a snapshot of staging, and the cluster is prod"))
    }

    @Test("is passed over by `latest`, however new it is")
    func latest() throws {
        let own = try put("prod", hours: 5)
        try put("prod", hours: 9)
        for hours in 1...3 { try put("staging", hours: Double(hours)) }
        let verified = try rekindle(
            "snapshot",
            "verify",
            "s3://backups/all/latest",
            "-i",
            inventory
        )
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.flatOutput.contains("s3://backups/all/\(own)"))
        #expect(verified.flatError.contains("passed over 3 newer of staging"))
        let other = try rekindle(
            "snapshot",
            "verify",
            "s3://backups/all/latest",
            "-i",
            inventory,
            "--from-cluster",
            "staging"
        )
        #expect(other.flatOutput.contains("s3://backups/all/staging-"))
    }

    @Test("is all there is: then `latest` is refused, not taken")
    func noneOfOwn() throws {
        try put("staging", hours: 1)
        let result = try rekindle(
            "snapshot",
            "verify",
            "s3://backups/all/latest",
            "-i",
            inventory
        )
        #expect(result.status == 3, "\(result.error)")
        #expect(result.flatError.contains("there is no snapshot of prod under s3://backups/all/"))
    }

    // MARK: the choice alone

    private func place(
        _ cluster: String,
        _ hours: Double,
        in folder: String = "p/"
    ) throws
        -> BucketPlace
    {
        let name = SnapshotName(cluster: cluster, takenAt: 1_795_000_000 - 3600 * hours)
        return try BucketPlace("s3://b/\(folder)\(name.text)")
    }

    private func sample(_ cluster: String) throws -> ManifestLookup.Finding {
        let name = SnapshotName(cluster: cluster, takenAt: 0)
        return .manifest(
            try SnapshotManifest(try manifest(cluster, name, at: 0), of: name.text)
        )
    }

    @Test("has its manifest read once for all that are named alike")
    func reads() async throws {
        let read = Counter()
        let candidates =
            try (1...200).map { try place("staging", Double($0)) } + [place("prod", 300)]
        let choice = try await NewestOfCluster(cluster: "prod") { place in
            read.add()
            return try sample(place.key.contains("staging") ? "staging" : "prod")
        }
        .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == candidates.last)
        #expect(choice.passedOver == ["staging": 200])
        #expect(read.count == 2)
    }

    @Test("whose name looks like the cluster's own does not hide those that are its own")
    func alike() async throws {
        // "a b" and "a_b" make the same file names
        let candidates = [try place("a b", 1), try place("a_b", 2)]
        let choice = try await NewestOfCluster(cluster: "a_b") { place in
            try sample(place == candidates[0] ? "a b" : "a_b")
        }
        .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == candidates[1])
    }

    @Test("without a manifest is taken as the newest: what is in it is looked at later")
    func noManifest() async throws {
        let plain = try BucketPlace("s3://b/p/snapshot.db")
        let choice = try await NewestOfCluster(cluster: "prod") { _ in .none }
            .pick([plain, try place("prod", 1)], at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == plain)
    }

    @Test("with a damaged manifest is taken only if it is named like the cluster's own")
    func damaged() async throws {
        let candidates = [try place("staging", 1), try place("prod", 2)]
        let choice = try await NewestOfCluster(cluster: "prod") { _ in .unusable("x") }
            .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == candidates[1])
    }

    @Test("is not guessed where a manifest cannot be read at all")
    func unreadable() async throws {
        let candidates = [try place("prod", 1)]
        await #expect(throws: SourceFailure.self) {
            try await NewestOfCluster(cluster: "prod") { _ in
                throw SourceFailure("no answer", hint: "")
            }
            .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        }
    }
}

/// Counts from several tasks.
private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}
