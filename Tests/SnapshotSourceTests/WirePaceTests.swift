import RemoteHost
import Synchronization
import Testing

@testable import SnapshotSource

/// A clock that stands until it is moved.
private final class HandClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private let time = Mutex(Instant(offset: .zero))

    var now: Instant { time.withLock { $0 } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func move(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        time.withLock { $0 = max($0, deadline) }
    }
}

@Suite("How a host's bytes are packed")
struct WirePaceTests {
    /// What is done to the bytes after each of so many MiB, which take so long each.
    private static func packings(
        _ form: WireForm,
        mebibytes: Int,
        each duration: Duration
    ) -> [Packing] {
        let clock = HandClock()
        var pace = WirePace(form, clock: clock)
        return [pace.packing]
            + (0..<mebibytes).map { _ in
                clock.move(duration)
                pace.took(1 << 20)
                return pace.packing
            }
    }

    @Test("gzip begins where the first megabytes went slowly, and not before that is known")
    func slow() {
        let seen = Self.packings(.gzip, mebibytes: 20, each: .milliseconds(80))
        #expect(seen.prefix(12).allSatisfy { $0 == .gzipStored })
        #expect(seen.dropFirst(12).allSatisfy { $0 == .gzip })
    }

    @Test("what goes fast is not packed with gzip")
    func fast() {
        let seen = Self.packings(.gzip, mebibytes: 40, each: .milliseconds(3))
        #expect(seen.allSatisfy { $0 == .gzipStored })
    }

    @Test("the bytes that only fill the buffers on the way are not counted")
    func buffers() {
        let clock = HandClock()
        var pace = WirePace(.gzip, clock: clock)
        pace.took(4 << 20)
        clock.move(.milliseconds(800))
        pace.took(8 << 20)
        #expect(pace.packing == .gzip)
    }

    @Test("the other forms stay what they are", arguments: [Duration.milliseconds(1), .seconds(1)])
    func others(_ duration: Duration) {
        #expect(
            Self.packings(.zstd, mebibytes: 20, each: duration).allSatisfy { $0 == .zstd }
        )
        #expect(
            Self.packings(.plain, mebibytes: 20, each: duration).allSatisfy { $0 == .plain }
        )
    }
}
