import Glibc
import Testing

@testable import SnapshotSource
@testable import SnapshotStore

@Suite(
    "A destination in a bucket",
    .serialized,
    .enabled(if: S3Server.isAvailable, "needs gzip, awscli and .build/moto (lab/prepare)")
)
struct BucketStoreTests {
    init() {
        // as the program does: aws may end before it has read all
        signal(SIGPIPE, SIG_IGN)
    }

    private func store(
        _ server: S3Server,
        _ text: String,
        _ environment: [String: String] = S3Server.credentials
    ) throws -> BucketStore {
        let surroundings = SourceSurroundings(
            endpointURL: server.url,
            environment: server.folder.environment.merging(environment) { $1 }
        )
        return BucketStore(try #require(BucketFolder(text, surroundings: surroundings)))
    }

    @Test("keeps the contract of destinations, below its prefix")
    func contract() async throws {
        let server = try S3Server()
        try server.aws("s3 mb s3://backups")
        // what lies elsewhere in the bucket is not seen
        try server.aws("s3api put-object --bucket backups --key prod-20261118T110640Z.db")
        try server.aws("s3api put-object --bucket backups --key prod/sub/x.db")
        let store = try store(server, "s3://backups/prod")
        #expect(store.description == "s3://backups/prod")
        try await DestinationContract(store: store).check()
        #expect(try await store.entries().isEmpty, "no part of an upload is left")
    }

    @Test("has its newest snapshot as the newest, not a manifest or a part that came after it")
    func newest() async throws {
        let server = try S3Server()
        try server.aws("s3 mb s3://backups")
        let store = try store(server, "s3://backups/prod")
        let bytes = try SampleSnapshot.small()
        let name = SampleBackup.manifest().snapshot
        try await store.put(name, ArrayStream(bytes))
        // S3 tells times to the second
        sleep(1)
        try await store.put(name + SnapshotName.manifestSuffix, ArrayStream([1]))
        try await store.put(".rekindle-part-1-x.db", ArrayStream([1]))
        let proven = try await server.folder.proveObject(
            try BucketPlace("s3://backups/prod/latest"),
            endpoint: server.url,
            environment: S3Server.credentials
        )
        #expect(proven.location.description == "s3://backups/prod/\(name)")
        let place = BucketPlace(bucket: "backups", key: "prod/\(name)")
        let surroundings = SourceSurroundings(
            endpointURL: server.url,
            environment: server.folder.environment.merging(S3Server.credentials) { $1 }
        )
        let folder = BucketFolder(of: place, surroundings: surroundings)
        #expect(try await folder.small(SnapshotName.manifestSuffix, beside: place) == [1])
        #expect(try await folder.small(".none", beside: place) == nil)
    }

    @Test("that is gone, or may not be written, is told before anything is fetched for it")
    func failures() async throws {
        let server = try S3Server()
        for (text, environment, fact) in [
            ("s3://nowhere/prod", S3Server.credentials, "there is no bucket nowhere"),
            ("s3://b/p", ["AWS_EC2_METADATA_DISABLED": "true"], "there are no credentials"),
        ] {
            let store = try store(server, text, environment)
            let failure = await #expect(throws: SourceFailure.self) {
                try await store.prepare(for: "x")
            }
            #expect(failure?.fact.contains(fact) == true, "\(failure?.fact ?? "")")
            await #expect(throws: SourceFailure.self) { try await store.put("x", ArrayStream([1])) }
        }
    }

    @Test("names a bucket, and a prefix below it")
    func names() {
        let surroundings = SourceSurroundings(environment: [:])
        for (text, place) in [
            ("s3://b", "s3://b/"), ("s3://b/", "s3://b/"), ("s3://b/p/q", "s3://b/p/q/"),
            ("s3://b/p/", "s3://b/p/"),
        ] {
            #expect(BucketFolder(text, surroundings: surroundings)?.description == place)
        }
        #expect(BucketFolder("s3://", surroundings: surroundings) == nil)
        #expect(BucketFolder("/b", surroundings: surroundings) == nil)
    }
}
