import Glibc
import TestSupport
import Testing

@testable import SnapshotSource
@testable import SnapshotStore

/// A bucket's list as `aws` may give it: whole, in pages, or not what it seems.
@Suite("The list of a bucket")
struct BucketListTests {
    private let folder: SourceFolder
    private let aws: FakeAWS

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        folder = try SourceFolder()
        aws = try FakeAWS(in: folder.path)
    }

    private func store(_ fault: FakeAWS.Fault? = nil) throws -> BucketStore {
        BucketStore(
            try #require(
                BucketFolder(
                    "s3://backups/prod",
                    surroundings: SourceSurroundings(environment: aws.environment(fault))
                )
            )
        )
    }

    /// Snapshots with manifests, an hour apart.
    private func fill(_ count: Int) throws -> [SnapshotManifest] {
        let manifests = (0..<count).map {
            SampleBackup.manifest(at: 1_795_000_000 - 3600 * Double($0), stored: 3)
        }
        try folder.sh("mkdir -p aws-root/backups/prod")
        for manifest in manifests {
            try folder.write([1, 2, 3], to: "aws-root/backups/prod/\(manifest.snapshot)")
            try folder.write(
                try manifest.encoded(),
                to: "aws-root/backups/prod/\(manifest.snapshot).manifest.json"
            )
        }
        return manifests
    }

    @Test("is whole, however many pages it has", arguments: [nil, FakeAWS.Fault.pages])
    func pages(_ fault: FakeAWS.Fault?) async throws {
        let manifests = try fill(5)
        let stored = try await store(fault).stored()
        #expect(stored.all.map(\.manifest) == manifests)
        #expect(stored.all.allSatisfy { $0.state == .proven })
    }

    @Test("that is empty is empty")
    func empty() async throws {
        try folder.sh("mkdir -p aws-root/backups/other")
        #expect(try await store().entries().isEmpty)
    }

    @Test(
        "that is cut, loops, or is none, is an error and never an empty bucket",
        arguments: [.cut, .fewer, .silent, .half, .garbage, .unsaid, .loop] as [FakeAWS.Fault]
    )
    func faults(_ fault: FakeAWS.Fault) async throws {
        _ = try fill(3)
        let failure = await #expect(throws: SourceFailure.self) {
            _ = try await store(fault).stored()
        }
        #expect(failure?.fact.contains("cannot be relied on") == true, "\(failure?.fact ?? "")")
        #expect(failure?.hint.contains("list-objects-v2") == true)
    }

    @Test("gives what `latest` may be, newest first, and no manifest, part or folder")
    func newest() async throws {
        let manifests = try fill(2)
        try folder.sh(
            """
            cd aws-root/backups/prod
            touch -d '2026-11-20 10:00' \(manifests[0].snapshot)
            touch -d '2026-11-20 11:00' \(manifests[1].snapshot)
            touch .rekindle-part-1-x.db
            """
        )
        let place = try BucketPlace("s3://backups/prod/latest")
        let surroundings = SourceSurroundings(environment: aws.environment(.pages))
        let found = try await BucketFolder.latestObjects(at: place, surroundings: surroundings)
            .sorted(by: LatestObject.isNewer)
        #expect(
            found.filter { $0.problem == nil }.map(\.place.key)
                == manifests.reversed().map { "prod/\($0.snapshot)" }
        )
        #expect(found.count { $0.problem == .own } == 3)
        let proven = await #expect(throws: (any Error).self) {
            try await folder.proveObject(place, environment: aws.environment(.half))
        }
        #expect((proven as? SourceFailure)?.fact.contains("cannot be relied on") == true)
    }
}
