import EtcdModel
import TestSupport
import Testing

/// The recorded segments are of m1 in test vector A.
@Suite("The identity in a write-ahead log")
struct WALIdentityTests {
    static let versions = ["3.4.23", "3.5.16"]

    private func head(_ version: String) throws -> [UInt8] {
        try Fixtures.bytes("wal/restored-m1-\(version).wal-head")
    }

    private let expected = WALIdentity(
        memberID: MemberID(rawValue: 0x2ada_36d1_1760_132e),
        clusterID: ClusterID(rawValue: 0xd368_b698_fee2_860e)
    )

    @Test("is the one that was predicted for the member", arguments: versions)
    func recorded(version: String) throws {
        #expect(WALIdentity(head: try head(version)) == expected)
    }

    @Test("is there once both records are, and not before", arguments: versions)
    func truncated(version: String) throws {
        let head = try head(version)
        let first = (0...head.count).first { WALIdentity(head: Array(head.prefix($0))) != nil }
        let needed = try #require(first)
        // a CRC record of 16 bytes, and metadata of 8 + 30 or so
        #expect((40...64).contains(needed))
        for count in needed...head.count {
            #expect(WALIdentity(head: Array(head.prefix(count))) == expected)
        }
    }

    @Test("is never another one, whatever bit is flipped", arguments: versions)
    func flippedBits(version: String) throws {
        let head = Array(try head(version).prefix(64))
        var refused = 0
        for place in head.indices {
            for bit in 0..<8 {
                var damaged = head
                damaged[place] ^= 1 << UInt8(bit)
                let identity = WALIdentity(head: damaged)
                #expect(identity == nil || identity == expected)
                refused += identity == nil ? 1 : 0
            }
        }
        #expect(refused > 200)
    }

    @Test("is not in something else")
    func garbage() {
        #expect(WALIdentity(head: []) == nil)
        #expect(WALIdentity(head: [1, 2, 3]) == nil)
        #expect(WALIdentity(head: Array(repeating: 0, count: 4096)) == nil)
        #expect(WALIdentity(head: Array(repeating: 0xFF, count: 4096)) == nil)
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let bytes = (0..<128).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(WALIdentity(head: bytes) == nil)
        }
    }

    /// Written by hand: `Record {type, crc, data}` behind its length.
    private func record(_ type: UInt8, crc: UInt32, _ data: [UInt8] = []) -> [UInt8] {
        var body: [UInt8] = [0x08, type, 0x10]
        var rest = crc
        while rest > 0x7F {
            body.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        body.append(UInt8(rest))
        if !data.isEmpty { body += [0x1A, UInt8(data.count)] + data }
        let padding = (8 - body.count % 8) % 8
        var field = [UInt8](repeating: 0, count: 8)
        field[0] = UInt8(body.count)
        if padding > 0 { field[7] = 0x80 | UInt8(padding) }
        return field + body + [UInt8](repeating: 0, count: padding)
    }

    private let metadata: [UInt8] = [0x08, 0x2A, 0x10, 0x99, 0x01]

    @Test("goes on from the checksum of the segment before")
    func laterSegment() {
        // CRC-32C of the metadata behind 0xE3069283, that of "123456789" (RFC 3720's check value)
        let before: UInt32 = 0xE306_9283
        let after = bitwiseCRC(Array("123456789".utf8) + metadata)
        let identity = WALIdentity(head: record(4, crc: before) + record(1, crc: after, metadata))
        #expect(identity?.memberID.rawValue == 42)
        #expect(identity?.clusterID.rawValue == 153)
        #expect(WALIdentity(head: record(4, crc: 0) + record(1, crc: after, metadata)) == nil)
        #expect(WALIdentity(head: record(4, crc: before) + record(1, crc: 0, metadata)) == nil)
        #expect(WALIdentity(head: record(1, crc: after, metadata)) == nil)
    }

    @Test("needs a CRC record first and both IDs")
    func incomplete() {
        let half: [UInt8] = [0x08, 0x2A]
        let whole = record(4, crc: 0) + record(1, crc: bitwiseCRC(metadata), metadata)
        #expect(WALIdentity(head: whole) != nil)
        #expect(
            WALIdentity(head: record(4, crc: 0) + record(1, crc: bitwiseCRC(half), half)) == nil
        )
        #expect(WALIdentity(head: record(4, crc: 0) + record(4, crc: 0)) == nil)
        #expect(WALIdentity(head: record(4, crc: 0) + record(2, crc: 0, metadata)) == nil)
    }

    /// CRC-32C from its definition, to compare with.
    private func bitwiseCRC(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
                crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1
            }
        }
    }
}
