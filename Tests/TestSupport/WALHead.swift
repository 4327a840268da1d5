package import EtcdModel
import Synchronization

/// The first two records of a WAL segment, as etcd writes them: the CRC and the metadata.
package enum WALHead {
    package static func bytes(_ identity: WALIdentity) -> [UInt8] {
        made.withLock { made in
            if let bytes = made[identity] { return bytes }
            let bytes = make(identity)
            made[identity] = bytes
            return bytes
        }
    }

    /// Model hosts are looked at a hundred thousand times.
    private static let made = Mutex<[WALIdentity: [UInt8]]>([:])

    private static func make(_ identity: WALIdentity) -> [UInt8] {
        let metadata =
            [0x08] + varint(identity.memberID.rawValue) + [0x10]
            + varint(identity.clusterID.rawValue)
        return record([0x08, 0x04, 0x10, 0x00])
            + record(
                [0x08, 0x01, 0x10] + varint(UInt64(checksum(metadata)))
                    + [0x1A, UInt8(metadata.count)] + metadata
            )
    }

    /// CRC-32C, bit by bit (RFC 3720, B.4).
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
                sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1
            }
        }
    }

    /// The length in little-endian order, its top byte telling the padding; then the padding.
    private static func record(_ bytes: [UInt8]) -> [UInt8] {
        let padding = (8 - bytes.count % 8) % 8
        var field = UInt64(bytes.count)
        if padding > 0 { field |= UInt64(0x80 | padding) << 56 }
        return (0..<8).map { UInt8(truncatingIfNeeded: field >> ($0 * 8)) } + bytes
            + [UInt8](repeating: 0, count: padding)
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
