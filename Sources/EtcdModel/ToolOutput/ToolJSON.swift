import FoundationEssentials

/// What etcd's tools print with `-w json`.
enum ToolJSON {
    /// Decodes the last line that is such an answer: warnings may stand around it, and those of
    /// 3.4 are JSON too.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
            guard line.first == UInt8(ascii: "{") || line.first == UInt8(ascii: "[") else {
                continue
            }
            if let value = try? JSONDecoder().decode(type, from: Data(line)) { return value }
        }
        return nil
    }
}

/// etcd's response header; IDs are numbers above 2^53, which only an integer holds.
struct ResponseHeader: Decodable {
    var cluster_id: UInt64?
    var member_id: UInt64?
    var revision: Int64?
    var raft_term: UInt64?
}
