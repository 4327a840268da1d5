internal import Glibc

extension RunDirectory {
    /// Begins the run's journal, and holds the run's lock from then on.
    ///
    /// - Throws: `SystemFailure`, also where there is a journal already.
    package func beginJournal<Event: Encodable & Sendable>(
        _ event: Event.Type = Event.self,
        lock: consuming RunLock,
        now: @escaping @Sendable () -> JournalTime = JournalTime.now
    ) throws -> JournalWriter<Event> {
        precondition(lock.run == id, "the lock of run \(lock.run) for run \(id)")
        let storage = try FileStorage(journalPath, isNew: true)
        let writer = try JournalWriter<Event>(
            beginning: id,
            in: storage,
            lock: lock,
            now: now
        )
        // Without it a journal whose every line was synced can be gone after a power failure.
        try Directory.sync(path)
        return writer
    }

    /// Reads the run's journal; it may be written meanwhile.
    ///
    /// - Throws: `JournalFault`, `StateDirectoryUnsafe` or `SystemFailure`.
    package func readJournal<Event: Decodable>(
        _ event: Event.Type = Event.self
    ) throws -> JournalContents<Event> {
        let contents = try JournalReader.read(try journalBytes(), as: event)
        try requireOwn(contents)
        return contents
    }

    /// Reads the run's journal as far as it can be trusted, and says what is wrong after that.
    ///
    /// - Throws: `StateDirectoryUnsafe` or `SystemFailure`.
    package func salvageJournal<Event: Decodable>(
        _ event: Event.Type = Event.self
    ) throws -> (contents: JournalContents<Event>?, fault: JournalFault?) {
        JournalReader.salvage(try journalBytes(), as: event)
    }

    /// Opens the run's journal to go on, and holds the run's lock from then on.
    ///
    /// A torn last line is kept in a file beside the journal before it is cut off.
    ///
    /// - Throws: `JournalFault`, `StateDirectoryUnsafe` or `SystemFailure`.
    package func reopenJournal<Event: Codable & Sendable>(
        _ event: Event.Type = Event.self,
        lock: consuming RunLock,
        now: @escaping @Sendable () -> JournalTime = JournalTime.now
    ) throws -> (writer: JournalWriter<Event>, contents: JournalContents<Event>) {
        precondition(lock.run == id, "the lock of run \(lock.run) for run \(id)")
        let bytes = try journalBytes()
        let contents = try JournalReader.read(bytes, as: event)
        try requireOwn(contents)
        if !contents.torn.isEmpty { try keep(contents.torn) }
        // What was read may be in memory only: after a sync that failed, the system can forget that
        // it owes the disk these bytes. Written anew, they are there, and the torn line is not.
        try AtomicFile.write(Array(bytes[..<contents.length]), to: journalPath)
        let storage = try FileStorage(journalPath, isNew: false)
        let writer = JournalWriter<Event>(storage, after: contents.head, lock: lock, now: now)
        return (writer, contents)
    }

    private func journalBytes() throws -> [UInt8] {
        let ownership = Ownership()
        try ownership.require(entry: path)
        try ownership.require(entry: journalPath)
        return try OpenFile(journalPath, O_RDONLY).readAll()
    }

    private func requireOwn<Event>(_ contents: JournalContents<Event>) throws(JournalFault) {
        guard contents.run != id else { return }
        throw JournalFault(.otherRun(contents.run), line: 1, trustworthyRecords: 0)
    }

    /// Nothing is thrown away: the bytes are durable elsewhere before they go from the journal.
    private func keep(_ torn: [UInt8]) throws(SystemFailure) {
        let prefix = "journal.torn-"
        let numbers = try Directory.names(in: path).filter { $0.hasPrefix(prefix) }
            .compactMap { Int($0.dropFirst(prefix.count)) }.filter { $0 < .max }
        try AtomicFile.write(torn, to: "\(path)/\(prefix)\((numbers.max() ?? 0) + 1)")
    }
}
