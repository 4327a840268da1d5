/// One event of a run as the journal holds it.
package struct JournalRecord<Event> {
    /// From 1, without gaps; 0 is the header's.
    package var seq: Int
    package var at: JournalTime
    package var event: Event
    /// Of this record's line, and so of everything before it; lower-case hex.
    package var hash: String

    package init(seq: Int, at: JournalTime, event: Event, hash: String) {
        self.seq = seq
        self.at = at
        self.event = event
        self.hash = hash
    }
}

extension JournalRecord: Sendable where Event: Sendable {}
extension JournalRecord: Equatable where Event: Equatable {}

/// Where a journal ends: what the next record follows.
package struct JournalHead: Sendable, Hashable {
    package var seq: Int
    /// An auditor who noted it can tell later that nothing before it was changed.
    package var hash: String

    package init(seq: Int, hash: String) {
        self.seq = seq
        self.hash = hash
    }
}

/// A journal that was read and found good.
package struct JournalContents<Event> {
    package var run: String
    package var records: [JournalRecord<Event>]
    package var head: JournalHead
    /// Bytes up to the end of the last good line.
    package var length: Int
    /// What follows: a line that was being written when the coordinator died, never acknowledged.
    package var torn: [UInt8]

    package init(
        run: String,
        records: [JournalRecord<Event>],
        head: JournalHead,
        length: Int,
        torn: [UInt8]
    ) {
        self.run = run
        self.records = records
        self.head = head
        self.length = length
        self.torn = torn
    }
}

extension JournalContents: Sendable where Event: Sendable {}
extension JournalContents: Equatable where Event: Equatable {}
