import Testing

@testable import SSHTransport

@Suite("SSH's binary format")
struct WireFormatTests {
    @Test("what is written is read back")
    func roundTrip() throws {
        var writer = WireWriter()
        writer.byte(7)
        writer.uint32(0x0102_0304)
        writer.string(Array("text".utf8))
        var reader = WireReader(writer.bytes)
        #expect(try reader.byte() == 7)
        #expect(try reader.uint32() == 0x0102_0304)
        #expect(try reader.text() == "text")
        #expect(throws: WireReader.Truncated.self) { try reader.byte() }
    }

    @Test(
        "a number has no leading zeros, and one where its top bit is set (RFC 4251 §5)",
        arguments: [
            ([], [0, 0, 0, 0]), ([0, 0], [0, 0, 0, 0]), ([0x7F], [0, 0, 0, 1, 0x7F]),
            ([0x80], [0, 0, 0, 2, 0, 0x80]), ([0, 0, 1, 2], [0, 0, 0, 2, 1, 2]),
        ] as [([UInt8], [UInt8])]
    )
    func mpint(_ magnitude: [UInt8], _ written: [UInt8]) {
        var writer = WireWriter()
        writer.mpint(magnitude)
        #expect(writer.bytes == written)
    }

    @Test("a length beyond the end is an error, not a crash")
    func lengthBeyondEnd() {
        var reader = WireReader([0xFF, 0xFF, 0xFF, 0xFF, 1])
        #expect(throws: WireReader.Truncated.self) { try reader.string() }
    }

    @Test("an ECDSA signature turns from DER to SSH's two numbers")
    func ecdsa() {
        let der: [UInt8] = [0x30, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x05]
        #expect(SigningKey.sshECDSA(der) == [0, 0, 0, 2, 0, 0x80, 0, 0, 0, 1, 5])
        #expect(SigningKey.sshECDSA([0x31, 0x00]) == nil)
        #expect(SigningKey.sshECDSA(Array(der.dropLast())) == nil)
    }
}
