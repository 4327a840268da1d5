/// Looks at every state that a run can reach, in the order of their distance from its beginning.
final class Search {
    struct Limits: Sendable {
        /// Kills of the coordinator, lost connections, commands that fail.
        var faults = 1
        /// Power cuts, starts by a colleague, locks of another run, deaths of etcd.
        var events = 1
        var states = 50_000_000
        /// The laws that are looked at.
        var laws = Set(Law.allCases)
    }

    let machine: Machine
    let futures: Futures
    private(set) var transitions = 0
    /// Whether every state that can be reached was seen.
    private(set) var isComplete = false
    let seen = StateTable()
    let successors: Successors
    private let limits: Limits
    /// Whether every state is asked where a resume and a rollback would end.
    private let asksFutures: Bool

    var states: Int { seen.count }

    init(_ rules: HouseRules, areAlike: Bool = false, _ limits: Limits = Limits()) {
        precondition(limits.faults <= World.mostOfAKind && limits.events <= World.mostOfAKind)
        machine = Machine(rules, areAlike: areAlike)
        futures = Futures(machine)
        successors = Successors(machine, faults: limits.faults, events: limits.events)
        self.limits = limits
        asksFutures = !limits.laws.isDisjoint(with: Law.ofFutures)
    }

    /// - Returns: the first law that breaks, with its story; nil where all hold everywhere.
    func run() -> Breach? {
        guard let first = machine.first() else { return nil }
        _ = seen.insert(first.key, from: -1)
        var index = 0
        while index < seen.count {
            let key = seen.key(at: index)
            if let found = broken(key), limits.laws.contains(found.law) {
                return breach(found, at: index)
            }
            successors.find(after: key)
            if !machine.coordinators.runs.illegal.isEmpty {
                let event = machine.coordinators.runs.illegal[0]
                return breach(Finding(.journalFolds, event), at: index)
            }
            let count = successors.count
            let keys = successors.keys
            var number = 0
            while number < count {
                _ = seen.insert(keys[number], from: index)
                number &+= 1
            }
            transitions &+= count
            index &+= 1
            if seen.count > limits.states { return nil }
        }
        isComplete = true
        return nil
    }

    private func breach(_ found: Finding, at index: Int) -> Breach {
        Breach(
            law: found.law,
            detail: found.detail,
            story: Story(self).lines(to: index, then: found.future)
        )
    }

    // MARK: laws

    private let harmed = HostMarks.isHarmed.rawValue
    private let restored = HostMarks.servesRestored.rawValue
    private let inPlace = HostMarks.hasRestoredInPlace.rawValue
    private let old = HostMarks.servesOld.rawValue
    private let trespassed = HostMarks.isTrespassed.rawValue

    private func broken(_ key: UInt64) -> Finding? {
        let world = World(key: key)
        let hosts = machine.hosts(world)
        let marks = machine.marks(hosts)
        let some = marks.first | marks.second | marks.third
        let every = marks.first & marks.second & marks.third
        if some & harmed != 0 { return Finding(.oneLiveDirectory, machine.harm(hosts)) }
        if some & trespassed != 0 { return Finding(.othersStay, machine.trespass(hosts)) }
        if machine.progress(world) & Progress.hasMovedUnderEtcd != 0 {
            return Finding(
                .nothingMovesUnderEtcd,
                "a rename under an etcd that runs or could start"
            )
        }
        if some & restored != 0 {
            if some & old != 0 { return Finding(.oneCluster, machine.words(hosts)) }
            if every & inPlace == 0 { return Finding(.restoredTogether, machine.words(hosts)) }
        }
        return asksFutures ? futures.broken(world.run, hosts) : nil
    }
}
