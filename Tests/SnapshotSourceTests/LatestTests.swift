import EtcdModel
import Glibc
import TestSupport
import Testing

@testable import SnapshotSource

/// What lies beside snapshots in the buckets of well-known tools.
@Suite("The latest snapshot under a prefix")
struct LatestTests {
    private let folder: SourceFolder
    private let aws: FakeAWS

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        folder = try SourceFolder()
        aws = try FakeAWS(in: folder.path)
        try folder.write(try SampleSnapshot.small(), to: "snapshot.db")
        try put("cp snapshot.db", at: "prod/good.db", minutesAgo: 600)
    }

    /// Makes an object with a shell's words, which get its path behind them.
    private func put(_ words: String, at key: String, minutesAgo: Int = 5) throws {
        let path = "aws-root/backups/\(key)"
        try folder.sh(
            """
            mkdir -p "$(dirname '\(path)')"
            \(words) '\(path)'
            touch -d '-\(minutesAgo) minutes' '\(path)'
            """
        )
    }

    private func latest(_ text: String = "s3://backups/latest") async throws -> ProvenSnapshot {
        try await folder.proveObject(
            try BucketPlace(text),
            LayerKeys(passphraseFile: folder.file("pass")),
            environment: aws.environment()
        )
    }

    struct Neighbour: Sendable, CustomTestStringConvertible {
        let key: String
        var words = "head -c 3000 /dev/urandom >"
        let says: String

        var testDescription: String { key }
    }

    static let neighbours: [Neighbour] = [
        Neighbour(key: "prod/good.db.sha256", words: "echo 0123 >", says: "is a checksum"),
        Neighbour(key: "prod/SHA256SUMS", words: "echo 0123 >", says: "is a checksum"),
        Neighbour(key: "prod/good.db.md5", words: "echo 0123 >", says: "is a checksum"),
        Neighbour(key: "prod/good.db.sig", says: "is a signature"),
        // k3s and RKE2 (s3.go: path.Join(prefix, ".metadata", name))
        Neighbour(
            key: "prod/.metadata/etcd-snapshot-cp1-1796000000",
            words: "echo {} >",
            says: "is metadata"
        ),
        // OpenShift's cluster-backup.sh
        Neighbour(
            key: "prod/static_kuberesources_2026-11-30_101500.tar.gz",
            words: "tar -czf",
            says: "is an archive"
        ),
        // gardener's etcd-backup-restore and etcd-druid, both layouts
        Neighbour(key: "prod/v2/Incr-00000002-00000009-1796000000.gz", says: "is an incremental"),
        Neighbour(
            key: "prod/Backup-1795999999/Incr-00000002-00000009-1796000000",
            says: "is an incremental"
        ),
        // kubespray
        Neighbour(
            key: "prod/etcd-2026-11-30_10:15:00/member/snap/db",
            words: "head -c -32 snapshot.db >",
            says: "is a file of a data directory"
        ),
        // Velero
        Neighbour(
            key: "prod/backups/nightly/velero-backup.json",
            words: "echo {} >",
            says: "is metadata"
        ),
        Neighbour(key: "prod/backups/nightly/nightly.tar.gz", says: "is an archive"),
        Neighbour(key: "prod/backups/nightly/nightly-logs.gz", says: "is a log"),
        Neighbour(
            key: "prod/backups/nightly/nightly-resource-list.json.gz",
            says: "is metadata"
        ),
        Neighbour(key: "prod/kopia/etcd/p1a2b3c4d5", says: "has no database header"),
        // uploads that are under way or were given up
        Neighbour(key: "prod/etcd.db.part", says: "is an unfinished upload"),
        Neighbour(key: "prod/etcd.db.1a2b3c4d.partial", says: "is an unfinished upload"),
        Neighbour(key: "prod/etcd.db.tmp", says: "is an unfinished upload"),
        Neighbour(key: "prod/.etcd.db.Ab12Cd", says: "is an unfinished upload"),
        Neighbour(key: "prod/etcd.db", words: ": >", says: "is empty"),
        // by their content alone
        Neighbour(key: "prod/etcd", words: "tar --format=ustar -cf", says: "tar archive"),
        Neighbour(key: "prod/etcd-1", words: "echo '<Error>' >", says: "begins \"<Error>\""),
        Neighbour(
            key: "prod/good.db.asc",
            words: "echo '-----BEGIN PGP SIGNATURE-----' >",
            says: "BEGIN PGP SIGNATURE"
        ),
        Neighbour(key: "prod/list.gz", words: "echo '{\"a\": 1}' | gzip -c >", says: "is text"),
        Neighbour(key: "prod/zeros", words: "head -c 40000 /dev/zero >", says: "zeros"),
        Neighbour(key: "prod/few", words: "printf '\\377\\376' >", says: "too small"),
    ]

    @Test("is the newest that can be one, and what was passed over is told", arguments: neighbours)
    func passedOver(_ neighbour: Neighbour) async throws {
        let tar = neighbour.words.hasPrefix("tar")
        if tar {
            // the files come behind the archive's name
            try folder.sh("mkdir -p aws-root/backups/prod; \(neighbour.words) t snapshot.db")
        }
        try put(tar ? "mv t" : neighbour.words, at: neighbour.key)
        let proven = try await latest()
        #expect(proven.location.description == "s3://backups/prod/good.db")
        #expect(proven.remarks.count == 1, "\(proven.remarks)")
        let remark = proven.remarks.first ?? ""
        let name = neighbour.key.split(separator: "/").last ?? ""
        #expect(remark.hasPrefix("\(name), which "), "\(remark)")
        #expect(remark.contains(neighbour.says), "\(remark)")
    }

    @Test("has what is passed over grouped, and what is older not told")
    func grouped() async throws {
        for number in 1...4 {
            try put("echo x >", at: "prod/\(number).sha256", minutesAgo: number)
        }
        try put("echo x >", at: "prod/old.sha256", minutesAgo: 900)
        try put("echo x >", at: "prod/x.log", minutesAgo: 9)
        let proven = try await latest()
        #expect(
            proven.remarks == [
                "4 objects (1.sha256, 2.sha256, 3.sha256, …), "
                    + "each of which is a checksum",
                "x.log, which is a log or text",
            ]
        )
    }

    @Test(
        "is what a well-known tool wrote, whatever it is called",
        arguments: [
            ("cp snapshot.db", "etcd-snapshot-cp1-1796000000"),
            ("gzip -c snapshot.db >", "v2/Full-00000000-00000009-1796000000.gz"),
            ("cp snapshot.db", "etcd.backup_v3_0000000000000009_2026-11-30-10:15:00"),
            ("cp snapshot.db", "snapshot_2026-11-30_101500.db"),
            ("cp snapshot.db", "talos.snap"), ("zstd -qc snapshot.db >", "a.db.zst"),
            ("cp snapshot.db", "2026-11-30T10:15:00Z.backup"), ("xz -c snapshot.db >", "s.xz"),
            (
                "gpg --batch -q --pinentry-mode loopback --passphrase-file pass -c <snapshot.db >",
                "etcd.db.gpg"
            ),
        ]
    )
    func taken(_ words: String, _ name: String) async throws {
        try folder.write(Array("a passphrase\n".utf8), to: "pass")
        try put(words, at: "prod/\(name)")
        let proven = try await latest()
        #expect(proven.location.description == "s3://backups/prod/\(name)")
        #expect(proven.remarks == [])
    }

    @Test(
        "is not an older one where the newest is damaged, locked or packed in another way",
        arguments: [
            ("head -c 20000 snapshot.db >", "cut.db", "is truncated"),
            ("(head -c 30000 snapshot.db; cat snapshot.db) >", "wrong.db", "too many behind"),
            ("gzip -c snapshot.db | head -c 2000 >", "cut.gz", "is truncated"),
            (
                "gpg --batch -q --pinentry-mode loopback --passphrase-file other -c <snapshot.db >",
                "etcd.db.gpg", "passphrase does not open"
            ),
            (
                "python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress("
                    + "sys.stdin.buffer.read()))' <snapshot.db >",
                "Full-00000000-00000009-1796000000.zlib", "compressed with zlib"
            ),
            ("head -c -32 snapshot.db >", "raw.db", "has no digest"),
        ]
    )
    func refused(_ words: String, _ name: String, _ says: String) async throws {
        try folder.write(Array("a passphrase\n".utf8), to: "pass")
        try folder.write(Array("another\n".utf8), to: "other")
        try put(words, at: "prod/\(name)")
        let trouble = try await SourceTrouble { try await latest() }
        #expect(trouble.fact.contains(says), "\(trouble.fact)")
        #expect(trouble.fact.contains("prod/\(name)"), "\(trouble.fact)")
    }

    @Test("is none where nothing there is one, and the error says what is there")
    func nothing() async throws {
        try put("echo x >", at: "other/a.sha256")
        try put("echo x >", at: "other/a.txt")
        let failure = await #expect(throws: SourceFailure.self) {
            _ = try await latest("s3://backups/other/latest")
        }
        #expect(failure?.fact == "there is no snapshot under s3://backups/other/")
        #expect(failure?.evidence.count == 2)
        #expect(failure?.evidence.first?.contains("a.txt, which is a log or text") == true)
        #expect(failure?.hint.contains("the snapshot's own key") == true)
    }

    @Test("is given up after ten objects that are none: the prefix is a wrong one")
    func tooMany() async throws {
        for number in 1...12 {
            try put("head -c 3000 /dev/urandom >", at: "prod/kopia/q\(number)", minutesAgo: number)
        }
        let failure = await #expect(throws: SourceFailure.self) {
            _ = try await latest()
        }
        #expect(failure?.fact == "there is no snapshot under s3://backups/")
        #expect(failure?.evidence.first?.contains("10 objects") == true)
    }
}
