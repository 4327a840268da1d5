import EtcdModel
import FoundationEssentials

/// A recorded snapshot, as it is or with free pages behind its own.
enum SampleSnapshot {
    static func small() throws -> [UInt8] {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(folder)/EtcdModelTests/Fixtures/snapshots/busy-3.5.16.db"
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    private static let pageSize = 4096

    /// The same with a MiB of noise in pages that nobody uses, as deletions leave them.
    static func large() throws -> [UInt8] { try made.get() }

    /// Made once: a test's build is slow with bytes.
    private static let made = Result { try make(mebibytes: 1) }

    private static func make(mebibytes: Int) throws -> [UInt8] {
        var bytes = Array(try small().dropLast(32))
        var noise = UInt64(88_172_645_463_325_252)
        bytes.reserveCapacity(mebibytes << 20 + bytes.count)
        for _ in 0..<(mebibytes << 17) {
            // Marsaglia's xorshift64
            noise ^= noise << 13
            noise ^= noise >> 7
            noise ^= noise << 17
            withUnsafeBytes(of: noise) { bytes += $0 }
        }
        for page in 0..<2 {
            let meta = page * pageSize + 16
            put(UInt64(bytes.count / pageSize), at: meta + 40, in: &bytes)
            put(fnv1a(bytes[meta..<(meta + 56)]), at: meta + 56, in: &bytes)
        }
        return bytes + (Hex.bytes(SHA256Text.hex(of: bytes)) ?? [])
    }

    private static func put(_ value: UInt64, at offset: Int, in bytes: inout [UInt8]) {
        for index in 0..<8 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
    }

    private static func fnv1a(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
