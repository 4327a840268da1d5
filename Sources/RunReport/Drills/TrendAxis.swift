import RestorePlanning

/// The upright axis of a trend: from 0 to a round number, with at most five lines.
struct TrendAxis {
    enum Unit {
        case seconds
        case bytes
    }

    let unit: Unit
    let step: Double
    let top: Double

    init(_ unit: Unit, covering highest: Double) {
        self.unit = unit
        let highest = highest.isFinite && highest > 0 ? highest : 1
        let steps =
            switch unit {
            case .seconds: TrendAxis.lengths
            case .bytes: TrendAxis.sizes
            }
        // beyond the table, a fourth of whatever it is
        step = steps.first { highest / $0 <= 4 } ?? highest / 4
        top = (highest / step).rounded(.up) * step
    }

    var ticks: [Double] { stride(from: 0, through: top + step / 2, by: step).map { $0 } }

    /// From 0 for nothing to 1 for the top; what is higher is at the top.
    func part(_ value: Double) -> Double { min(max(value / top, 0), 1) }

    func label(_ value: Double) -> String {
        switch unit {
        case .bytes: value == 0 ? "0" : Self.size(value)
        case .seconds: value == 0 ? "0" : Self.length(value)
        }
    }

    private static func length(_ seconds: Double) -> String {
        let units: [(Double, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        for (size, name) in units where seconds >= size {
            let count = seconds / size
            if count == count.rounded() { return "\(ByteText.fixed(count, digits: 0)) \(name)" }
        }
        return "\(ByteText.fixed(seconds, digits: 2)) s"
    }

    private static func size(_ bytes: Double) -> String {
        let units: [(Double, String)] = [
            (1_099_511_627_776, "TiB"), (1_073_741_824, "GiB"), (1_048_576, "MiB"), (1024, "KiB"),
        ]
        for (size, name) in units where bytes >= size {
            let count = bytes / size
            return "\(ByteText.fixed(count, digits: count == count.rounded() ? 0 : 1)) \(name)"
        }
        return "\(ByteText.fixed(bytes, digits: 0)) B"
    }

    private static let lengths: [Double] = [
        0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800,
        21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000, 8_640_000,
    ]

    private static let sizes: [Double] = [1.0, 1024, 1_048_576, 1_073_741_824, 1_099_511_627_776]
        .flatMap { unit in [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 512].map { $0 * unit } }
}
