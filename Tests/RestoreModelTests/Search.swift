import RestorePlanning
import RestoreRun

@testable import TestSupport

/// Looks at every state that a run can reach, in the order of their distance from its beginning.
final class Search {
    struct Limits {
        /// Kills of the coordinator, lost connections, commands that fail.
        var faults = 1
        /// Power cuts, starts by a colleague, locks of another run, deaths of etcd.
        var events = 1
        var states = 50_000_000
    }

    let machine: Machine
    let futures: Futures
    private(set) var transitions = 0
    /// Whether every state that can be reached was seen.
    private(set) var isComplete = false
    let seen = StateTable()
    let successors: Successors
    private let limits: Limits

    var states: Int { seen.count }

    init(_ rules: HouseRules, areAlike: Bool = false, _ limits: Limits = Limits()) {
        precondition(limits.faults <= World.mostOfAKind && limits.events <= World.mostOfAKind)
        machine = Machine(rules, areAlike: areAlike)
        futures = Futures(machine)
        successors = Successors(machine, faults: limits.faults, events: limits.events)
        self.limits = limits
    }

    /// - Returns: the first law that breaks, with its story; nil where all hold everywhere.
    func run() -> Breach? {
        guard let first = machine.first() else { return nil }
        _ = seen.insert(first.key, from: -1)
        var index = 0
        while index < seen.count {
            let key = seen.key(at: index)
            if let found = broken(key) { return breach(found.law, found.detail, at: index) }
            successors.find(after: key)
            if successors.isStuck { return breach(.noDeadEnd, "nothing can follow", at: index) }
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
        if let illegal = machine.coordinators.runs.illegal.first {
            return Breach(law: .journalFolds, detail: illegal, story: [])
        }
        isComplete = true
        return nil
    }

    private func breach(_ law: Law, _ detail: String, at index: Int) -> Breach {
        Breach(law: law, detail: detail, story: Story(self).lines(to: index))
    }

    // MARK: laws

    private let harmed = HostMarks.isHarmed.rawValue
    private let restored = HostMarks.servesRestored.rawValue
    private let inPlace = HostMarks.hasRestoredInPlace.rawValue
    private let old = HostMarks.servesOld.rawValue

    private func broken(_ key: UInt64) -> (law: Law, detail: String)? {
        let world = World(key: key)
        let hosts = machine.hosts(world)
        let marks = machine.marks(hosts)
        let some = marks.first | marks.second | marks.third
        let every = marks.first & marks.second & marks.third
        if some & harmed != 0 { return (.oneLiveDirectory, machine.harm(hosts)) }
        if machine.progress(world) & Progress.hasMovedUnderEtcd != 0 {
            return (.nothingMovesUnderEtcd, "a rename under an etcd that runs or could start")
        }
        if some & restored != 0 {
            if some & old != 0 { return (.oneCluster, machine.words(hosts)) }
            if every & inPlace == 0 { return (.restoredTogether, machine.words(hosts)) }
        }
        return futures.broken(world.run, hosts)
    }
}

extension Machine {
    /// What is wrong on the hosts, in words.
    func harm(_ hosts: (Int, Int, Int)) -> String {
        describe(hosts) { $0.violation }
    }

    func words(_ hosts: (Int, Int, Int)) -> String {
        describe(hosts) { host in
            let data = host.data.member.map { "\($0) data" } ?? "no data"
            return "\(data) in place, etcd \(host.isActive ? "runs" : "is stopped")"
        }
    }

    func describe(_ hosts: (Int, Int, Int), _ text: (ModelHost) -> String?) -> String {
        zip(rules.restore.targets, [hosts.0, hosts.1, hosts.2]).enumerated()
            .compactMap { slot, pair in
                text(book(slot).hosts[pair.1]).map { "\(pair.0.name): \($0)" }
            }
            .joined(separator: "; ")
    }
}
