import Foundation

@testable import SSHTransport

/// Host keys that are only bytes; known_hosts never looks further.
enum TestKey {
    static let a = key("ssh-ed25519", 1)
    static let b = key("ssh-ed25519", 2)
    static let e = key("ecdsa-sha2-nistp256", 3)
    static let r = key("ssh-rsa", 4)

    private static func key(_ type: String, _ seed: UInt8) -> HostKey {
        var writer = WireWriter()
        writer.string(Array(type.utf8))
        writer.string([UInt8](repeating: seed, count: 32))
        guard let key = HostKey(blob: writer.bytes) else { preconditionFailure("not a key") }
        return key
    }

    /// Puts a type and a key where the text has the word `A`, `B`, `E` or `R`.
    static func expand(_ text: String) -> String {
        let keys = ["A": a, "B": b, "E": e, "R": r]
        var expanded = ""
        var word = ""
        func endWord() {
            let key = keys[word]
            expanded += key.map { "\($0.type) \(Base64.encode($0.blob))" } ?? word
            word = ""
        }
        for character in text {
            if character.isWhitespace {
                endWord()
                expanded.append(character)
            } else {
                word.append(character)
            }
        }
        endWord()
        return expanded
    }

    /// As `ssh-keygen -H` would write the name, with a fixed salt.
    static func hashed(_ name: String) -> String {
        let salt = [UInt8](1...20)
        let hash = Digest.hmacSHA1(key: salt, Array(name.utf8))
        return "|1|\(Base64.encode(salt))|\(Base64.encode(hash))"
    }
}
