import Glibc
import Synchronization

/// The bytes a second that all uploads together may put on the wire.
package final class Bandwidth: Sendable {
    package let bytesPerSecond: Double
    /// When the wire is free again.
    private let nextFree = Mutex(ContinuousClock.now)

    /// So much is let through at once: short enough for a signal to be heard between two pieces,
    /// long enough to fill packets.
    private static let piece = 0.02
    private static let smallestPiece = 256

    /// At least 1024.
    package init(bytesPerSecond: Double) {
        self.bytesPerSecond = max(1024, bytesPerSecond)
    }

    /// Waits for its share; blocks the thread for a fraction of a second at most.
    /// - Returns: how many bytes may go now, at least one.
    func take(upTo wanted: Int) -> Int {
        let allowed = max(Self.smallestPiece, Int(bytesPerSecond * Self.piece))
        let count = min(wanted, allowed)
        let length = Duration.seconds(Double(count) / bytesPerSecond)
        let begin = nextFree.withLock { nextFree in
            let begin = max(nextFree, .now)
            nextFree = begin.advanced(by: length)
            return begin
        }
        Self.sleep(until: begin)
        return count
    }

    private static func sleep(until instant: ContinuousClock.Instant) {
        while case let left = instant - .now, left > .zero {
            usleep(UInt32(clamping: Int64(left / .microseconds(1)) + 1))
        }
    }
}

extension Bandwidth {
    /// Reads a limit as a person writes it.
    ///
    /// A number alone or with `K`, `M` or `G` counts bytes a second in steps of 1024, as rsync's
    /// and curl's options do, a bare number KiB (rsync). With `kbit`, `mbit` or `gbit` it counts
    /// bits a second in steps of 1000, as networks are sold.
    /// - Returns: nil for anything else, and for less than a KiB a second.
    package static func bytesPerSecond(_ text: String) -> Double? {
        let lower = text.lowercased()
        let digits = lower.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), let first = digits.first, first != ".",
            let unit = units[String(lower.dropFirst(digits.count))]
        else { return nil }
        let rate = number * unit
        return rate >= 1024 && rate.isFinite ? rate : nil
    }

    private static let units: [String: Double] = [
        "": 1024, "k": 1024, "m": 1_048_576, "g": 1_073_741_824,
        "kbit": 125, "mbit": 125_000, "gbit": 125_000_000,
    ]
}
