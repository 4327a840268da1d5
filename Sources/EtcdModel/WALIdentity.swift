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
