import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("A journal that cannot be written", .timeLimit(.minutes(15)))
struct JournalFailureTests {
    @Test(
        "stops the run at once: it throws, and nothing reaches a host any more",
        arguments: [2, 4, 9, 20, 40, 75]
    )
    func stops(write: Int) async throws {
        let rehearsal = Rehearsal()
        rehearsal.log.takeUp(breakingAt: write)
        await #expect(throws: RunLog.Broken.self) { _ = try await rehearsal.session() }
        let atEnd = rehearsal.fleet.sightings
        rehearsal.expectIntentsFirst()
        try await Task.sleep(for: .milliseconds(20))
        #expect(rehearsal.fleet.sightings == atEnd)
    }

    @Test("stops the others too, although their hosts do not answer")
    func stopsTheOthers() async throws {
        // etcd-1 hangs in its upload; that of etcd-2 goes on then, and cannot be recorded
        let meeting = Meeting(of: 2)
        let rehearsal = Rehearsal { sighting in
            guard sighting.command == .effect(.uploadSnapshot) else { return }
            if sighting.member != "etcd-3" { await meeting.join() }
        }
        rehearsal.fleet.fail(.effect(.uploadSnapshot), on: "etcd-1", .hangs)
        rehearsal.log.breakOnSettlement(of: .uploadSnapshot, on: "etcd-2")
        await #expect(throws: RunLog.Broken.self) { _ = try await rehearsal.session() }
        rehearsal.log.takeUp()
        try await rehearsal.complete()
        rehearsal.expectRestored()
    }
}

@Suite("The recorder of a run", .timeLimit(.minutes(15)))
struct RunRecorderTests {
    /// Keeps each event back until it is let go, in an order of the test's own.
    private final class SlowLog: EventLog {
        private let state = Mutex<(waiting: [CheckedContinuation<Void, Never>], count: Int)>(
            ([], 0)
        )

        var count: Int { state.withLock(\.count) }

        func letLastGo() {
            state.withLock { $0.waiting.popLast() }?.resume()
        }

        func append(_ event: RunEvent) async throws -> Recorded {
            let time = state.withLock { state in
                state.count += 1
                return Double(state.count)
            }
            if time > 3 {
                await withCheckedContinuation { continuation in
                    state.withLock { $0.waiting.append(continuation) }
                }
            }
            return Recorded(at: time, sequence: Int(time))
        }
    }

    private static let stage = StageID(step: 0, stage: 0)

    private func begun(_ log: any EventLog, _ watcher: Watcher) async throws -> RunRecorder {
        let recorder = RunRecorder(log: log, state: RunState(), observer: watcher)
        try await recorder.record(
            .planned(PlanRecord(kind: .restore, cluster: "c", playbook: "p", sha256: ""))
        )
        try await recorder.record(.began(Sample.coordinator))
        try await recorder.record(.stageBegan(Self.stage))
        return recorder
    }

    @Test("takes events in in the order in which they became durable")
    func order() async throws {
        let log = SlowLog()
        let watcher = Watcher()
        let recorder = try await begun(log, watcher)
        let events = (1...3).map {
            RunEvent.intended(
                EffectID(stage: Self.stage, member: "etcd-\($0)", kind: .stopService),
                attempt: 1
            )
        }
        try await withThrowingTaskGroup { group in
            for event in events { group.addTask { try await recorder.record(event) } }
            group.addTask {
                // whoever waits is let go, the last one first
                while await recorder.state.effects.count < 3 {
                    try await Task.sleep(for: .milliseconds(2))
                    log.letLastGo()
                }
            }
            try await group.waitForAll()
        }
        // the first to stop a member was at the first of the three times
        #expect(await recorder.state.stoppedAt == 4)
        #expect(log.count == 6)
    }

    @Test("lets no event become durable that cannot follow")
    func illegal() async throws {
        let log = RunLog()
        let watcher = Watcher()
        let recorder = try await begun(log, watcher)
        await #expect(throws: IllegalTransition.self) {
            try await recorder.record(.stageEnded(StageID(step: 7, stage: 0)))
        }
        #expect(log.events.count == 3)
        #expect(watcher.events.count == 3)
        try await recorder.record(.stageEnded(Self.stage))
        #expect(log.events.count == 4)
    }

    @Test("tells nobody of an event that could not be made durable")
    func broken() async throws {
        let log = RunLog()
        let watcher = Watcher()
        let recorder = try await begun(log, watcher)
        log.takeUp(breakingAt: 1)
        await #expect(throws: RunLog.Broken.self) {
            try await recorder.record(.stageEnded(Self.stage))
        }
        #expect(watcher.events.count == 3)
        #expect(await recorder.state.endedStages == [])
    }
}
