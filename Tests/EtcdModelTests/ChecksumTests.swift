import TestSupport
import Testing

@testable import EtcdModel

@Suite("Checksums and sets of keys")
struct ChecksumTests {
    private func crc(_ bytes: [UInt8], hasInstruction: Bool, pieces: Int = 1) -> UInt32 {
        var crc = CRC32C(hasInstruction: hasInstruction)
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                let piece = bytes[start..<min(start + pieces, bytes.count)]
                crc.update(UnsafeRawBufferPointer(rebasing: piece))
            }
        }
        return crc.value
    }

    /// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
    @Test(
        "CRC-32C is that of the RFC",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            ([], 0),
        ] as [([UInt8], UInt32)]
    )
    func vectors(bytes: [UInt8], expected: UInt32) {
        #expect(crc(bytes, hasInstruction: false) == expected)
        #expect(CRC32C.of(bytes[...]) == expected)
    }

    @Test("CRC-32C is the same by the table and by the CPU, in whatever pieces")
    func pieces() {
        var random = SeededRandom(seed: 6)
        let bytes = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = crc(bytes, hasInstruction: false, pieces: 1000)
        for size in [1, 3, 7, 8, 9, 64, 999] {
            #expect(crc(bytes, hasInstruction: false, pieces: size) == whole)
            #expect(
                CRC32C.of(bytes[size...], after: CRC32C.of(bytes[..<size])) == whole
            )
        }
    }

    @Test("a set of keys tells each once, up to its last place", arguments: [0, 1, 10, 20_000])
    func seenKeys(count: Int) {
        var seen = SeenKeys(capacity: count)
        func insert(_ number: Int) -> Bool {
            Array("/registry/\(number)".utf8).withUnsafeBytes { seen.insert($0) }
        }
        #expect((0..<count).allSatisfy { insert($0) })
        #expect(!(0..<count).contains { insert($0) })
    }

    @Test("the empty key is one like others")
    func emptyKey() {
        var seen = SeenKeys(capacity: 2)
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        let first = seen.insert(empty)
        let second = seen.insert(empty)
        #expect(first && !second)
    }
}
