import RestorePlanning

/// A span of time as parts of a hundred of a drawing's width.
struct TimeScale {
    /// Seconds since 1970.
    let from: Double
    let to: Double

    init(from: Double, to: Double) {
        self.from = from
        // a sitting of one event has no length, and is drawn none the less
        self.to = max(to, from + 0.001)
    }

    /// Where a time is, from 0 to 100; times outside are at the nearer end.
    func part(_ time: Double) -> Double {
        min(max((time - from) / (to - from), 0), 1) * 100
    }

    /// As SVG has it: `12.34%`.
    func percent(_ time: Double) -> String { TimeScale.percent(part(time)) }

    /// Never nothing: SVG does not draw a rectangle without a width.
    func width(_ start: Double, _ end: Double) -> String {
        TimeScale.percent(max(part(end) - part(start), 0.3))
    }

    private static func percent(_ part: Double) -> String {
        "\(ByteText.fixed(part, digits: 2))%"
    }

    /// Round numbers of seconds after the start, at most four.
    var ticks: [Double] {
        let span = to - from
        let step = TimeScale.steps.first { span / $0 < 5 } ?? span / 4
        return stride(from: step, through: min(span, step * 4), by: step).map { $0 }
    }

    private static let steps: [Double] = [
        0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
        14_400, 28_800, 86_400, 604_800,
    ]

    /// `0.5 s`, `20 s`, `5 min`, `2 h`.
    static func label(_ seconds: Double) -> String {
        if seconds >= 3600 { return "\(ByteText.fixed(seconds / 3600, digits: 0)) h" }
        if seconds >= 60 { return "\(ByteText.fixed(seconds / 60, digits: 0)) min" }
        let isWhole = seconds == seconds.rounded()
        let digits = isWhole ? 0 : seconds >= 0.1 ? 1 : 3
        return "\(ByteText.fixed(seconds, digits: digits)) s"
    }
}
