/// bcrypt_pbkdf, with which OpenSSH makes a key out of a passphrase (OpenBSD bcrypt_pbkdf(3)).
enum BcryptKDF {
    private static let hashSize = 32

    /// Makes `count` bytes of key in at least 1 round; ssh-keygen writes 16 where it is not told.
    static func key(passphrase: [UInt8], salt: [UInt8], rounds: Int, count: Int) -> [UInt8] {
        let hashedPassphrase = Digest.sha512(passphrase)
        let blocks = (count + hashSize - 1) / hashSize
        var key = [UInt8](repeating: 0, count: count)
        for block in 1...blocks {
            var counted = WireWriter()
            counted.uint32(UInt32(block))
            var round = hash(hashedPassphrase, Digest.sha512(salt + counted.bytes))
            var sum = round
            for _ in 1..<max(rounds, 1) {
                round = hash(hashedPassphrase, Digest.sha512(round))
                for index in sum.indices { sum[index] ^= round[index] }
            }
            // The blocks are interleaved, so that no part of the key is cheaper than the rest.
            for (index, byte) in sum.enumerated() {
                let place = index * blocks + block - 1
                if place < count { key[place] = byte }
            }
        }
        return key
    }

    private static func hash(_ passphrase: [UInt8], _ salt: [UInt8]) -> [UInt8] {
        var cipher = Blowfish()
        cipher.expand(key: passphrase, salt: salt)
        for _ in 0..<64 {
            cipher.expand(key: salt, salt: nil)
            cipher.expand(key: passphrase, salt: nil)
        }
        var words = Blowfish.words(Array("OxychromaticBlowfishSwatDynamite".utf8))
        for index in stride(from: 0, to: words.count, by: 2) {
            for _ in 0..<64 {
                (words[index], words[index + 1]) = cipher.encrypted(words[index], words[index + 1])
            }
        }
        // Little-endian, unlike everything else here.
        return words.flatMap { word in
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }
}

/// Blowfish with the expensive key schedule of bcrypt (Provos and Mazières 1999).
private struct Blowfish {
    private var subkeys = BlowfishTables.subkeys
    private var boxes = BlowfishTables.boxes

    static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// Mixes a key into the state; without a salt, as with one of zeros.
    mutating func expand(key: [UInt8], salt: [UInt8]?) {
        let keyWords = Self.words(key)
        for index in subkeys.indices { subkeys[index] ^= keyWords[index % keyWords.count] }
        let saltWords = Self.words(salt ?? [])
        var next = 0
        var left: UInt32 = 0
        var right: UInt32 = 0
        func mixSalt() {
            guard !saltWords.isEmpty else { return }
            left ^= saltWords[next % saltWords.count]
            right ^= saltWords[(next + 1) % saltWords.count]
            next += 2
        }
        for index in stride(from: 0, to: subkeys.count, by: 2) {
            mixSalt()
            (left, right) = encrypted(left, right)
            subkeys[index] = left
            subkeys[index + 1] = right
        }
        for index in stride(from: 0, to: boxes.count, by: 2) {
            mixSalt()
            (left, right) = encrypted(left, right)
            boxes[index] = left
            boxes[index + 1] = right
        }
    }

    func encrypted(_ left: UInt32, _ right: UInt32) -> (UInt32, UInt32) {
        var (near, far) = (left ^ subkeys[0], right)
        for round in 1...16 {
            let mixed =
                (boxes[Int(near >> 24)] &+ boxes[256 + Int(near >> 16 & 0xFF)]
                    ^ boxes[512 + Int(near >> 8 & 0xFF)]) &+ boxes[768 + Int(near & 0xFF)]
            (near, far) = (far ^ mixed ^ subkeys[round], near)
        }
        return (far ^ subkeys[17], near)
    }
}
