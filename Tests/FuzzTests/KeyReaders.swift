import Foundation

@testable import SSHTransport

extension FuzzReader {
    /// What ssh keeps in files.
    static let keys: [FuzzReader] = [
        FuzzReader(
            "known_hosts",
            dictionary: [
                "@revoked ", "@cert-authority ", "*", "?", "!", "|1|", "[::1]:22", "*.example.com",
                "ssh-ed25519 ", "ssh-rsa ", "AAAA", String(repeating: "*?", count: 500),
            ],
            samples: { [Array(knownHosts.utf8)] }
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            var hosts = KnownHosts()
            hosts.read(text, file: "f")
            let lines = 1 + text.count { $0.isNewline }
            for place in hosts.badLines + hosts.entries.map(\.place) {
                try require((1...lines).contains(place.line), "\(place) of \(lines) lines")
            }
            let key = hosts.entries.first?.key
            for host in ["etcd-1", "10.0.0.1", String(repeating: "a", count: 300)] {
                _ = hosts.keyTypes(of: host, port: 2222)
                if let key { _ = hosts.verdict(on: key, of: host, port: 22) }
            }
            return hosts.badLines.isEmpty ? .accepted : .refused
        },
        FuzzReader(
            "OpenSSH private key",
            dictionary: ["-----BEGIN OPENSSH PRIVATE KEY-----", "AAAA", "/////w==", "===="],
            samples: { keyTypes.map { Array(armored($0).utf8) } }
        ) { bytes in
            try open { try OpenSSHPrivateKey(String(decoding: bytes, as: UTF8.self)) }
        },
        FuzzReader(
            "the inside of an OpenSSH private key",
            dictionary: [
                "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "nistp521", "none", "bcrypt",
            ],
            samples: { keyTypes.map(inside) }
        ) { bytes in
            try open { try OpenSSHPrivateKey(armored(bytes)) }
        },
        FuzzReader(
            "PEM private key",
            dictionary: [
                "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "Proc-Type: 4,ENCRYPTED\n",
                "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n",
            ],
            samples: { [Array(pem.utf8)] }
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(KeyFileProblem) {
                _ = try PEMPrivateKey.unlocked(text, with: nil)
                return .accepted
            } catch .passphraseNeeded {
                _ = try? PEMPrivateKey.unlocked(text, with: "wrong")
                return .refused
            } catch {
                return .refused
            }
        },
    ]

    private static func open(_ make: () throws -> OpenSSHPrivateKey) throws -> Outcome {
        do {
            let key = try make()
            // deriving a key from a passphrase is slow on purpose
            let signing = try key.unlocked(with: nil)
            try require(signing.publicBlob == key.publicBlob, "another public key")
            return .accepted
        } catch let broken as Broken {
            throw broken
        } catch is KeyFileProblem {
            return .refused
        }
    }

    // MARK: samples, made of counted bytes: no key of anybody's

    private static let keyTypes = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"]

    private static let pem: String = {
        let der = PrivateKeyDER.ed25519(seed: Array(1...32))
        return "-----BEGIN PRIVATE KEY-----\n\(Base64.encode(der))\n-----END PRIVATE KEY-----\n"
    }()

    private static let knownHosts: String = {
        let entry = "\(TestHostKey.type) \(Base64.encode(TestHostKey.blob))"
        let salt = Base64.encode(Array(1...20))
        return """
            # a comment
            etcd-1,10.0.0.1 \(entry)
            [etcd-2]:2222 \(entry) ops@laptop
            *.example.com,!bad.example.com \(entry)
            |1|\(salt)|\(salt) \(entry)
            @revoked * \(entry)

            """
    }()

    private enum TestHostKey {
        static let type = "ssh-ed25519"
        static let blob: [UInt8] = {
            var writer = WireWriter()
            writer.string(Array(type.utf8))
            writer.string(Array(1...32))
            return writer.bytes
        }()
    }

    private static func armored(_ type: String) -> String { armored(inside(type)) }

    private static func armored(_ bytes: [UInt8]) -> String {
        "-----BEGIN OPENSSH PRIVATE KEY-----\n\(Base64.encode(bytes))\n"
            + "-----END OPENSSH PRIVATE KEY-----\n"
    }

    private static func inside(_ type: String) -> [UInt8] {
        var key = WireWriter()
        key.uint32(7)
        key.uint32(7)
        key.string(Array(type.utf8))
        switch type {
        case "ssh-ed25519":
            key.string(Array(1...32))
            key.string(Array(1...64))
        case "ssh-rsa":
            for number: [UInt8] in [[0x23], [3], [7], [2], [7], [5]] { key.string(number) }
        default:
            key.string(Array("nistp256".utf8))
            key.string([4] + Array(1...64))
            key.string(Array(1...32))
        }
        key.string(Array("ops@laptop".utf8))
        var file = WireWriter()
        file.string(Array("none".utf8))
        file.string(Array("none".utf8))
        file.string([])
        file.uint32(1)
        file.string(TestHostKey.blob)
        file.string(key.bytes)
        return Array("openssh-key-v1\0".utf8) + file.bytes
    }
}
