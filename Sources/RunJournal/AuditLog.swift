internal import Glibc

/// What was done to backups, for good: a hash-chained journal of this state directory.
///
/// It is only ever appended to; its format is that of a run's journal.
package struct AuditLog: Sendable {
    private let directory: RunDirectory

    package init(in state: StateDirectory) {
        directory = RunDirectory(id: "audit", in: state.path)
    }

    package var path: String { directory.journalPath }

    /// Everything that was written, with its chain checked; nothing where there is no log.
    /// - Throws: `JournalFault` or `SystemFailure`.
    package func records<Event: Decodable>(
        _ event: Event.Type = Event.self
    ) throws -> [JournalRecord<Event>] {
        guard access(directory.journalPath, F_OK) == 0 else { return [] }
        return try directory.readJournal(event).records
    }

    /// Appends lines; when it returns they survive a power failure.
    ///
    /// Waits a few seconds for another process that appends.
    /// - Throws: `JournalFault`, `SystemFailure` or `RunLockHeld`.
    package func append<Event: Codable & Sendable>(_ events: [Event]) async throws {
        guard !events.isEmpty else { return }
        try Directory.make(directory.path)
        let writer = try writer(for: Event.self, lock: try await lock())
        for event in events { try await writer.append(event) }
    }

    private func writer<Event: Codable & Sendable>(
        for event: Event.Type,
        lock: consuming RunLock
    ) throws -> JournalWriter<Event> {
        guard access(directory.journalPath, F_OK) == 0 else {
            return try directory.beginJournal(event, lock: lock)
        }
        let contents = try directory.readJournal(event)
        guard contents.torn.isEmpty else {
            return try directory.reopenJournal(event, lock: lock).writer
        }
        let storage = try FileStorage(directory.journalPath, isNew: false)
        return JournalWriter(storage, after: contents.head, lock: lock)
    }

    private func lock() async throws -> RunLock {
        for _ in 0..<100 {
            if let lock = try? RunLock(directory) { return lock }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try RunLock(directory)
    }
}
