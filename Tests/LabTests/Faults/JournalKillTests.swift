import Glibc
import Testing

@Suite(
    "A coordinator that dies around a write to its journal",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fault-kill-a", etcd: "3.5")
)
struct JournalKillTests {
    @Test(
        "leaves a run that resume finishes and rollback undoes, at every write",
        arguments: [CoordinatorFaults.Instant.before, .after]
    )
    func dies(_ instant: CoordinatorFaults.Instant) throws { try JournalDeath.play(instant) }
}

@Suite(
    "A coordinator that dies in the middle of a write to its journal",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fault-kill-b", etcd: "3.5")
)
struct JournalTearTests {
    @Test(
        "leaves a run that resume finishes and rollback undoes, at every write",
        arguments: [CoordinatorFaults.Instant.between, .torn]
    )
    func dies(_ instant: CoordinatorFaults.Instant) throws { try JournalDeath.play(instant) }
}

/// Deaths at one write after the other, until a run gets through without.
enum JournalDeath {
    static func play(_ instant: CoordinatorFaults.Instant) throws {
        let request = FaultRequest.current
        switch request.wantsAll(of: instant.words) {
        case true?: try playAll(instant)
        case false?: break
        case nil:
            var random = SeededGenerator(seed: request.seed, instant.words)
            // a restore of three members makes about 118 writes
            try die(instant, at: Int.random(in: 4...110, using: &random))
        }
    }

    /// In an order that chance decides, so that a run that is cut short has seen all steps.
    private static func playAll(_ instant: CoordinatorFaults.Instant) throws {
        var random = SeededGenerator(seed: FaultRequest.current.seed, instant.words)
        // a torn line is read as if it had not been written: the same as dying before it
        let stride = instant == .torn ? 4 : 1
        let writes = Array(Swift.stride(from: 1, through: try countOfWrites(), by: stride))
        let wanted = FaultRequest.current.writes
        for write in writes.shuffled(using: &random) where wanted.isEmpty || wanted.contains(write)
        {
            // a run with fewer tries than the one that was counted ends before its last writes
            let status = try die(instant, at: write)
            #expect(status == 128 + SIGKILL || status == 0)
        }
    }

    /// The lines in the journal of a restore that nothing disturbs.
    private static func countOfWrites() throws -> Int {
        let lost = try FaultRunner.begin(.current)
        let result = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(result.status == 0, "\(result.errorText)")
        let count = lost.journal.text.split(separator: "\n").count
        CrashCase.handOn(lost)
        return count
    }

    @discardableResult
    private static func die(_ instant: CoordinatorFaults.Instant, at write: Int) throws -> Int32 {
        try FaultRunner.play(
            FaultCase(
                fault: CoordinatorFaults.death(instant, at: write),
                moment: .begun,
                seed: FaultRequest.current.seed &+ UInt64(write)
            ),
            on: .current
        )
    }
}
