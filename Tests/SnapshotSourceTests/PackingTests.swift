import EtcdModel
import Foundation
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import SnapshotSource

@Suite(
    "Packing a snapshot for its destination",
    .enabled(if: Tools.has("gzip", "zstd", "gpg", "age"), "needs gzip, zstd, gnupg and age")
)
struct PackingTests {
    init() {
        // as the program does: a packer that ended is told of by its last words
        signal(SIGPIPE, SIG_IGN)
    }

    private func packed(
        _ folder: SourceFolder,
        _ layers: [PackingLayer]
    ) throws -> (bytes: [UInt8], stream: PackingStream) {
        let stream = try PackingStream(
            try FileByteStream(path: folder.file("snapshot.db")),
            layers: layers,
            surroundings: SourceSurroundings(environment: folder.environment)
        )
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 10_000)
        while true {
            let count = try block.withUnsafeMutableBytes { try stream.read(into: $0) }
            if count == 0 { return (all, stream) }
            all += block.prefix(count)
        }
    }

    @Test("gives what a restore opens again, layer for layer")
    func roundTrip() async throws {
        let folder = try SourceFolder()
        // as a user who never had gpg make anything
        try folder.sh("rmdir gnupg")
        let bytes = try SampleSnapshot.large()
        try folder.write(bytes, to: "snapshot.db")
        try folder.write(Array("secret\n".utf8), to: "passphrase")
        for layers: [PackingLayer] in [
            [], [.gzip], [.zstd], [.gpgPassphrase(file: folder.file("passphrase"))],
            [.zstd, .gpgPassphrase(file: folder.file("passphrase"))],
        ] {
            let (packed, stream) = try packed(folder, layers)
            #expect(stream.bytes == UInt64(packed.count))
            #expect(stream.sha256() == SHA256Text.hex(of: packed))
            try folder.write(packed, to: "packed")
            let proven = try await folder.opening(
                .file(folder.file("packed")),
                LayerKeys(passphraseFile: folder.file("passphrase"))
            ).prove()
            #expect(proven.layers == layers.reversed().map(\.name))
            #expect(try proven.allBytes() == bytes)
        }
    }

    @Test("encrypts for keys, and nobody without the key opens it")
    func keys() async throws {
        let folder = try SourceFolder()
        let bytes = try SampleSnapshot.large()
        try folder.write(bytes, to: "snapshot.db")
        try folder.sh("age-keygen -o id 2>/dev/null && age-keygen -o other 2>/dev/null")
        try folder.sh("ssh-keygen -q -t ed25519 -N '' -C '' -f ssh")
        try folder.sh(
            "gpg --batch -q --passphrase '' --quick-gen-key rekindle@example.com rsa2048 encr never"
        )
        let age = try folder.sh("age-keygen -y id").trimmingCharacters(in: .whitespacesAndNewlines)
        let ssh = try folder.sh("cat ssh.pub").trimmingCharacters(in: .whitespacesAndNewlines)
        for (recipient, identity) in [(age, "id"), (ssh, "ssh"), ("rekindle@example.com", nil)] {
            let layer = PackingLayer(recipient: recipient)
            let (packed, _) = try packed(folder, [.zstd, layer])
            try folder.write(packed, to: "packed")
            let proven = try await folder.prove(
                "packed",
                LayerKeys(identities: [identity].compactMap { $0 }.map(folder.file))
            )
            #expect(proven.layers == [layer.name, "zstd"], "\(recipient)")
            #expect(try proven.allBytes() == bytes)
            if identity == nil {
                try folder.sh("gpgconf --kill all; rm -rf gnupg && mkdir -m 700 gnupg")
            }
            await #expect(throws: (any Error).self, "\(recipient)") {
                try await folder.prove("packed", LayerKeys(identities: [folder.file("other")]))
            }
        }
    }

    @Test("tells who cannot be encrypted for, and what is not installed")
    func failures() throws {
        let folder = try SourceFolder()
        try folder.write(try SampleSnapshot.large(), to: "snapshot.db")
        let unknown = #expect(throws: SourceFailure.self) {
            try packed(folder, [.gzip, .gpgRecipient("nobody@example.com")])
        }
        #expect(unknown?.fact == "gpg cannot encrypt for nobody@example.com")
        let missing = #expect(throws: SourceFailure.self) {
            try PackingStream(
                try FileByteStream(path: folder.file("snapshot.db")),
                layers: [.zstd],
                surroundings: SourceSurroundings(environment: ["PATH": "/nonexistent"])
            )
        }
        #expect(missing?.fact.contains("needs the program zstd") == true)
    }

    @Test("knows age's recipients from gpg's by how they begin")
    func recipients() {
        #expect(PackingLayer(recipient: "age1abc") == .ageRecipient("age1abc"))
        #expect(PackingLayer(recipient: "ssh-ed25519 AAAA") == .ageRecipient("ssh-ed25519 AAAA"))
        #expect(PackingLayer(recipient: "ops@example.com") == .gpgRecipient("ops@example.com"))
    }
}
