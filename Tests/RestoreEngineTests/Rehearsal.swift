import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

/// A run on model hosts: each session is one coordinator's, from the journal as it finds it.
struct Rehearsal {
    let log: RunLog
    let fleet: ModelFleet
    let restore: Plan
    let backOff: BackOff
    let looksStayFresh: Duration
    let watcher = Watcher()
    /// What the coordinator computes from the snapshot's bytes.
    var hashKV: HashKVOfSnapshot = { ModelStore.expected(Sample.proof, $0) }

    static let quick = BackOff(first: .milliseconds(1), limit: .milliseconds(5))

    /// The hook is awaited when a command reaches a host, before it does anything.
    init(
        _ restore: Plan = Sample.restore,
        vocabulary: ModelVocabulary = Sample.vocabulary,
        backOff: BackOff = quick,
        looksStayFresh: Duration = .seconds(2),
        hook: @escaping ModelFleet.Hook = { _ in }
    ) {
        self.restore = restore
        self.backOff = backOff
        self.looksStayFresh = looksStayFresh
        let log = RunLog()
        self.log = log
        fleet = ModelFleet(restore, vocabulary, snapshot: Sample.snapshotBytes) {
            log.note($0)
            await hook($0)
        }
    }

    /// Another future of a run: what happens to it does not happen to the first.
    init(copying other: Rehearsal) {
        restore = other.restore
        backOff = other.backOff
        looksStayFresh = other.looksStayFresh
        let log = RunLog(copying: other.log)
        self.log = log
        fleet = ModelFleet(copying: other.fleet) { log.note($0) }
    }

    /// Takes up the run with a plan, as a coordinator does that has only the journal.
    ///
    /// It may miss the link to a member, and tells once an effect's failure is on record.
    func session(
        _ plan: Plan? = nil,
        without missing: String? = nil,
        onStumble: @escaping @Sendable () -> Void = {},
        onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> RunEnding {
        let plan = plan ?? restore
        watcher.onEvent(onEvent)
        watcher.onStumble(onStumble)
        let recorder = RunRecorder(log: log, state: try log.folded(), observer: watcher)
        if await recorder.state.plan?.kind != plan.kind {
            try await recorder.record(
                .planned(
                    PlanRecord(
                        kind: plan.kind,
                        cluster: plan.cluster,
                        playbook: plan.playbook,
                        sha256: ""
                    )
                )
            )
        }
        let links = Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: plan.targets.filter { $0.name != missing }.map {
                    ($0.name, $0.endpoint)
                }
            ),
            connector: fleet
        )
        let engine = Engine(
            plan: plan,
            fleet: links,
            recorder: recorder,
            observer: watcher,
            operator: Sample.operator1,
            snapshot: { MemoryStream(Array(Sample.snapshotBytes.dropFirst(Int($0)))) },
            hashKV: hashKV,
            backOff: backOff,
            looksStayFresh: looksStayFresh
        )
        let ending = try await engine.execute(as: Sample.coordinator)
        await links.close()
        // what a report of the live run says is what the journal says ever after
        let live = await recorder.state
        let folded = try log.folded()
        #expect(live == folded)
        return ending
    }

    /// A session that does all of its plan.
    func complete(
        _ plan: Plan? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let ending = try await session(plan)
        #expect(ending == .completed, sourceLocation: sourceLocation)
    }

    /// Begins a session, cancels it once the event or command was seen, and waits for its end.
    func sessionCancelled(
        _ plan: Plan? = nil,
        once isTime: @escaping @Sendable (RunLog) -> Bool
    ) async throws -> RunEnding {
        let task = Task { try await session(plan) }
        while !isTime(log) { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        return try await task.value
    }
}

/// Bytes from memory, a few at a time.
final class MemoryStream: ByteStream {
    private let rest: Mutex<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) {
        rest = Mutex(bytes[...])
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        rest.withLock { rest in
            let piece = rest.prefix(min(buffer.count, 1500))
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }
}

/// What the terminal would have been told.
final class Watcher: RunObserver {
    private struct Seen {
        var events: [RunEvent] = []
        var sent: [String: [UInt64]] = [:]
        var onStumble: @Sendable () -> Void = {}
        var onEvent: @Sendable (RunEvent) -> Void = { _ in }
        var waits: [[String: String]] = []
    }

    private let seen = Mutex(Seen())

    var events: [RunEvent] { seen.withLock(\.events) }

    func sent(to member: String) -> [UInt64] { seen.withLock { $0.sent[member] ?? [] } }

    func onStumble(_ body: @escaping @Sendable () -> Void) {
        seen.withLock { $0.onStumble = body }
    }

    func onEvent(_ body: @escaping @Sendable (RunEvent) -> Void) {
        seen.withLock { $0.onEvent = body }
    }

    func saw(_ event: RunEvent, state: RunState) {
        let (onStumble, onEvent) = seen.withLock { seen in
            seen.events.append(event)
            return (seen.onStumble, seen.onEvent)
        }
        onEvent(event)
        if case .stumbled = event { onStumble() }
    }

    func sent(_ bytes: SentBytes, to member: String) {
        seen.withLock { $0.sent[member, default: []].append(bytes.taken) }
    }

    func waits(for members: [String: String]) {
        seen.withLock { $0.waits.append(members) }
    }
}
