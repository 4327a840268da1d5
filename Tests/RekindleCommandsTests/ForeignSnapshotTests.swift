import EtcdModel
import Foundation
import SnapshotSource
import SnapshotStore
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

    static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../EtcdModelTests/Fixtures/snapshots/plain-3.5.16.db").path

    static func manifest(
        _ cluster: String,
        _ name: SnapshotName,
        at time: Double
    ) throws -> [UInt8] {
        let proof = try LocalSnapshot(path: fixture).prove()
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
            let bytes = try Self.manifest(cluster, name, at: time)
            try state.write(bytes, to: path + SnapshotName.manifestSuffix)
        }
        return name.text
    }

    private func rekindle(_ words: String...) throws -> StateFolder.Result {
        try rekindle(words)
    }

    private func rekindle(_ words: [String]) throws -> StateFolder.Result {
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

    @Test("by its name alone is passed over beside snapshots that are named like the cluster's")
    func named() throws {
        let own = try put("prod", hours: 5, manifest: false)
        for hours in 1...2 { try put("staging", hours: Double(hours), manifest: false) }
        let newest = ["snapshot", "verify", "s3://backups/all/latest"]
        let result = try rekindle(newest + ["-i", inventory])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.flatOutput.contains("s3://backups/all/\(own)"), "\(result.output)")
        #expect(result.flatError.contains("passed over 2 newer of staging"), "\(result.error)")
        #expect(!result.flatError.contains("is named like"))
        // nobody's if no cluster is known, and staging's if that is meant
        for arguments in [[], ["-i", inventory, "--from-cluster", "staging"]] {
            let other = try rekindle(newest + arguments)
            #expect(other.flatOutput.contains("s3://backups/all/staging-"), "\(other.output)")
            #expect(!other.flatError.contains("is named like"), "\(other.error)")
        }
    }

    @Test("by its name alone is taken with a warning where it is given, or nothing else is there")
    func doubtful() throws {
        let file = "s3://backups/all/\(try put("staging", hours: 1, manifest: false))"
        let here = file.replacing("s3:/", with: aws.root)
        for place in [file, here, "s3://backups/all/latest"] {
            let result = try rekindle("snapshot", "verify", place, "-i", inventory)
            #expect(result.status == 0, "\(result.error)")
            #expect(
                result.flatError.contains(
                    "is named like a snapshot of staging, the cluster is prod, and no manifest"
                ),
                "\(result.error)"
            )
        }
        // scripts name files like this, and it is not a cluster's name to Rekindle's eyes
        let script = "\(state.path)/etcd-backup.db"
        try FileManager.default.copyItem(atPath: Self.fixture, toPath: script)
        let plain = try rekindle("snapshot", "verify", script, "-i", inventory)
        #expect(plain.status == 0 && !plain.flatError.contains("is named like"), "\(plain.error)")
    }

    @Test("is found behind what is no snapshot, by name or by content, and that is told")
    func strangers() throws {
        let own = try put("prod", hours: 5)
        try put("staging", hours: 2)
        let plain = "\(aws.root)/backups/all"
        try state.write(Array("0123\n".utf8), to: "\(plain)/\(own).sha256")
        try state.write(Array("<Error>\n".utf8), to: "\(plain)/whatever")
        for arguments in [["-i", inventory], []] {
            let result = try rekindle(
                ["snapshot", "verify", "s3://backups/all/latest"] + arguments
            )
            #expect(result.status == 0, "\(result.error)")
            #expect(result.flatError.contains("passed over \(own).sha256, which is a checksum"))
            #expect(
                result.flatError.contains("passed over whatever, which is not an etcd snapshot")
            )
            #expect(result.flatOutput.contains(arguments.isEmpty ? "staging-" : own))
        }
    }

    @Test("is none where nothing is one: exit status 65, with what is there")
    func onlyStrangers() throws {
        try state.write(Array("x\n".utf8), to: "\(aws.root)/backups/all/notes.txt")
        let result = try rekindle("snapshot", "verify", "s3://backups/all/latest", "-i", inventory)
        #expect(result.status == 65, "\(result.error)")
        #expect(result.flatError.contains("there is no snapshot under s3://backups/all/"))
        #expect(result.flatError.contains("passed over notes.txt, which is a log or text"))
    }
}
