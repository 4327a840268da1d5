/// The alarms in `etcdctl alarm list -w json`.
package enum AlarmList {
    /// Their names, sorted, each once; nil where the output is none.
    package static func names(_ output: [UInt8]) -> [String]? {
        raised(output).map { Set($0.map(\.name)).sorted() }
    }

    /// Each alarm with the member that raised it; nil where the output is none.
    package static func raised(_ output: [UInt8]) -> [RaisedAlarm]? {
        guard let answer = ToolJSON.decode(Answer.self, output) else { return nil }
        return (answer.alarms ?? []).map {
            RaisedAlarm(
                name: name($0.alarm ?? 0),
                member: MemberID(rawValue: $0.memberID ?? 0)
            )
        }
    }

    /// api/etcdserverpb/rpc.proto of 3.5, `AlarmType`.
    package static func name(_ type: Int) -> String {
        switch type {
        case 1: "NOSPACE"
        case 2: "CORRUPT"
        default: "alarm \(type)"
        }
    }

    /// 3.4 prints no header, so that no alarm at all is `{}`; any other object without either of
    /// the two is no answer, but a line of a log.
    private struct Answer: Decodable {
        var alarms: [Alarm]?

        private enum Keys: String, CodingKey { case header, alarms }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            alarms = try container.decodeIfPresent([Alarm].self, forKey: .alarms)
            guard alarms == nil, !container.contains(.header) else { return }
            guard try decoder.singleValueContainer().decode([String: Anything].self).isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .alarms,
                    in: container,
                    debugDescription: "it is no list of alarms"
                )
            }
        }
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private struct Alarm: Decodable {
        var memberID: UInt64?
        var alarm: Int?
    }
}

/// One alarm of one member.
package struct RaisedAlarm: Sendable, Hashable {
    /// `NOSPACE` or `CORRUPT`.
    package var name: String
    package var member: MemberID

    package init(name: String, member: MemberID) {
        self.name = name
        self.member = member
    }
}
