import RemoteHost

/// How one host's bytes are packed, chunk by chunk.
///
/// zstd packs faster than a connection takes bytes, whatever the link. gzip does not: a host that has
/// nothing else is sent the first ones as they are, and only where these go slowly are the
/// others packed.
struct WirePace {
    private let form: WireForm
    private let clock: any Clock<Duration>
    private var sent = 0
    private var measure: (@Sendable () -> Duration)?
    private var isSlow: Bool?

    /// Fills the buffers on the way; how long these take says nothing of the link.
    private static let bytesAhead = 4 << 20
    private static let bytesMeasured = 8 << 20
    /// Bytes in a second.
    ///
    /// `gzip -1` packs 140 MB in that time, `gzip -d` unpacks 200 (zlib 1.2.13).
    private static let slow = 100_000_000.0

    init(_ form: WireForm, clock: some Clock<Duration> = ContinuousClock()) {
        self.form = form
        self.clock = clock
    }

    var packing: Packing {
        switch form {
        case .plain: .plain
        case .zstd: .zstd
        case .gzip: isSlow == true ? .gzip : .gzipStored
        }
    }

    /// The host has taken so many bytes more.
    mutating func took(_ count: Int) {
        guard form == .gzip, isSlow == nil else { return }
        sent += count
        if sent >= Self.bytesAhead, measure == nil { measure = Self.stopwatch(clock) }
        guard sent >= Self.bytesAhead + Self.bytesMeasured, let measure else { return }
        isSlow = Double(sent - Self.bytesAhead) < Self.slow * (measure() / .seconds(1))
    }

    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
        let began = clock.now
        return { began.duration(to: clock.now) }
    }
}
