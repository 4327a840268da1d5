import Foundation
import Testing

@testable import SSHTransport

@Suite("Private key files", .enabled(if: LocalSSHD.isAvailable, "needs ssh-keygen"))
struct PrivateKeyFileTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let title: String
        /// For ssh-keygen.
        let arguments: [String]
        var testDescription: String { title }

        static let types: [(String, [String])] = [
            ("ed25519", ["-t", "ed25519"]), ("RSA", ["-t", "rsa", "-b", "2048"]),
            ("P-256", ["-t", "ecdsa", "-b", "256"]), ("P-384", ["-t", "ecdsa", "-b", "384"]),
            ("P-521", ["-t", "ecdsa", "-b", "521"]),
        ]
        static let all: [Kind] =
            types.map { Kind(title: $0.0, arguments: $0.1) }
            + types.dropFirst().flatMap { title, arguments in
                ["PEM", "PKCS8"].map { format in
                    Kind(title: "\(title) as \(format)", arguments: arguments + ["-m", format])
                }
            }
    }

    /// Makes a key with one bcrypt round: the default 16 take a debug build too long.
    private static func withKey<Value>(
        _ kind: Kind,
        passphrase: String = "",
        _ body: (_ path: String, _ publicLine: String) throws -> Value
    ) throws -> Value {
        try TemporaryDirectory.with { directory in
            let path = directory.appending(path: "id").path
            try Tool.run(
                "/usr/bin/ssh-keygen",
                ["-q", "-a", "1", "-N", passphrase, "-f", path] + kind.arguments
            )
            return try body(path, try String(contentsOfFile: path + ".pub", encoding: .utf8))
        }
    }

    @Test(
        "keys of every type and format are read, and sign what ssh-keygen verifies",
        arguments: Kind.all
    )
    func readAndSign(_ kind: Kind) throws {
        try Self.withKey(kind) { path, publicLine in
            let file = try PrivateKeyFile(path: path)
            #expect(!file.needsPassphrase)
            let key = try file.unlocked(with: nil)
            #expect(Base64.encode(key.publicBlob) == publicLine.split(separator: " ")[1])
            #expect(file.publicBlob == key.publicBlob)
            try Self.expectSSHKeygenVerifies(key, publicLine, beside: path)
        }
    }

    @Test("a passphrase unlocks, and a wrong one is told apart", arguments: Kind.all)
    func passphrase(_ kind: Kind) throws {
        try Self.withKey(kind, passphrase: "correct horse") { path, publicLine in
            let file = try PrivateKeyFile(path: path)
            #expect(file.needsPassphrase)
            // Known without the passphrase, so that it can be offered before anybody is asked.
            #expect(file.publicBlob != nil)
            #expect(throws: KeyFileProblem.passphraseNeeded) { try file.unlocked(with: nil) }
            #expect(throws: KeyFileProblem.wrongPassphrase) { try file.unlocked(with: "wrong") }
            let key = try file.unlocked(with: "correct horse")
            try Self.expectSSHKeygenVerifies(key, publicLine, beside: path)
        }
    }

    @Test("several bcrypt rounds, the older cipher, and one that is not supported")
    func otherCiphers() throws {
        for arguments in [["-Z", "aes256-cbc", "-a", "2"], ["-a", "3"]] {
            let kind = Kind(title: "", arguments: ["-t", "ed25519"] + arguments)
            try Self.withKey(kind, passphrase: "x") { path, _ in
                _ = try PrivateKeyFile(path: path).unlocked(with: "x")
            }
        }
        let kind = Kind(title: "", arguments: ["-t", "ed25519", "-Z", "aes256-gcm@openssh.com"])
        try Self.withKey(kind, passphrase: "x") { path, _ in
            let file = try PrivateKeyFile(path: path)
            #expect(throws: KeyFileProblem.unsupported("cipher aes256-gcm@openssh.com")) {
                try file.unlocked(with: "x")
            }
        }
    }

    @Test("a key that others may read is refused, as ssh does")
    func tooOpen() throws {
        try Self.withKey(Kind(title: "", arguments: ["-t", "ed25519"])) { path, _ in
            chmod(path, 0o644)
            try FileManager.default.removeItem(atPath: path + ".pub")
            #expect(throws: KeyFileProblem.tooOpen(0o644)) { try PrivateKeyFile(path: path) }
        }
    }

    @Test("a missing file, a directory, text and a damaged key are each said to be that")
    func unusable() throws {
        try TemporaryDirectory.with { directory in
            let path = directory.appending(path: "id").path
            #expect(throws: KeyFileProblem.unreadable("no such file or directory")) {
                try PrivateKeyFile(path: path)
            }
            #expect(throws: KeyFileProblem.unreadable("it is not a file")) {
                try PrivateKeyFile(path: directory.path)
            }
            let body = Base64.encode(Array("openssh-key-v1\0".utf8) + [0, 0, 0, 9])
            let texts: [(String, KeyFileProblem)] = [
                ("hello", .notAPrivateKey), (Self.wrapped("!!"), .damaged("not Base64")),
                (Self.wrapped("AAAA"), .damaged("no magic")),
                (Self.wrapped(body), .damaged("it ends too early")),
            ]
            for (text, problem) in texts {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                chmod(path, 0o600)
                #expect(throws: problem) { try PrivateKeyFile(path: path) }
            }
        }
    }

    @Test("a key cut short anywhere is damaged, never accepted and never a crash")
    func truncated() throws {
        try Self.withKey(Kind(title: "", arguments: ["-t", "ed25519"])) { path, _ in
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let bytes = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
            for count in stride(from: 0, to: bytes.count - 40, by: 3) {
                let text = Self.wrapped(Base64.encode(Array(bytes.prefix(count))))
                #expect(throws: KeyFileProblem.self) {
                    try OpenSSHPrivateKey(text).unlocked(with: nil)
                }
            }
        }
    }

    private static func wrapped(_ body: String) -> String {
        "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----\n"
    }

    /// Wraps the signature as OpenSSH's PROTOCOL.sshsig says, and has ssh-keygen verify it.
    private static func expectSSHKeygenVerifies(
        _ key: SigningKey,
        _ publicLine: String,
        beside path: String
    ) throws {
        var signed = WireWriter()
        for part in [
            Array("test".utf8), [], Array("sha512".utf8), Digest.sha512(Array("data".utf8)),
        ] {
            signed.string(part)
        }
        let signature = try #require(key.signature(of: Array("SSHSIG".utf8) + signed.bytes))
        let type = try #require(HostKey(blob: key.publicBlob)).type
        var inner = WireWriter()
        inner.string(Array((type == "ssh-rsa" ? "rsa-sha2-512" : type).utf8))
        inner.string(signature)
        var outer = WireWriter()
        outer.uint32(1)
        for part in [key.publicBlob, Array("test".utf8), [], Array("sha512".utf8), inner.bytes] {
            outer.string(part)
        }
        let armored =
            "-----BEGIN SSH SIGNATURE-----\n\(Base64.encode(Array("SSHSIG".utf8) + outer.bytes))\n"
            + "-----END SSH SIGNATURE-----\n"
        try armored.write(toFile: path + ".sig", atomically: true, encoding: .utf8)
        try "me \(publicLine)".write(toFile: path + ".allowed", atomically: true, encoding: .utf8)
        try Tool.run(
            "/usr/bin/ssh-keygen",
            [
                "-Y", "verify", "-f", path + ".allowed", "-I", "me", "-n", "test", "-s",
                path + ".sig",
            ],
            input: "data"
        )
    }
}
