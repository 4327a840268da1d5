import RestorePlanning

/// What each host showed right after the last effect on it, as long as it is fresh.
///
/// An effect's command ends with a look, so that the next one needs no command of its own for it:
/// half of the time that a run waits for its hosts. None is used that is older than the pause that
/// may pass between any look and what is done by it, nor once something was done.
actor FreshLooks {
    struct Look: Sendable {
        var seen: MemberObservation
        var at = ContinuousClock.now
    }

    private var looks: [String: Look] = [:]
    private let limit: Duration

    init(limit: Duration) {
        self.limit = limit
    }

    func keep(_ look: Look, of member: String) {
        looks[member] = look
    }

    func take(of member: String) -> Look? {
        guard let look = looks.removeValue(forKey: member), .now - look.at <= limit else {
            return nil
        }
        return look
    }
}
