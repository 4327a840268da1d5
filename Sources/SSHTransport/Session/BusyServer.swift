/// An sshd that closes a connection before it says anything: it is busy, or holds the address back.
enum BusyServer {
    /// What OpenSSH says before it closes; older ones say nothing.
    private static let tooMany = "Exceeded MaxStartups"
    private static let heldBack = "Not allowed at this time"

    /// Whether another try may be let in.
    static func mayLetIn(heard: String) -> Bool {
        heard.isEmpty || heard.contains(tooMany) || heard.contains(heldBack)
    }

    static func hint(heard: String, port: UInt16) -> String {
        let penalties = "PerSourcePenalties, OpenSSH 9.8 and later"
        if heard.contains(heldBack) {
            return
                "sshd holds this machine's address back after failed logins (\(penalties)): mend "
                + "user and key, wait up to ten minutes, or name the address in "
                + "PerSourcePenaltyExemptList of sshd_config on the host"
        }
        if heard.contains(tooMany) {
            return "too many logins are under way there: try again, or raise MaxStartups and "
                + "PerSourceMaxStartups in sshd_config on the host"
        }
        let otherProgram = "check that port \(port) is sshd's"
        guard heard.isEmpty else { return otherProgram }
        return "sshd may be at its limit (MaxStartups, PerSourceMaxStartups), hold this machine's "
            + "address back after failed logins (\(penalties)), or be restarting: see its log on "
            + "the host, then try again; and \(otherProgram)"
    }
}

/// How often, and after which pauses, a busy sshd is tried again.
///
/// Pauses double up to four seconds, with a random factor: logins that were turned away together must
/// not come back together.
struct BusyTries {
    private(set) var count = 1
    private let end: ContinuousClock.Instant
    private let jitter: @Sendable () -> Double

    private static let first = Duration.milliseconds(200)
    private static let longest = Duration.seconds(4)

    /// - Parameters:
    ///   - limit: how long it is tried; zero for a single try.
    ///   - jitter: a factor between 0.5 and 1.5.
    init(
        within limit: Duration,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0.5...1.5) }
    ) {
        end = .now.advanced(by: limit)
        self.jitter = jitter
    }

    /// Counts a try.
    /// - Returns: how long to wait before it; nil if there is to be none.
    mutating func next() -> Duration? {
        let doubled = Self.first * (1 << min(count - 1, 10))
        let pause = min(doubled, Self.longest) * jitter()
        guard ContinuousClock.now.advanced(by: pause) < end else { return nil }
        count += 1
        return pause
    }
}
