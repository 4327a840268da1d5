import FoundationEssentials
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import SnapshotSource
@testable import SnapshotStore

/// What each command needs in a bucket, against a server that refuses everything else.
@Suite(
    "The rights in a bucket",
    .serialized,
    .enabled(if: RightsServer.isAvailable, "needs awscli and python3")
)
struct BucketRightsTests {
    init() {
        // as the program does: aws may end before it has read all
        signal(SIGPIPE, SIG_IGN)
    }

    private func store(_ rights: RightsServer) throws -> BucketStore {
        BucketStore(
            try #require(BucketFolder("s3://backups/prod", surroundings: rights.surroundings))
        )
    }

    private static let name = SampleBackup.manifest().snapshot

    /// The rights that docs/BACKUPS.md says a command needs, as IAM calls them, without `s3:`.
    private func documented(_ command: String) throws -> [String] {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/BACKUPS.md")
        let row = try #require(
            try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
                .first { $0.hasPrefix("| \(command) |") }
        )
        return row.matches(of: /s3:(\w+)/).map { String($0.1) }
    }

    private func verbs(_ rights: RightsServer) throws -> Set<String> {
        Set(try rights.asked().compactMap { $0.split(separator: " ").first.map(String.init) })
    }

    /// 20 MB go up in parts, and a copy of them within S3 would want their tags.
    @Test(
        "are PutObject and ListBucket for a save, whatever its size",
        arguments: [0, 3, 20_000_000]
    )
    func save(_ size: Int) async throws {
        let granted = try documented("`snapshot save`, `snapshot recover`")
        let rights = try RightsServer(granted)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        let store = try store(rights)
        try await store.prepare(for: Self.name)
        try await store.put(Self.name, ArrayStream(bytes))
        try await store.put(Self.name + SnapshotName.manifestSuffix, ArrayStream([1, 2]))
        #expect(try rights.server.folder.bytes("objects/prod%2F\(Self.name)") == bytes)
        #expect(try rights.versions().count == 2)
        #expect(try verbs(rights) == Set(granted))
    }

    @Test("are those that are documented for `snapshot list` and `snapshot prune`")
    func keep() async throws {
        for (command, deletes) in [("`snapshot list`", false), ("`snapshot prune`", true)] {
            let granted = try documented(command)
            let rights = try RightsServer(granted)
            let manifest = SampleBackup.manifest(stored: 3)
            try rights.place([1, 2, 3], at: "prod/\(manifest.snapshot)")
            try rights.place(
                try manifest.encoded(),
                at: "prod/\(manifest.snapshot)\(SnapshotName.manifestSuffix)"
            )
            let store = try store(rights)
            let stored = try await store.stored()
            #expect(stored.all.map(\.state) == [.proven])
            if deletes {
                try await store.delete(
                    PruneDecision.Doomed(deleted: stored.all, leftovers: []).files
                )
                #expect(try rights.versions().isEmpty)
            }
            #expect(try verbs(rights) == Set(granted), "\(command)")
        }
    }

    @Test("are told by name where one is missing, with what for")
    func missing() async throws {
        let cases: [([String], String, (BucketStore) async throws -> Void)] = [
            (["ListBucket"], "s3:PutObject", { try await $0.put(Self.name, ArrayStream([1])) }),
            (["PutObject"], "s3:ListBucket", { try await $0.prepare(for: Self.name) }),
            (["ListBucket"], "s3:DeleteObject", { try await $0.delete([Self.name]) }),
            (["ListBucket"], "s3:GetObject", { _ = try await $0.manifests() }),
        ]
        for (granted, right, body) in cases {
            let rights = try RightsServer(granted)
            try rights.place([1], at: "prod/\(Self.name).manifest.json")
            let store = try store(rights)
            if right == "s3:GetObject" { _ = try await store.entries() }
            let failure = await #expect(throws: SourceFailure.self) { try await body(store) }
            #expect(failure?.hint.contains(right) == true, "\(failure?.hint ?? "")")
            #expect(failure?.fact.contains("is denied") == true, "\(failure?.fact ?? "")")
        }
    }

    @Test("are GetObject for a key, and ListBucket too for `latest`")
    func read() async throws {
        let bytes = try SampleSnapshot.small()
        for (text, command) in [
            ("s3://backups/prod/a.db", "`--snapshot s3://bucket/key`"),
            ("s3://backups/prod/latest", "`--snapshot s3://bucket/prefix/latest`"),
        ] {
            let granted = try documented(command)
            let rights = try RightsServer(granted)
            try rights.place(bytes, at: "prod/a.db")
            let proven = try await rights.server.folder.proveObject(
                try BucketPlace(text),
                endpoint: rights.server.url,
                environment: S3Server.credentials
            )
            #expect(proven.location.description == "s3://backups/prod/a.db")
            #expect(try verbs(rights) == Set(granted))
        }
    }

    @Test("of a bucket whose objects are locked: each is there once", arguments: [3, 20_000_000])
    func locked(_ size: Int) async throws {
        let rights = try RightsServer(
            ["PutObject", "ListBucket", "DeleteObject"],
            isLocked: true
        )
        let store = try store(rights)
        try await store.put(Self.name, ArrayStream([UInt8](repeating: 5, count: size)))
        try await store.put(Self.name + SnapshotName.manifestSuffix, ArrayStream([1]))
        #expect(
            try rights.versions() == [
                "prod%2F\(Self.name)", "prod%2F\(Self.name).manifest.json",
            ]
        )
        #expect(try await store.entries().count == 2)
        // a pruned one is out of sight, and stays until its lock ends
        try await store.delete([Self.name])
        #expect(try await store.entries().count == 1)
        #expect(try rights.versions().count == 2)
    }

    @Test("nothing has the name of an upload whose source fails", arguments: [300_000, 20_000_000])
    func half(_ size: Int) async throws {
        let rights = try RightsServer(["PutObject", "ListBucket"])
        let half = Bytes([UInt8](repeating: 1, count: size), failing: BrokenStream())
        await #expect(throws: BrokenStream.self) {
            try await store(rights).put(Self.name, half)
        }
        usleep(300_000)
        #expect(try rights.versions().isEmpty)
    }

    /// What the guard does where the process that feeds the upload is gone.
    @Test(
        "an upload sees its end only on the word that it is whole",
        arguments: [("", false), ("who\n", false), ("whole\n", true)]
    )
    func guarded(_ word: String, _ isWhole: Bool) throws {
        let folder = try SourceFolder()
        try folder.write(Array(word.utf8), to: "word")
        try folder.write(Array(UploadGuard.script.utf8), to: "guard")
        try folder.sh(
            """
            mkfifo pipe
            setsid sh -c 'cat pipe >got; sleep 0.2; echo >whole' & upload=$!
            exec 9>pipe
            printf half >&9
            sh -c "$(cat guard)" sh $upload <word >pipe 9>&- & guard=$!
            exec 9>&-
            wait $guard; wait $upload 2>/dev/null
            true
            """
        )
        #expect((access(folder.file("whole"), F_OK) == 0) == isWhole)
    }
}
