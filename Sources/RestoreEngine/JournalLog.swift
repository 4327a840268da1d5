package import RestoreRun
package import RunJournal

/// The durable log of a run, as the recorder sees it.
package struct JournalLog: EventLog {
    private let writer: JournalWriter<RunEvent>

    package init(_ writer: JournalWriter<RunEvent>) {
        self.writer = writer
    }

    package func append(_ event: RunEvent) async throws -> Recorded {
        let record = try await writer.append(event)
        return Recorded(at: Double(record.at.milliseconds) / 1000, sequence: record.seq)
    }
}

extension RunState {
    /// The fold over a journal.
    /// - Throws: `IllegalTransition` where the events cannot have followed on one another.
    package init(_ contents: JournalContents<RunEvent>) throws(IllegalTransition) {
        self.init()
        for record in contents.records {
            try apply(record.event, at: Double(record.at.milliseconds) / 1000)
        }
    }
}
