import FoundationEssentials

/// Which faults a test run is asked for, by the environment; `lab/faults` sets it.
struct FaultRequest: Sendable {
    enum Extent: Sendable, Hashable {
        /// A part that fits into CI's time.
        case chosen
        case all
        /// The faults whose names contain one of these, told with commas between them.
        case named([String])
    }

    let extent: Extent

    /// Whether all of a fault is asked for; nil where only what was chosen of it is.
    func wantsAll(of name: String) -> Bool? {
        switch extent {
        case .all: true
        case .chosen: nil
        case .named(let parts): parts.contains { name.contains($0) }
        }
    }

    /// Decides members, bytes, delays, and between `resume` and `rollback`.
    let seed: UInt64
    /// The writes to the journal at which a coordinator dies; empty for all of them.
    let writes: Set<Int>
    /// Where a line for every case goes; nil: nowhere.
    let table: String?

    static let current: FaultRequest = {
        let environment = ProcessInfo.processInfo.environment
        let extent: Extent =
            switch environment["REKINDLE_FAULTS"] ?? "" {
            case "": .chosen
            case "all": .all
            case let parts: .named(parts.split(separator: ",").map(String.init))
            }
        return FaultRequest(
            extent: extent,
            seed: environment["REKINDLE_FAULTS_SEED"].flatMap(UInt64.init) ?? 1,
            writes: Set(
                (environment["REKINDLE_FAULTS_WRITES"] ?? "").split(separator: ",")
                    .compactMap { Int($0) }
            ),
            table: environment["REKINDLE_FAULTS_TABLE"]
        )
    }()
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Different for every text, so that cases of one seed do not all do the same.
    init(seed: UInt64, _ text: String) {
        // FNV-1a, because Swift's own hash differs from run to run
        state = text.utf8.reduce(14_695_981_039_346_656_037 ^ seed) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
