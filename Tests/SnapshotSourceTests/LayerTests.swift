import EtcdModel
import FoundationEssentials
import Testing

@testable import SnapshotSource

@Suite(
    "The layers of a snapshot",
    .serialized,
    .enabled(
        if: Tools.has(
            "gzip",
            "zstd",
            "gpg",
            "age",
            "xz",
            "bzip2",
            "lz4",
            "zip",
            "funzip",
            "python3"
        ),
        "needs gzip, zstd, gnupg, age, xz-utils, bzip2, lz4, zip, unzip and python3"
    )
)
struct LayerTests {
    private static let ageKey =
        "$(sed -n 's/^# public key: //p' id)"
    private static let packing: [String: String] = [
        "gzip": "gzip -c", "zstd": "zstd -qc", "zstd-long": "zstd -qc --long=31",
        "gpg": "gpg --batch -q --pinentry-mode loopback --passphrase-file pass -c",
        "gpg-armour": "gpg --batch -q --pinentry-mode loopback --passphrase-file pass -a -c",
        "gpg-key": "gpg --batch -q --trust-model always -e -r rekindle@example.com",
        "age": "age -r \(ageKey)", "age-armour": "age -a -r \(ageKey)",
        // pigz and bgzip, pzstd, and what appends: several members or frames are one stream
        "gzip-members": "(head -c 70000 | gzip -c; gzip -9c)",
        "gzip-compress": Tools.has("compress") ? "compress -c" : "gzip -c",
        "zstd-frames": "(head -c 70000 | zstd -qc; zstd -qc)",
        "zstd-skippable":
            #"(printf 'P*M\030\004\000\000\000abcd'; zstd -qc; printf '^*M\030\001\000\000\000z')"#,
        "zstd-pzstd": Tools.has("pzstd") ? "pzstd -qc" : "zstd -qc",
        "xz": "xz -c", "xz-streams": "(head -c 70000 | xz -c; xz -T2 -c)",
        "bzip2": "bzip2 -c", "lz4": "lz4 -cq",
        "lz4-skippable": #"(printf 'S*M\030\001\000\000\000z'; lz4 -cq)"#,
        // as k3s, RKE2 and RKE1 write it, and as `zip FILE` does
        "zip":
            #"python3 -c 'import sys, zipfile; z = zipfile.ZipFile(sys.stdout.buffer, "w", zipfile.ZIP_DEFLATED); f = z.open("etcd-snapshot-1", "w"); f.write(sys.stdin.buffer.read()); f.close(); z.close()'"#,
        "zip-file": "(cat >in-zip && zip -q a.zip in-zip && cat a.zip)",
        // RKE1 puts the cluster's state behind the snapshot
        "zip-state":
            #"python3 -c 'import sys, zipfile; z = zipfile.ZipFile(sys.stdout.buffer, "w", zipfile.ZIP_DEFLATED); z.writestr("backup/s", sys.stdin.buffer.read()); z.writestr("backup/s.rkestate", "{}"); z.close()'"#,
        "lz4-legacy": "lz4 -lcq",
    ]

    private func folder(_ snapshot: [UInt8]) throws -> SourceFolder {
        let folder = try SourceFolder()
        try folder.write(snapshot, to: "snapshot.db")
        try folder.write(Array("a good passphrase\n".utf8), to: "pass")
        try folder.write(Array("another one\n".utf8), to: "wrong")
        try folder.sh("age-keygen -o id 2>/dev/null && age-keygen -o other 2>/dev/null")
        return folder
    }

    private func keys(_ folder: SourceFolder) -> LayerKeys {
        LayerKeys(passphraseFile: folder.file("pass"), identities: [folder.file("id")])
    }

    /// Packs the snapshot, innermost layer first, into a file whose name tells nothing.
    private func pack(_ folder: SourceFolder, _ layers: [String]) throws {
        let programs = layers.compactMap { Self.packing[$0] }
        #expect(programs.count == layers.count)
        try folder.sh((["cat snapshot.db"] + programs).joined(separator: " | ") + " >packed")
    }

    @Test(
        "come off by their content, in any order, and leave the very bytes",
        arguments: [
            [], ["gzip"], ["zstd"], ["zstd-long"], ["gpg"], ["gpg-armour"], ["age"], ["age-armour"],
            ["gzip", "gpg"], ["zstd", "age"], ["gpg", "gzip"], ["age-armour", "zstd"],
            ["gzip", "gzip"], ["zstd", "gpg", "age", "gzip"],
            ["gzip-members"], ["gzip-compress"], ["zstd-frames"], ["zstd-skippable"],
            ["zstd-pzstd"], ["zstd-pzstd", "gpg"], ["xz"], ["xz-streams"], ["bzip2"], ["lz4"],
            ["lz4-skippable"], ["lz4-legacy"], ["zip-state"], ["zip"], ["zip-file"],
            ["zip", "gpg"], ["xz", "age"],
        ]
    )
    func peeled(_ layers: [String]) async throws {
        for snapshot in [try SampleSnapshot.small(), try SampleSnapshot.large()] {
            let folder = try folder(snapshot)
            try pack(folder, layers)
            let proven = try await folder.prove("packed", keys(folder))
            let programs = layers.reversed().map { $0.split(separator: "-")[0] }
            #expect(proven.layers.map { $0[...] } == programs)
            #expect(proven.proof.bytes == UInt64(snapshot.count))
            #expect(try proven.allBytes() == snapshot)
            let offset = 77_777
            #expect(try proven.allBytes(from: UInt64(offset)) == Array(snapshot[offset...]))
            #expect(try folder.stateFiles() == [])
        }
    }

    @Test("that are encrypted for a key are opened by it, and by no other")
    func publicKey() async throws {
        let folder = try folder(SampleSnapshot.small())
        try folder.sh(
            "gpg --batch -q --passphrase '' --quick-gen-key rekindle@example.com rsa2048 encr never"
        )
        try pack(folder, ["gzip", "gpg-key"])
        #expect(try await folder.prove("packed").layers == ["gpg", "gzip"])
        try folder.sh("gpgconf --kill all; rm -rf gnupg && mkdir -m 700 gnupg")
        let trouble = try await SourceTrouble { try await folder.prove("packed") }
        #expect(trouble.fact.contains("is encrypted with gpg for a key that is not here"))
        #expect(trouble.hint.contains("gpg --import"))
    }

    @Test("leave no file of gpg's behind")
    func traceless() async throws {
        let folder = try folder(SampleSnapshot.small())
        try pack(folder, ["gpg"])
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        // with its own default, which is not there
        let opening = folder.opening(
            .file(folder.file("packed")),
            keys(folder),
            environment: ["GNUPGHOME": ""]
        )
        _ = try await opening.prove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == before)
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let layers: [String]
        var spoil = "mv packed broken"
        var passphrase: String? = "pass"
        var identities = ["id"]
        let says: [String]
        let hints: String
    }

    private static let cut = "head -c $(($(stat -c %s packed) * 2 / 3)) packed >broken"

    static let brokenOnes: [Broken] = [
        Broken(
            testDescription: "a truncated gzip",
            layers: ["gzip"],
            spoil: cut,
            says: ["is truncated: its gzip layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a truncated zstd",
            layers: ["zstd"],
            spoil: cut,
            says: ["is truncated: its zstd layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a truncated gpg",
            layers: ["gpg"],
            spoil: cut,
            says: ["is truncated or damaged: gpg"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a truncated age in a gzip",
            layers: ["age", "gzip"],
            spoil: "gzip -dc packed | head -c 60000 | gzip -c >broken",
            says: ["is truncated or damaged: age"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a truncated xz",
            layers: ["xz"],
            spoil: cut,
            says: ["is truncated: its xz layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a truncated bzip2",
            layers: ["bzip2"],
            spoil: cut,
            says: ["is truncated: its bzip2 layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a truncated lz4",
            layers: ["lz4"],
            spoil: cut,
            says: ["is truncated: its lz4 layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a zip of more than 4 GiB, whose form `zip - -` has for every size",
            layers: [],
            spoil: "zip -q - - <snapshot.db >broken",
            says: ["is truncated or damaged", "no archive of one packed file"],
            hints: "unzip -p"
        ),
        Broken(
            testDescription: "a truncated zip",
            layers: ["zip"],
            spoil: cut,
            says: ["is truncated or damaged", "zip layer"],
            hints: "unzip -p"
        ),
        Broken(
            testDescription: "a pzstd whose last frame is cut",
            layers: ["zstd-skippable"],
            spoil: cut,
            says: ["is truncated: its zstd layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a gzip of two members whose second is cut",
            layers: ["gzip-members"],
            spoil: cut,
            says: ["is truncated: its gzip layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "an archive of two files, the first of which is none",
            layers: [],
            spoil: "echo hello >a.txt; zip -q broken.zip a.txt snapshot.db; mv broken.zip broken",
            says: ["is not an etcd snapshot", "hello"],
            hints: "fetch the snapshot again"
        ),
        Broken(
            testDescription: "zlib, as gardener packs it",
            layers: [],
            spoil: "python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress("
                + "sys.stdin.buffer.read()))' <snapshot.db >broken",
            says: ["is not an etcd snapshot: it is compressed with zlib"],
            hints: "pigz -dc"
        ),
        Broken(
            testDescription: "openssl's encryption",
            layers: [],
            spoil: "(printf Salted__; head -c 70000 /dev/urandom) >broken",
            says: ["it is encrypted with openssl"],
            hints: "openssl enc -d"
        ),
        Broken(
            testDescription: "a flipped byte in a gzip",
            layers: ["gzip"],
            spoil: "cp packed broken; printf x | dd of=broken bs=1 seek=5000 conv=notrunc 2>&1",
            says: ["is damaged: its gzip layer"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a wrong passphrase",
            layers: ["zstd", "gpg"],
            passphrase: "wrong",
            says: ["the passphrase does not open"],
            hints: "first line"
        ),
        Broken(
            testDescription: "no passphrase",
            layers: ["gpg"],
            passphrase: nil,
            says: ["gpg has no passphrase"],
            hints: "--passphrase-file"
        ),
        Broken(
            testDescription: "no identity",
            layers: ["age"],
            identities: [],
            says: ["no identity was given"],
            hints: "--identity"
        ),
        Broken(
            testDescription: "another identity",
            layers: ["gzip", "age"],
            identities: ["other"],
            says: ["no identity that was given opens"],
            hints: "--identity"
        ),
        Broken(
            testDescription: "layers nested too deep",
            layers: Array(repeating: "gzip", count: 9),
            says: ["more than 8 layers"],
            hints: "by hand"
        ),
        Broken(
            testDescription: "a tar with the snapshot",
            layers: [],
            spoil: "tar -cf broken snapshot.db",
            says: ["it is a tar archive"],
            hints: "tar -xf"
        ),
        Broken(
            testDescription: "a tar.gz with the snapshot",
            layers: [],
            spoil: "tar -czf broken snapshot.db",
            says: ["it is a tar archive"],
            hints: "tar -xf"
        ),
        Broken(
            testDescription: "nothing, packed",
            layers: [],
            spoil: "gzip -c </dev/null >broken",
            says: ["is empty"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "nothing",
            layers: [],
            spoil: ": >broken",
            says: ["is empty"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "text, packed",
            layers: [],
            spoil: "yes '<html>' | head -n 99999 | zstd -qc >broken",
            says: ["is not an etcd snapshot", "<html>"],
            hints: "error page"
        ),
        Broken(
            testDescription: "half a snapshot, packed",
            layers: [],
            spoil: "head -c 200000 snapshot.db | gzip -c >broken",
            says: ["is truncated: 200000 bytes of"],
            hints: "fetch it again"
        ),
        Broken(
            testDescription: "a snapshot with a flipped byte, packed",
            layers: [],
            spoil: "printf x | dd of=snapshot.db bs=1 seek=300000 conv=notrunc 2>&1; "
                + "gzip -c snapshot.db >broken",
            says: ["is corrupt: its SHA-256 is"],
            hints: "do not restore it"
        ),
        Broken(
            testDescription: "a snapshot and far more, packed",
            layers: [],
            spoil: "(cat snapshot.db; head -c 60000000 /dev/zero) | gzip -1c >broken",
            says: ["does not end"],
            hints: "something else is behind it"
        ),
    ]

    @Test("that are broken are told for what they are", arguments: brokenOnes)
    func told(_ broken: Broken) async throws {
        let folder = try folder(SampleSnapshot.large())
        try pack(folder, broken.layers)
        try folder.sh(broken.spoil)
        let keys = LayerKeys(
            passphraseFile: broken.passphrase.map(folder.file),
            identities: broken.identities.map(folder.file)
        )
        let trouble = try await SourceTrouble { try await folder.prove("broken", keys) }
        for part in broken.says { #expect(trouble.fact.contains(part), "\(trouble.fact)") }
        #expect(trouble.fact.contains(folder.file("broken")))
        #expect(trouble.hint.contains(broken.hints), "\(trouble.hint)")
        #expect(try folder.stateFiles() == [])
    }

    @Test("that need a passphrase of age are refused before age waits for a terminal")
    func agePassphrase() async throws {
        let folder = try folder(SampleSnapshot.small())
        // age takes one from a terminal only, so its header is written here (C2SP age, scrypt)
        try folder.sh(
            "(printf 'age-encryption.org/v1\\n-> scrypt c2FsdA 18\\nxx\\n--- yy\\n') >locked"
        )
        let trouble = try await SourceTrouble { try await folder.prove("locked", keys(folder)) }
        #expect(trouble.fact.contains("locked with a passphrase by age"))
        #expect(trouble.hint.contains("age -d"))
    }

    @Test("name the package of a program that is missing", arguments: ["gzip", "gpg", "xz", "zip"])
    func missing(_ program: String) async throws {
        let folder = try folder(SampleSnapshot.small())
        try pack(folder, [program])
        let opening = folder.opening(.file(folder.file("packed")), environment: ["PATH": "/none"])
        let trouble = try await SourceTrouble { try await opening.prove() }
        let (binary, package) =
            ["gpg": ("gpg", "gnupg"), "xz": ("xz", "xz-utils"), "zip": ("funzip", "unzip")][program]
            ?? (program, program)
        #expect(trouble.fact.contains("needs the program \(binary), which is not installed"))
        #expect(trouble.hint.contains("apt install \(package)"))
    }
}
