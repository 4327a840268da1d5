import CChecksum

/// CRC-32C (RFC 3720, appendix B.4), which etcd's HashKV and its write-ahead log use.
struct CRC32C {
    private var running: UInt32
    /// Empty where the CPU has an instruction for it.
    private let table: [UInt32]

    /// - Parameters:
    ///   - before: the value of what came before, to go on from there.
    ///   - hasInstruction: false in a test of the table.
    init(
        after before: UInt32 = 0,
        hasInstruction: Bool = rekindle_crc32c_has_instruction() != 0
    ) {
        running = ~before
        if hasInstruction {
            table = []
        } else {
            var filled = [UInt32](repeating: 0, count: 256)
            rekindle_crc32c_table(&filled)
            table = filled
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        if table.isEmpty {
            running = rekindle_crc32c(running, base, bytes.count, nil)
        } else {
            running = table.withUnsafeBufferPointer { table in
                rekindle_crc32c(running, base, bytes.count, table.baseAddress)
            }
        }
    }

    var value: UInt32 { ~running }

    static func of(_ bytes: ArraySlice<UInt8>, after before: UInt32 = 0) -> UInt32 {
        var crc = CRC32C(after: before)
        bytes.withUnsafeBytes { crc.update($0) }
        return crc.value
    }
}
