/// When an operation must have ended, and when it began.
struct Deadline {
    let start: ContinuousClock.Instant
    private(set) var end: ContinuousClock.Instant

    init(after limit: Duration) {
        start = .now
        end = start.advanced(by: limit)
    }

    var hasPassed: Bool { .now >= end }
    var limit: Duration { end - start }

    /// Leaves out the time that a person took to answer.
    mutating func extend(by pause: Duration) {
        end = end.advanced(by: pause)
    }

    /// Whichever comes first.
    func atMost(_ limit: Duration) -> Deadline {
        var earlier = Deadline(after: limit)
        earlier.end = min(earlier.end, end)
        return earlier
    }
}
