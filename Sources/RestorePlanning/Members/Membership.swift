package import EtcdModel

/// Who belongs to a cluster, and which alarms are raised, as one of its members told.
package struct Membership: Sendable, Hashable {
    package var list: MemberList
    package var alarms: [RaisedAlarm]

    package init(list: MemberList, alarms: [RaisedAlarm] = []) {
        self.list = list
        self.alarms = alarms
    }

    /// Reads what `MembershipScript` prints; nil where the member did not tell all of it.
    package init?(_ output: String) {
        self.init(KeyedLines(output))
    }

    init?(_ lines: KeyedLines) {
        guard let list = MemberList(output: Array((lines["members"] ?? "").utf8)),
            let alarms = AlarmList.raised(Array((lines["alarms"] ?? "").utf8))
        else { return nil }
        self.init(list: list, alarms: alarms)
    }
}
