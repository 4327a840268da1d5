import FoundationEssentials

/// What etcd's tools print with `-w json`.
enum ToolJSON {
    /// Decodes the last line that is JSON: warnings may stand before it.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard
            let line = lines.last(where: { line in
                line.first == UInt8(ascii: "{") || line.first == UInt8(ascii: "[")
            })
        else { return nil }
        return try? JSONDecoder().decode(type, from: Data(line))
    }
}

/// etcd's response header; IDs are numbers above 2^53, which only an integer holds.
struct ResponseHeader: Decodable {
    var cluster_id: UInt64?
    var member_id: UInt64?
    var revision: Int64?
    var raft_term: UInt64?
}
