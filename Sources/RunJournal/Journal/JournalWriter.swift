/// Appends events to one run's journal, durably, one after the other.
package actor JournalWriter<Event: Encodable & Sendable> {
    /// Where the journal ends: the last event that was acknowledged.
    package private(set) var head: JournalHead
    private let storage: any JournalStorage
    private let now: @Sendable () -> JournalTime
    /// Held as long as the writer lives, so that a run has one.
    private let lock: RunLock?
    private var broken: SystemFailure?

    private nonisolated let executor = JournalExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Goes on from a head; the storage's end must be the end of that head's line.
    package init(
        _ storage: sending any JournalStorage,
        after head: JournalHead,
        lock: consuming RunLock? = nil,
        now: @escaping @Sendable () -> JournalTime = JournalTime.now
    ) {
        self.storage = storage
        self.head = head
        self.lock = lock
        self.now = now
    }

    /// Begins a journal in empty storage: writes the header and makes it durable.
    package init(
        beginning run: String,
        in storage: sending any JournalStorage,
        lock: consuming RunLock? = nil,
        now: @escaping @Sendable () -> JournalTime = JournalTime.now
    ) throws {
        let header = try JournalLine.header(run: run)
        try Self.write(header.bytes, to: storage)
        self.storage = storage
        self.head = header.head
        self.lock = lock
        self.now = now
    }

    /// Appends an event; when it returns, the event survives a power failure.
    ///
    /// - Throws: `SystemFailure` where it could not be made durable. The writer is then broken and
    ///   throws the same for ever: what the disk holds is unknown until it is read again. An
    ///   `EncodingError` leaves the writer, and the journal, as they were.
    @discardableResult
    package func append(_ event: Event) throws -> JournalRecord<Event> {
        if let broken { throw broken }
        let time = now()
        let line = try JournalLine.record(event, at: time, after: head)
        do {
            try Self.write(line.bytes, to: storage)
        } catch {
            broken = error
            throw error
        }
        head = line.head
        return JournalRecord(seq: head.seq, at: time, event: event, hash: head.hash)
    }

    private static func write(
        _ bytes: [UInt8],
        to storage: any JournalStorage
    ) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try storage.write(rest)) }
        try storage.sync()
    }
}
