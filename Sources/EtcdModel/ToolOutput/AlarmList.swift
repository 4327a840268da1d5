/// The alarms in `etcdctl alarm list -w json`.
package enum AlarmList {
    /// Their names, sorted, each once; nil where the output is none.
    package static func names(_ output: [UInt8]) -> [String]? {
        guard let answer = ToolJSON.decode(Answer.self, output) else { return nil }
        return Set((answer.alarms ?? []).map { name($0.alarm ?? 0) }).sorted()
    }

    /// api/etcdserverpb/rpc.proto of 3.5, `AlarmType`.
    package static func name(_ type: Int) -> String {
        switch type {
        case 1: "NOSPACE"
        case 2: "CORRUPT"
        default: "alarm \(type)"
        }
    }

    private struct Answer: Decodable {
        var header: ResponseHeader
        var alarms: [Alarm]?
    }

    private struct Alarm: Decodable {
        var alarm: Int?
    }
}
