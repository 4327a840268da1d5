import Testing

@testable import SnapshotSource

@Suite("Where a snapshot lies, as a person names it")
struct SnapshotLocationTests {
    private static let members = ["etcd-1", "etcd-2"]
    private static let files: Set<String> = ["old:/backup", "a:b", "http://x", "etcd-9"]

    private func read(_ text: String) throws -> SnapshotLocation {
        try SnapshotLocation(text, members: { Self.members }, isFile: Self.files.contains)
    }

    @Test(
        "is understood",
        arguments: [
            ("-", .standardInput),
            ("./-", .file("./-")),
            ("prod.db", .file("prod.db")),
            ("/backup/prod.db.gz", .file("/backup/prod.db.gz")),
            ("etcd-1:/backup/prod.db", .member(name: "etcd-1", path: "/backup/prod.db")),
            ("etcd-1:/a:b", .member(name: "etcd-1", path: "/a:b")),
            ("./etcd-1:/backup/prod.db", .file("./etcd-1:/backup/prod.db")),
            ("./a:b", .file("./a:b")), ("/x/etcd-1:/a", .file("/x/etcd-1:/a")),
            ("a:b", .file("a:b")), ("2026-11-22T16:00.db", .file("2026-11-22T16:00.db")),
            ("old:/backup", .file("old:/backup")), ("http://x", .file("http://x")),
            (":/x", .file(":/x")), ("etcd-9", .file("etcd-9")),
            ("s3://b/k", .bucket(BucketPlace(bucket: "b", key: "k"))),
            ("s3://b/p/k.db.zst", .bucket(BucketPlace(bucket: "b", key: "p/k.db.zst"))),
            ("s3://b/latest", .bucket(BucketPlace(bucket: "b", key: "", isNewest: true))),
            ("s3://b/p/latest", .bucket(BucketPlace(bucket: "b", key: "p/", isNewest: true))),
            ("s3://b/p/thelatest", .bucket(BucketPlace(bucket: "b", key: "p/thelatest"))),
        ] as [(String, SnapshotLocation)]
    )
    func understood(_ text: String, _ location: SnapshotLocation) throws {
        #expect(try read(text) == location)
        #expect(location.description == text)
    }

    @Test(
        "is refused, with what can be given instead",
        arguments: [
            ("etcd-3:/x", "there is no member etcd-3, and no such file", "etcd-1, etcd-2"),
            ("etcd-1:backup.db", "is not absolute", "etcd-1:/path"),
            ("https://host/prod.db", "are not fetched by https", "curl"),
            ("gs://bucket/prod.db", "are not fetched by gs", "--snapshot -"),
            ("s3://", "names no object", "s3://bucket/key"),
            ("s3://bucket", "names no object", "latest"),
            ("s3://bucket/", "names no object", "latest"),
            ("s3:///key", "names no object", "s3://bucket/key"),
            ("s3://bucket/prefix/", "is a prefix", "s3://bucket/prefix/latest"),
        ]
    )
    func refused(_ text: String, _ fact: String, _ hint: String) throws {
        let problem = try #require(throws: SnapshotLocationProblem.self) { try read(text) }
        #expect(problem.fact.hasPrefix(text))
        #expect(problem.fact.contains(fact))
        #expect(problem.hint.contains(hint), "\(problem.hint)")
    }

    @Test("asks for the members only where one may be meant")
    func lazily() throws {
        for text in ["prod.db", "/a", "./a:/b", "a:b", "s3://b/k", "-"] {
            _ = try SnapshotLocation(
                text,
                members: {
                    Issue.record("asked for \(text)")
                    return []
                },
                isFile: Self.files.contains
            )
        }
    }
}
