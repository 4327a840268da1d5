/// A state of the whole search, packed into one word.
///
/// The run and its coordinator, what was dealt out of faults and events, and the three members, all
/// by number.
struct World {
    var run: Int
    var faults: Int
    var events: Int
    var first: Int
    var second: Int
    var third: Int

    static let mostOfAKind = 3

    var key: UInt64 {
        UInt64(truncatingIfNeeded: run) << 49 | UInt64(truncatingIfNeeded: faults) << 47
            | UInt64(truncatingIfNeeded: events) << 45
            | UInt64(truncatingIfNeeded: first) << 30
            | UInt64(truncatingIfNeeded: second) << 15 | UInt64(truncatingIfNeeded: third)
    }

    init(run: Int, faults: Int, events: Int, first: Int, second: Int, third: Int) {
        self.run = run
        self.faults = faults
        self.events = events
        self.first = first
        self.second = second
        self.third = third
    }

    init(key: UInt64) {
        run = Int(truncatingIfNeeded: key >> 49)
        faults = Int(truncatingIfNeeded: key >> 47) & 3
        events = Int(truncatingIfNeeded: key >> 45) & 3
        first = Int(truncatingIfNeeded: key >> 30) & 0x7FFF
        second = Int(truncatingIfNeeded: key >> 15) & 0x7FFF
        third = Int(truncatingIfNeeded: key) & 0x7FFF
    }
}
