import Testing

@testable import SnapshotSource

/// gpg exits with 2 for a message that it decrypted whole, where it has no key for the signature.
@Suite(
    "A snapshot that was signed with gpg",
    .serialized,
    .enabled(if: Tools.has("gpg", "gzip"), "needs gnupg and gzip")
)
struct SignedSnapshotTests {
    private static let gpg = "gpg --batch -q --pinentry-mode loopback --passphrase-file pass"
    private static let ways: [String: String] = [
        "for a passphrase": "-u signer@x -s -c",
        "for a key": "--trust-model always -s -u signer@x -e -r enc@x",
        "alone": "-u signer@x -s", "alone, not compressed": "-u signer@x -s --compress-algo none",
        "in armour": "-u signer@x -a -s -c", "by two": "-u signer@x -u second@x -s -c",
    ]

    /// A folder in which the snapshot is signed, and no key of a signer is left.
    private func folder(_ way: String, keepsKeys: Bool = false) throws -> SourceFolder {
        let folder = try SourceFolder()
        try folder.write(try SampleSnapshot.large(), to: "snapshot.db")
        try folder.write(Array("a good passphrase\n".utf8), to: "pass")
        for key in ["signer@x rsa2048 sign", "second@x rsa2048 sign", "enc@x rsa2048 encr"] {
            try folder.sh("gpg --batch -q --passphrase '' --quick-gen-key \(key) never 2>&1")
        }
        try folder.sh("gpg --export-secret-keys enc@x >enc.key")
        let arguments = try #require(Self.ways[way])
        try folder.sh("gzip -c snapshot.db | \(Self.gpg) \(arguments) >packed")
        if !keepsKeys {
            try folder.sh(
                "gpgconf --kill all; rm -rf gnupg; mkdir -m 700 gnupg; gpg --batch -q --import enc.key"
            )
        }
        return folder
    }

    private func keys(_ folder: SourceFolder) -> LayerKeys {
        LayerKeys(passphraseFile: folder.file("pass"))
    }

    @Test("is opened without the signer's key, and that is told", arguments: ways.keys.sorted())
    func unknownSigner(_ way: String) async throws {
        let folder = try folder(way)
        let proven = try await folder.prove("packed", keys(folder))
        #expect(try proven.allBytes() == SampleSnapshot.large())
        let remark = try #require(proven.remarks.first)
        #expect(proven.remarks.count == 1)
        #expect(remark.contains("it is signed with the key"), "\(remark)")
        #expect(remark.contains("its signature was not checked"))
        #expect(
            remark.contains(way.hasPrefix("alone") ? "is not encrypted" : "a right integrity code")
        )
    }

    @Test("is opened silently where the key is here", arguments: ["for a passphrase", "alone"])
    func knownSigner(_ way: String) async throws {
        let folder = try folder(way, keepsKeys: true)
        #expect(try await folder.prove("packed", keys(folder)).remarks == [])
    }

    @Test(
        "is refused where it is cut or changed, whatever is known of the signer",
        arguments: ["for a passphrase", "for a key", "alone", "in armour"],
        [
            "head -c $(($(stat -c %s packed) * 2 / 3)) packed >broken",
            "head -c -90 packed >broken",
            "cp packed broken; printf xyz | dd of=broken bs=1 seek=200000 conv=notrunc 2>&1",
        ]
    )
    func damaged(_ way: String, _ spoil: String) async throws {
        let folder = try folder(way)
        try folder.sh(spoil)
        let trouble = try await SourceTrouble { try await folder.prove("broken", keys(folder)) }
        #expect(
            trouble.fact.contains("truncated or damaged")
                || trouble.fact.contains("gpg cannot decrypt")
                || trouble.fact.contains("is truncated") || trouble.fact.contains("is damaged"),
            "\(trouble.fact)"
        )
    }

    @Test("is refused where the signature is bad, and told so")
    func badSignature() async throws {
        let folder = try folder("for a passphrase", keepsKeys: true)
        // the signed text changed and encrypted anew, as whoever has the passphrase can do
        try folder.sh(
            """
            gzip -c snapshot.db >s.gz
            \(Self.gpg) -u signer@x -s --compress-algo none -o signed s.gz
            cp signed other; printf xyz | dd of=other bs=1 seek=200000 conv=notrunc 2>&1
            """
        )
        let trouble = try await SourceTrouble { try await folder.prove("other", keys(folder)) }
        #expect(
            trouble.fact.contains("the signature in") || trouble.fact.contains("is damaged"),
            "\(trouble.fact)"
        )
    }

    @Test("is refused with the wrong passphrase as before")
    func wrongPassphrase() async throws {
        let folder = try folder("for a passphrase")
        try folder.write(Array("another one\n".utf8), to: "pass")
        let trouble = try await SourceTrouble { try await folder.prove("packed", keys(folder)) }
        #expect(trouble.fact.contains("the passphrase does not open"))
    }

    /// Verdicts on recorded status lines.
    @Test(
        "is judged by gpg's status lines",
        arguments: [
            (2, "ERRSIG A 1 10 00 1 9 F|PLAINTEXT 62 1 f", true),
            (
                2, "BEGIN_DECRYPTION|PLAINTEXT 62|ERRSIG A 1 10 00 1 9 F|DECRYPTION_OKAY|GOODMDC",
                true
            ),
            // of an algorithm that this gpg does not know; as 2.4 ends
            (
                2,
                "BEGIN_DECRYPTION|ERRSIG A 22 8 00 1 4 F|DECRYPTION_OKAY|GOODMDC|FAILURE gpg-exit 1",
                true
            ),
            (2, "BEGIN_DECRYPTION|ERRSIG A 1 10 00 1 9 F|DECRYPTION_OKAY", false),
            (2, "BEGIN_DECRYPTION|ERRSIG A 1 10 00 1 9 F|BADMDC|DECRYPTION_FAILED", false),
            (2, "BEGIN_DECRYPTION|DECRYPTION_OKAY|GOODMDC", false),
            (2, "ERRSIG A 1 10 00 1 9 F", false), (2, "", false),
            (1, "BEGIN_DECRYPTION|BADSIG A x|DECRYPTION_OKAY|GOODMDC", false),
            (0, "BEGIN_DECRYPTION|BADSIG A x|DECRYPTION_OKAY|GOODMDC", false),
            (2, "BEGIN_DECRYPTION|BADSIG A|ERRSIG B 1 1 0 1 9 F|DECRYPTION_OKAY|GOODMDC", false),
            (0, "PLAINTEXT 62 1 f|NODATA 3", false),
            (0, "BEGIN_DECRYPTION|EXPKEYSIG A x|DECRYPTION_OKAY|GOODMDC", true),
            (0, "BEGIN_DECRYPTION|REVKEYSIG A x|DECRYPTION_OKAY|GOODMDC", true),
        ] as [(Int32, String, Bool)]
    )
    func status(_ code: Int32, _ lines: String, _ isWhole: Bool) {
        let exit = ProgramExit(
            code: code,
            said: [],
            reports: lines.split(separator: "|").map { "[GNUPG:] \($0)" }
        )
        switch SnapshotLayer.gpg.verdict(on: exit, of: "s.gpg", LayerKeys()) {
        case .whole(let remark):
            #expect(isWhole)
            #expect(remark?.hasPrefix("s.gpg: ") == true)
        case .failed: #expect(!isWhole)
        }
    }

    @Test("has gzip's warning of what follows its end told, and is whole")
    func trailingGarbage() async throws {
        let folder = try SourceFolder()
        try folder.write(try SampleSnapshot.large(), to: "snapshot.db")
        try folder.sh("(gzip -c snapshot.db; echo something) >packed")
        let proven = try await folder.prove("packed")
        #expect(proven.remarks.count == 1)
        #expect(proven.remarks.first?.contains("behind the end of its gzip layer") == true)
        // the same words of a member that is cut are no excuse
        try folder.sh("(head -c 90000 snapshot.db | gzip -c; echo something) >cut")
        let trouble = try await SourceTrouble { try await folder.prove("cut") }
        #expect(trouble.fact.contains("is truncated"))
    }
}
