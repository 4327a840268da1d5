/// Whose write-ahead log it is, from the metadata record at the head of every segment.
///
/// Format: server/storage/wal/{decoder,encoder}.go and walpb/record.proto of 3.5: a little-endian
/// length field, then a `Record {type = 1, crc = 2, data = 3}`, padded to eight bytes. The first
/// record is of type 4 and holds the CRC-32C that the segment before ended with, the second is of
/// type 1 and holds `Metadata {NodeID = 1, ClusterID = 2}`; its CRC goes on from the first one's.
package struct WALIdentity: Sendable, Hashable, Codable {
    package var memberID: MemberID
    package var clusterID: ClusterID

    package init(memberID: MemberID, clusterID: ClusterID) {
        self.memberID = memberID
        self.clusterID = clusterID
    }

    /// Reads the first bytes of a segment; 128 are enough.
    ///
    /// nil unless they are the two records that etcd writes there, with a right checksum.
    package init?(head: [UInt8]) {
        var rest = head[...]
        guard let seed = WALRecord(&rest), seed.type == 4,
            let metadata = WALRecord(&rest), metadata.type == 1,
            metadata.crc == CRC32C.of(metadata.data, after: seed.crc)
        else { return nil }
        var reader = ProtobufReader(metadata.data)
        guard let ids = reader.fields(), case .varint(let node)? = ids[1],
            case .varint(let cluster)? = ids[2]
        else { return nil }
        self.init(memberID: MemberID(rawValue: node), clusterID: ClusterID(rawValue: cluster))
    }
}

private struct WALRecord {
    var type: UInt64
    var crc: UInt32
    var data: ArraySlice<UInt8>

    /// Takes a record and its padding from the front; nil where there is no whole one.
    init?(_ bytes: inout ArraySlice<UInt8>) {
        guard bytes.count >= 8 else { return nil }
        let field = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // the top byte says how many bytes pad the record to eight; the rest is its length
        let padding = field >> 63 == 1 ? Int(field >> 56 & 0x7) : 0
        let length = Int(field & (1 << 56 - 1))
        bytes = bytes.dropFirst(8)
        guard length > 0, length <= bytes.count else { return nil }
        var reader = ProtobufReader(bytes.prefix(length))
        guard let fields = reader.fields(), case .varint(let type)? = fields[1],
            case .varint(let crc)? = fields[2], let crc = UInt32(exactly: crc)
        else { return nil }
        self.type = type
        self.crc = crc
        if case .bytes(let data)? = fields[3] { self.data = data } else { data = [] }
        bytes = bytes.dropFirst(length + padding)
    }
}
