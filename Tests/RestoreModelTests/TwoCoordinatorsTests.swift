import RestorePlanning
import Testing

/// Two processes that have the same run's journal, two hosts, and every order in which they can act.
///
/// Who may replace whom is the shipped `LockTenure`; what the scripts ask on a host (`guardLines`, `adopt`) is
/// written anew, one rule each, so that a mutation can take it out.
@Suite("Two coordinators of one run")
struct TwoCoordinatorsTests {
    struct Rules: Sendable {
        /// Each effect asks whose the lock is, not only which run's.
        var effectsAskForTheSession = true
        /// It asks again behind the command that it waited for.
        var effectsAskAgain = true
        /// A replacement asks once more, when nothing else is at work, whether the lock is as it was judged.
        var replacementAsksAgain = true
        /// A lock that may be alive is left alone.
        var heedsTenure = true
    }

    private struct Host: Hashable {
        var owner = 0
        var isSilent = false
        /// Whose effect is at work.
        var work: Int?
        /// Whose effect has asked for the lock and waits for the one at work.
        var waiting: Int?
    }

    private struct World: Hashable {
        var hosts = [Host(), Host()]
        /// Asleep: it beats no more, and may wake up.
        var sleeps = [false, false]
        /// Which hosts the process has judged that it may take.
        var judged = [[false, false], [false, false]]
    }

    private enum Breach: String {
        case other = "an effect of a coordinator begins on a host that another has taken over"
        case living = "a coordinator that has just shown that it is alive is replaced"
    }

    private static let words = ["one", "two"]

    private func lock(_ host: Host) -> HostLock {
        HostLock(
            run: "run",
            operator: "ops",
            coordinator: "laptop",
            since: "",
            silentSeconds: host.isSilent ? HostLock.staleSeconds : 0,
            session: Self.words[host.owner]
        )
    }

    private func mayAdopt(_ host: Host, _ who: Int, _ rules: Rules) -> Bool {
        let me = Operator(
            user: "ops",
            coordinator: "laptop",
            session: CoordinatorSession(word: Self.words[who], process: nil)
        )
        let tenure = LockTenure(lock(host), run: "run", for: me) { _ in nil }
        return rules.heedsTenure ? tenure.mayAdopt : tenure != .ours
    }

    /// What can come next; a breach in place of a world that must not be.
    private func successors(_ world: World, _ rules: Rules) -> (next: [World], breach: Breach?) {
        var next: [World] = []
        func add(_ change: (inout World) -> Void) {
            var other = world
            change(&other)
            if other != world { next.append(other) }
        }
        for who in 0...1 {
            add { $0.sleeps[who].toggle() }
            for index in 0...1 {
                let host = world.hosts[index]
                if world.sleeps[who] {
                    // time passes
                    if host.owner == who { add { $0.hosts[index].isSilent = true } }
                    continue
                }
                if host.owner == who { add { $0.hosts[index].isSilent = false } }
                // it judges, and may fall asleep before it acts
                if host.owner != who, mayAdopt(host, who, rules) {
                    add { $0.judged[who][index] = true }
                }
                if world.judged[who][index], host.work == nil {
                    let still = host.owner != who && host.isSilent
                    if still || !rules.replacementAsksAgain {
                        if !host.isSilent, host.owner != who { return (next, .living) }
                        add {
                            $0.hosts[index].owner = who
                            $0.hosts[index].isSilent = false
                            $0.judged[who][index] = false
                        }
                    } else {
                        add { $0.judged[who][index] = false }
                    }
                }
                let isAllowed = host.owner == who || !rules.effectsAskForTheSession
                if isAllowed, host.waiting == nil { add { $0.hosts[index].waiting = who } }
            }
        }
        // what reached its host goes on there, whether or not its coordinator sleeps
        for index in 0...1 {
            let host = world.hosts[index]
            if host.work != nil { add { $0.hosts[index].work = nil } }
            guard host.work == nil, let who = host.waiting else { continue }
            if host.owner != who, rules.effectsAskAgain, rules.effectsAskForTheSession {
                add { $0.hosts[index].waiting = nil }
                continue
            }
            if host.owner != who { return (next, .other) }
            add {
                $0.hosts[index].work = who
                $0.hosts[index].waiting = nil
            }
        }
        return (next, nil)
    }

    private func search(_ rules: Rules) -> (worlds: Int, breach: Breach?) {
        var seen: Set<World> = [World()]
        var queue = [World()]
        while let world = queue.popLast() {
            let (next, breach) = successors(world, rules)
            if let breach { return (seen.count, breach) }
            for other in next where seen.insert(other).inserted { queue.append(other) }
        }
        return (seen.count, nil)
    }

    @Test("never act on one host, whoever sleeps and wakes when")
    func holds() {
        let (worlds, breach) = search(Rules())
        #expect(breach == nil)
        #expect(worlds > 1000)
    }

    @Test("do so where an effect asks for the run alone")
    func mutationRunAlone() {
        var rules = Rules()
        rules.effectsAskForTheSession = false
        #expect(search(rules).breach == .other)
    }

    @Test("do so where an effect does not ask again behind the one that it waited for")
    func mutationAskOnce() {
        var rules = Rules()
        rules.effectsAskAgain = false
        #expect(search(rules).breach == .other)
    }

    @Test("replace one that has woken up where a replacement does not ask again")
    func mutationReplaceOnce() {
        var rules = Rules()
        rules.replacementAsksAgain = false
        #expect(search(rules).breach == .living)
    }

    @Test("replace one that is alive where its sign of life counts for nothing")
    func mutationNoTenure() {
        var rules = Rules()
        rules.heedsTenure = false
        rules.replacementAsksAgain = false
        #expect(search(rules).breach == .living)
    }
}
