package import RestoreRun

/// Where events go: durable first, then into the state, then to whoever watches.
package protocol EventLog: Sendable {
    /// Returns when the event is on disk.
    func append(_ event: RunEvent) async throws -> Recorded
}

/// Where an event stands in a run's journal.
package struct Recorded: Sendable, Hashable {
    /// Seconds since 1970.
    package var at: Double
    /// Counted through all coordinators of the run: each is higher than all before it.
    package var sequence: Int

    package init(at: Double, sequence: Int) {
        self.at = at
        self.sequence = sequence
    }
}

/// What a run tells while it goes: the terminal listens.
package protocol RunObserver: Sendable {
    func saw(_ event: RunEvent, state: RunState)
    func sent(_ bytes: SentBytes, to member: String)
    /// Which members a proof still waits for, and why; told at every look.
    func waits(for members: [String: String])
}

/// How far an upload is.
package struct SentBytes: Sendable, Hashable {
    /// Bytes of the snapshot that the host was given, with those that it had.
    package var taken: UInt64
    package var total: UInt64
    /// What of them the host had already.
    package var offset: UInt64
    /// What the rest of them made on the wire.
    package var wire: UInt64

    package init(taken: UInt64, total: UInt64, offset: UInt64, wire: UInt64) {
        self.taken = taken
        self.total = total
        self.offset = offset
        self.wire = wire
    }
}

/// The one writer of a run's journal and the holder of its state.
package actor RunRecorder {
    private let log: any EventLog
    private let observer: any RunObserver
    package private(set) var state: RunState
    /// The sequence number of the last event; 0 before the first of this coordinator.
    private(set) var last = 0
    private var isRecording = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(log: any EventLog, state: RunState, observer: any RunObserver) {
        self.log = log
        self.state = state
        self.observer = observer
    }

    /// - Throws: when the event cannot follow, or cannot be made durable: nothing may go on then.
    package func record(_ event: RunEvent) async throws {
        await takeTurn()
        defer { giveTurn() }
        // checked before it is written: what is in the journal can always be folded
        var trial = state
        try trial.apply(event, at: 0)
        let recorded = try await log.append(event)
        try state.apply(event, at: recorded.at)
        last = recorded.sequence
        observer.saw(event, state: state)
    }

    /// One event at a time: while one is being made durable the actor would take in the next, and
    /// the state would be a fold of the journal in another order.
    private func takeTurn() async {
        guard isRecording else {
            isRecording = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func giveTurn() {
        if waiting.isEmpty {
            isRecording = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
