/// Whose write-ahead log it is, from the metadata record at the head of every segment.
///
/// Format: server/storage/wal/{decoder,encoder}.go and walpb/record.proto of 3.5: a little-endian
/// length field, then a `Record {type, crc, data}`; type 1 is `Metadata {NodeID, ClusterID}`.
package struct WALIdentity: Sendable, Hashable, Codable {
    package var memberID: MemberID
    package var clusterID: ClusterID

    package init(memberID: MemberID, clusterID: ClusterID) {
        self.memberID = memberID
        self.clusterID = clusterID
    }

    /// nil where no metadata record stands in the first bytes of the segment.
    package init?(head: [UInt8]) {
        var offset = 0
        // the CRC record is first and metadata second; a few more cannot hurt
        for _ in 0..<4 {
            guard offset + 8 <= head.count else { return nil }
            let field = head[offset..<(offset + 8)].reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            // the top byte says how many bytes pad the record to eight; the rest is its length
            let padding = field >> 63 == 1 ? Int((field >> 56) & 0x7) : 0
            let length = Int(field & ((1 << 56) - 1))
            offset += 8
            guard length > 0, length <= head.count - offset else { return nil }
            var record = ProtobufReader(head[offset..<(offset + length)])
            if let fields = record.fields(), fields[1] == .varint(1),
                case .bytes(let data)? = fields[3]
            {
                var metadata = ProtobufReader(data)
                guard let ids = metadata.fields(), case .varint(let node)? = ids[1],
                    case .varint(let cluster)? = ids[2]
                else { return nil }
                self.init(
                    memberID: MemberID(rawValue: node),
                    clusterID: ClusterID(rawValue: cluster)
                )
                return
            }
            offset += length + padding
        }
        return nil
    }
}

/// As much of protobuf as etcd's small records need.
private struct ProtobufReader {
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
            guard let tag = varint() else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = varint() else { return nil }
                fields[Int(tag >> 3)] = .varint(value)
            case 2:
                guard let length = varint(), length <= UInt64(rest.count) else { return nil }
                fields[Int(tag >> 3)] = .bytes(rest.prefix(Int(length)))
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
        }
        return fields
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
