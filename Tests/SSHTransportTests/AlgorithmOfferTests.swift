import Testing

@testable import SSHTransport

@Suite("The offer of algorithms")
struct AlgorithmOfferTests {
    /// What a side sends first: its version, then its KEXINIT.
    static func firstBytes(
        lists: [String],
        preamble: String = "",
        messageType: UInt8 = 20
    ) -> [UInt8] {
        var payload = WireWriter()
        payload.byte(messageType)
        for cookie in UInt8(0)..<16 { payload.byte(cookie) }
        for list in lists { payload.string(Array(list.utf8)) }
        payload.byte(0)
        payload.uint32(0)
        let padding = 8 - (payload.bytes.count + 5) % 8 + 4
        var packet = WireWriter()
        packet.uint32(UInt32(payload.bytes.count + padding + 1))
        packet.byte(UInt8(padding))
        return Array("\(preamble)SSH-2.0-OpenSSH_9.2\r\n".utf8) + packet.bytes + payload.bytes
            + [UInt8](repeating: 0, count: padding)
    }

    static let lists = [
        "curve25519-sha256", "ssh-ed25519,rsa-sha2-512", "aes128-ctr", "aes128-ctr",
        "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", "",
    ]

    @Test("is read from the first bytes, after lines of text too")
    func read() throws {
        for preamble in ["", "hello\r\nworld\n"] {
            let bytes = Self.firstBytes(lists: Self.lists, preamble: preamble)
            let offer = try #require(AlgorithmOffer(firstBytes: bytes))
            #expect(offer.lists[.hostKey] == ["ssh-ed25519", "rsa-sha2-512"])
            #expect(offer.lists[.macToClient] == ["hmac-sha2-256"])
        }
    }

    @Test("is not made up from bytes that are cut short anywhere")
    func truncated() {
        let bytes = Self.firstBytes(lists: Self.lists)
        for count in 0..<bytes.count {
            #expect(AlgorithmOffer(firstBytes: Array(bytes.prefix(count))) == nil)
        }
    }

    @Test("is not read from another message or from nonsense")
    func nonsense() {
        let other = Self.firstBytes(lists: Self.lists, messageType: 1)
        #expect(AlgorithmOffer(firstBytes: other) == nil)
        let version = Array("SSH-2.0-x\r\n".utf8)
        #expect(AlgorithmOffer(firstBytes: version + [0, 0, 0, 1, 255, 0, 0]) == nil)
        #expect(AlgorithmOffer(firstBytes: version + [255, 255, 255, 255, 0]) == nil)
        #expect(AlgorithmOffer(firstBytes: Array("HTTP/1.1 400 Bad Request\r\n".utf8)) == nil)
    }

    @Test("shows what is missing, with the lists of both sides")
    func gaps() throws {
        var theirs = Self.lists
        theirs[2] = "chacha20-poly1305@openssh.com"
        theirs[4] = "hmac-sha2-256-etm@openssh.com"
        let ours = try #require(AlgorithmOffer(firstBytes: Self.firstBytes(lists: Self.lists)))
        let server = try #require(AlgorithmOffer(firstBytes: Self.firstBytes(lists: theirs)))
        #expect(ours.gaps(to: ours) == [])
        let gaps = ours.gaps(to: server)
        #expect(gaps.map(\.category) == [.cipherToServer, .macToServer])
        #expect(
            gaps.first?.description
                == "cipher to the server: the server offers chacha20-poly1305@openssh.com, "
                + "this side has aes128-ctr"
        )
    }
}
