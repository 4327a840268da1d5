import EtcdModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotSource

@Suite(
    "A snapshot in a bucket",
    .serialized,
    .enabled(if: S3Server.isAvailable, "needs gzip, awscli and .build/moto (lab/prepare)")
)
struct BucketTests {
    private func trouble(
        _ server: S3Server,
        _ text: String,
        environment: [String: String] = S3Server.credentials
    ) async throws -> SourceTrouble {
        try await SourceTrouble {
            try await server.folder.proveObject(
                try BucketPlace(text),
                endpoint: server.url,
                environment: environment
            )
        }
    }

    @Test("is read by its key, and the newest under a prefix by its time")
    func read() async throws {
        let server = try S3Server()
        let bytes = try SampleSnapshot.large()
        try server.folder.write(bytes, to: "snapshot.db")
        try server.folder.sh("gzip -k snapshot.db")
        try server.aws("s3 mb s3://backups")
        try server.aws("s3 cp snapshot.db s3://backups/prod/z-older.db")
        // S3 tells times to the second
        sleep(1)
        try server.aws("s3 cp snapshot.db.gz s3://backups/prod/a-newer")
        try server.aws("s3api put-object --bucket backups --key prod/folder/")
        for (text, found, layers) in [
            ("s3://backups/prod/z-older.db", "s3://backups/prod/z-older.db", []),
            ("s3://backups/prod/latest", "s3://backups/prod/a-newer", ["gzip"]),
            ("s3://backups/latest", "s3://backups/prod/a-newer", ["gzip"]),
        ] {
            let proven = try await server.folder.proveObject(
                try BucketPlace(text),
                endpoint: server.url,
                environment: S3Server.credentials
            )
            #expect(proven.location.description == found)
            #expect(proven.layers == layers)
            #expect(try proven.allBytes() == bytes)
        }
        // the variable that newer versions of the program know themselves
        let variables = S3Server.credentials.merging(["AWS_ENDPOINT_URL": server.url]) { $1 }
        let proven = try await server.folder.proveObject(
            try BucketPlace("s3://backups/latest"),
            environment: variables
        )
        #expect(proven.proof.bytes == UInt64(bytes.count))
    }

    @Test("that is not there is told apart from its bucket")
    func missing() async throws {
        let server = try S3Server()
        try server.aws("s3 mb s3://backups")
        for (text, fact) in [
            ("s3://backups/none.db", "there is no object none.db in the bucket backups"),
            ("s3://nowhere/none.db", "there is no bucket nowhere"),
            ("s3://nowhere/latest", "there is no bucket nowhere"),
            ("s3://backups/prod/latest", "there is no object under s3://backups/prod/"),
        ] {
            let trouble = try await trouble(server, text)
            #expect(trouble.fact == fact)
            #expect(trouble.hint.contains("aws s3 ls"))
        }
    }

    @Test("that may not be read is told so")
    func denied() async throws {
        // from its first request on, the server asks who is calling
        let server = try S3Server(["INITIAL_NO_AUTH_ACTION_COUNT": "0"])
        let object = try await trouble(server, "s3://backups/prod.db")
        #expect(object.fact == "access to s3://backups/prod.db is denied")
        #expect(object.hint.contains("s3:GetObject"))
        let newest = try await trouble(server, "s3://backups/latest")
        #expect(newest.fact.contains("not accepted") || newest.fact.contains("is denied"))
    }

    @Test("needs credentials, a profile that is there, and a server")
    func unreachable() async throws {
        let server = try S3Server()
        let none = ["AWS_EC2_METADATA_DISABLED": "true"]
        let anonymous = try await trouble(server, "s3://backups/x", environment: none)
        #expect(anonymous.fact == "there are no credentials for s3://backups/x")
        #expect(anonymous.hint.contains("AWS_PROFILE"))
        let profile = try await trouble(server, "s3://b/x", environment: ["AWS_PROFILE": "nobody"])
        #expect(profile.fact == "there are no credentials for s3://b/x")
        server.stop()
        let stopped = try await trouble(server, "s3://backups/x")
        #expect(stopped.fact == "cannot connect to the S3 server of s3://backups/x")
        #expect(stopped.hint.contains("--endpoint-url"))
    }
}
