import Foundation

/// How long, with which seed: from the environment, see docs/HACKING.md.
enum FuzzSettings {
    /// Seconds for which every reader is fed, all of them at once; nil for the short run of a fixed number of cases.
    static let seconds = value("REKINDLE_FUZZ_SECONDS").flatMap(Double.init)

    /// The short run is the same every time; a long one tries something new.
    static let seed =
        value("REKINDLE_FUZZ_SEED").flatMap { UInt64($0) }
        ?? (seconds == nil ? 1 : UInt64.random(in: 1...UInt64(UInt32.max)))

    /// One case only, as it was printed when it failed.
    static let only = value("REKINDLE_FUZZ_CASE").flatMap(FuzzCase.init)

    private static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
