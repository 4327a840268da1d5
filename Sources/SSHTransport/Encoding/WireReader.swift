/// Takes SSH's binary values apart (RFC 4251 §5).
struct WireReader {
    struct Truncated: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) {
        rest = Array(bytes)[...]
    }

    mutating func byte() throws(Truncated) -> UInt8 {
        guard let first = rest.popFirst() else { throw Truncated() }
        return first
    }

    mutating func bytes(_ count: Int) throws(Truncated) -> [UInt8] {
        guard count >= 0, rest.count >= count else { throw Truncated() }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func uint32() throws(Truncated) -> UInt32 {
        try bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A length and that many bytes; an `mpint` has the same shape.
    mutating func string() throws(Truncated) -> [UInt8] {
        try bytes(Int(uint32()))
    }

    mutating func text() throws(Truncated) -> String {
        String(decoding: try string(), as: UTF8.self)
    }
}
