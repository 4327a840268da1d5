/// As much of protobuf as etcd's small records need.
struct ProtobufReader {
    enum Value: Hashable {
        case varint(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Field number to value, the last of a repeated one; nil where the bytes are no message.
    mutating func fields() -> [Int: Value]? {
        var fields: [Int: Value] = [:]
        while !rest.isEmpty {
            guard let (number, value) = next() else { return nil }
            fields[number] = value
        }
        return fields
    }

    /// The next field, so that all of a repeated one can be had; nil at the end, and where the bytes are
    /// no message.
    mutating func next() -> (number: Int, value: Value)? {
        guard let tag = varint() else { return nil }
        switch tag & 7 {
        case 0:
            guard let value = varint() else { return nil }
            return (Int(tag >> 3), .varint(value))
        case 2:
            guard let length = varint(), length <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return (Int(tag >> 3), .bytes(rest.prefix(Int(length))))
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
