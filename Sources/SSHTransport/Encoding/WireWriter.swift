/// Puts SSH's binary values together (RFC 4251 §5).
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func uint32(_ value: UInt32) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func string(_ value: some Collection<UInt8>) {
        uint32(UInt32(value.count))
        bytes += value
    }

    /// A number that is not negative, from its big-endian bytes.
    mutating func mpint(_ magnitude: some Collection<UInt8>) {
        let digits = Array(magnitude.drop { $0 == 0 })
        // The top bit is the sign, so a magnitude that has it gets a zero in front.
        string((digits.first ?? 0) & 0x80 == 0 ? digits : [0] + digits)
    }
}
