import CChecksum

/// CRC-32C (RFC 3720, appendix B.4), which etcd's HashKV is.
struct CRC32C {
    private var running: UInt32 = .max
    /// Empty where the CPU has an instruction for it.
    private let table: [UInt32]

    init() {
        if rekindle_crc32c_has_instruction() != 0 {
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
}
