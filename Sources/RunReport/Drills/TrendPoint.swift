import RestoreRun

/// One drill in one drawing.
struct TrendPoint {
    /// What it is drawn as; no colour is the only sign of it.
    enum Mark: String, CaseIterable {
        case passed
        case missed
        /// On the axis: a gap in the line.
        case failed
        /// On the axis, for an interrupted or refused one.
        case stopped
        /// On the axis: it was proven, and this number of it is not known.
        case unknown
    }

    /// Seconds since 1970.
    var time: Double
    /// nil for a gap.
    var value: Double?
    var objective: Double?
    var mark: Mark
    /// Shown where somebody points at it.
    var words: String

    init(
        _ drill: DrillFigures,
        value: Double?,
        objective: Double?,
        describe: (Double) -> String
    ) {
        time = drill.beganAt
        self.objective = objective
        switch drill.outcome {
        case .passed: (self.value, mark) = (value, value == nil ? .unknown : .passed)
        case .missedObjectives: (self.value, mark) = (value, value == nil ? .unknown : .missed)
        case .failed: (self.value, mark) = (nil, .failed)
        case .interrupted, .refused: (self.value, mark) = (nil, .stopped)
        }
        let told = self.value.map(describe) ?? "no number"
        words = "\(TimeText.dateAndClock(time)) UTC, \(drill.outcome.words): \(told)"
    }
}

extension TrendPoint.Mark {
    var className: String { "mark-\(rawValue)" }

    /// Around its own middle, in pixels.
    var path: String {
        switch self {
        case .passed, .unknown: "M-4.5 0 a4.5 4.5 0 1 0 9 0 a4.5 4.5 0 1 0 -9 0 Z"
        case .missed: "M0 -6 L6 0 L0 6 L-6 0 Z"
        case .failed: "M-5 -5 L5 5 M5 -5 L-5 5"
        case .stopped: "M-5 0 L5 0 M-5 -4 L-5 4 M5 -4 L5 4"
        }
    }

    var meaning: String {
        switch self {
        case .passed: "passed"
        case .missed: "proven, an objective missed"
        case .failed: "failed"
        case .stopped: "interrupted or refused"
        case .unknown: "proven, number not known"
        }
    }

    var html: HTML { .tag("path", ["class": className, "d": path]) }
}
