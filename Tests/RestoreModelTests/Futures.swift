import EtcdModel
import RestorePlanning
import RestoreRun

/// What comes of a state when nothing goes wrong any more: where a resume ends, and a rollback.
///
/// Without faults members do not matter to one another within a stage, so that a future is a walk
/// through the stages, and each member's way through a stage is worked out once.
final class Futures {
    private let machine: Machine
    private let passages: [Passages]
    private let asked = StateTable()
    /// Why resumes were refused, and in how many futures.
    private(set) var refusals: [String: Int] = [:]
    var count: Int { asked.count }

    private typealias Hosts = (Int, Int, Int)

    private struct Walk {
        var ending: Ending
        /// The stages that were passed, and the hosts then.
        var stages: [Int]
        var hosts: Hosts

        /// Before any stage was passed, with a hint.
        var isRefusedAtOnce: Bool {
            guard case .stopped(let obstacles) = ending, stages.isEmpty else { return false }
            return obstacles.allSatisfy {
                if case .refused(let refusal)? = $0 { !refusal.hint.isEmpty } else { $0 == nil }
            }
        }
    }

    private func hasOthers(_ hosts: Hosts) -> Bool {
        let marks = machine.marks(hosts)
        return (marks.first | marks.second | marks.third) & HostMarks.isOthers.rawValue != 0
    }

    private enum Ending {
        case completed
        /// By member; nil for one that passed.
        case stopped([Passages.Obstacle?])
        /// No refusal, but the cluster does not answer as it should.
        case unproven
    }

    init(_ machine: Machine) {
        self.machine = machine
        passages = machine.books.map { Passages($0, machine.stages) }
    }

    /// The first law that the state's futures break.
    ///
    /// Commands left alone are over by then, and another run has given its locks back.
    func broken(_ run: Int, _ hosts: (Int, Int, Int)) -> Finding? {
        let key =
            UInt64(run) << 48 | UInt64(hosts.0) << 32 | UInt64(hosts.1) << 16 | UInt64(hosts.2)
        guard asked.insert(key, from: -1) else { return nil }
        let entry = machine.coordinators.runs.entries[run]
        if case .completed(let kind) = entry.phase, let found = broken(after: kind, hosts) {
            return found
        }
        let free = withoutOthersLocks(hosts)
        return brokenResume(run, entry, free) ?? brokenRollback(run, entry, free)
            ?? brokenFence(run, entry, free)
    }

    private func withoutOthersLocks(_ hosts: Hosts) -> Hosts {
        func free(_ slot: Int, _ host: Int) -> Int {
            let book = machine.book(slot)
            return book.number(book.hosts[host].withoutOthersLock)
        }
        return (free(0, hosts.0), free(1, hosts.1), free(2, hosts.2))
    }

    // MARK: laws

    private func broken(after kind: Plan.Kind, _ hosts: Hosts) -> Finding? {
        let marks = machine.marks(hosts)
        let some = marks.first | marks.second | marks.third
        let every = marks.first & marks.second & marks.third
        if some & HostMarks.isUntidy.rawValue != 0 {
            return Finding(.completedLeavesNothing, machine.remains(hosts))
        }
        if kind == .clean, some & HostMarks.hasRunDirectory.rawValue != 0 {
            return Finding(
                .completedLeavesNothing,
                "a run's directory is there after its cleaning"
            )
        }
        // what another run restored since is not this run's affair
        if kind == .rollback, every & HostMarks.hasOldInPlace.rawValue == 0,
            some & HostMarks.isOthers.rawValue == 0
        {
            return Finding(.rolledBackIsOld, machine.words(hosts))
        }
        return nil
    }

    private func brokenResume(_ run: Int, _ entry: RunBook.Entry, _ hosts: Hosts) -> Finding? {
        guard machine.rules.refusal(entry.phase, .resume) == nil else { return nil }
        let left = entry.leavesServing ? machine.stages.swap : 0
        let walk = walk(entry.kind, leavingOut: machine.standing(run, hosts) | left, hosts)
        let found: Finding?
        switch walk.ending {
        case .completed: found = broken(after: entry.kind, walk.hosts)
        case .unproven where entry.kind == .restore && machine.servesRestored(walk.hosts):
            found = Finding(
                .resumable,
                "the proof does not hold, although every member serves what was restored"
            )
        case .unproven:
            refusals["\(entry.kind.rawValue): the proof does not hold", default: 0] += 1
            found = nil
        case .stopped(let obstacles):
            found =
                obstacles.lazy.compactMap { $0 }.compactMap { obstacle in
                    if case .refused(let refusal) = obstacle, !refusal.hint.isEmpty {
                        self.refusals["\(entry.kind.rawValue): \(refusal.fact)", default: 0] += 1
                        return nil
                    }
                    return Finding(
                        obstacle.isUnsafe ? .nothingMovesUnderEtcd : .resumable,
                        obstacle.words
                    )
                }.first
        }
        return found?.with(lines("resume", entry.kind, walk))
    }

    private func brokenRollback(_ run: Int, _ entry: RunBook.Entry, _ hosts: Hosts) -> Finding? {
        guard machine.rules.refusal(entry.phase, .rollback) == nil else { return nil }
        let isLight =
            entry.kind == .rollback ? entry.leavesServing : machine.rules.isUntouched(entry.state)
        let passed =
            (entry.kind == .rollback ? machine.standing(run, hosts) : 0)
            | (isLight ? machine.stages.swap : 0)
        let walk = walk(.rollback, leavingOut: passed, hosts)
        let found: Finding?
        if hasOthers(hosts) {
            // one whose last step was all that was left ends, and touches nothing of theirs
            let marks = machine.marks(walk.hosts)
            let some = marks.first | marks.second | marks.third
            return walk.isRefusedAtOnce || some & HostMarks.isTrespassed.rawValue == 0
                ? nil
                : Finding(.othersStay, "a rollback went on: \(machine.words(walk.hosts))")
                    .with(lines("rollback", .rollback, walk))
        }
        switch walk.ending {
        case .completed:
            let marks = machine.marks(walk.hosts)
            let every = marks.first & marks.second & marks.third
            // what dies once the old cluster is proven is not the run's any more
            let isProven = entry.kind == .rollback && entry.ended & machine.stages.proofs != 0
            found =
                broken(after: .rollback, walk.hosts)
                ?? (!isProven && every & HostMarks.isServiceAsBefore.rawValue == 0
                    ? Finding(.revertible, "not as before: \(machine.words(walk.hosts))") : nil)
        case .unproven:
            let words = machine.words(walk.hosts)
            found = Finding(.revertible, "the old cluster does not answer: \(words)")
        case .stopped(let obstacles):
            let first = obstacles.compactMap { $0 }.first
            found = Finding(
                first?.isUnsafe == true ? .nothingMovesUnderEtcd : .revertible,
                first?.words ?? ""
            )
        }
        return found?.with(lines("rollback", .rollback, walk))
    }

    // MARK: a host that is lost for good

    /// The members that are lost in turn: two that are alike count once.
    private var lostSlots: [Int] { machine.areAlike ? [0, 2] : [0, 1, 2] }

    private func brokenFence(_ run: Int, _ entry: RunBook.Entry, _ hosts: Hosts) -> Finding? {
        guard machine.asksFences, !hasOthers(hosts),
            machine.rules.refusal(entry.phase, .resume) == nil
        else { return nil }
        for slot in lostSlots {
            if let found = brokenFencedResume(run, entry, hosts, slot)
                ?? brokenFencedRollback(run, entry, hosts, slot)
            {
                return found
            }
        }
        return nil
    }

    private func canFence(_ slot: Int, _ goal: MidRunFence.Goal) -> Bool {
        let name = machine.rules.restore.targets[slot].name
        return machine.rules.fence(machine.rules.restore, [name], goal).verdict != .fails
    }

    private func brokenFencedResume(
        _ run: Int,
        _ entry: RunBook.Entry,
        _ hosts: Hosts,
        _ slot: Int
    ) -> Finding? {
        guard canFence(slot, entry.kind == .rollback ? .rolledBack : .restored) else { return nil }
        let left = entry.leavesServing ? machine.stages.swap : 0
        let walk = walk(
            entry.kind,
            leavingOut: machine.standing(run, hosts, without: slot) | left,
            hosts,
            without: slot
        )
        let found: Finding?
        switch walk.ending {
        case .completed: found = brokenRest(after: entry.kind, walk.hosts, slot)
        case .unproven: found = nil
        case .stopped(let obstacles):
            found =
                obstacles.compactMap { $0 }.first {
                    if case .refused(let refusal) = $0 { refusal.hint.isEmpty } else { true }
                }
                .map { Finding(.fenceable, $0.words) }
        }
        return found?.with(lines("resume, fencing member \(slot + 1)", entry.kind, walk))
    }

    private func brokenFencedRollback(
        _ run: Int,
        _ entry: RunBook.Entry,
        _ hosts: Hosts,
        _ slot: Int
    ) -> Finding? {
        guard machine.rules.refusal(entry.phase, .rollback) == nil, canFence(slot, .rolledBack)
        else { return nil }
        let isLight =
            entry.kind == .rollback ? entry.leavesServing : machine.rules.isUntouched(entry.state)
        let passed =
            (entry.kind == .rollback ? machine.standing(run, hosts, without: slot) : 0)
            | (isLight ? machine.stages.swap : 0)
        let walk = walk(.rollback, leavingOut: passed, hosts, without: slot)
        let found: Finding?
        switch walk.ending {
        case .completed: found = brokenRest(after: .rollback, walk.hosts, slot)
        case .unproven: found = Finding(.fenceable, "the old cluster does not answer")
        case .stopped(let obstacles):
            found = Finding(.fenceable, obstacles.compactMap { $0 }.first?.words ?? "")
        }
        return found?.with(lines("rollback, fencing member \(slot + 1)", .rollback, walk))
    }

    /// What must be so of the members that are left.
    private func brokenRest(after kind: Plan.Kind, _ hosts: Hosts, _ slot: Int) -> Finding? {
        let marks = machine.marks(hosts)
        let rest = [marks.first, marks.second, marks.third].enumerated()
            .filter { $0.offset != slot }.map(\.element)
        if rest.contains(where: { $0 & HostMarks.isUntidy.rawValue != 0 }) {
            return Finding(.fenceable, machine.remains(hosts))
        }
        guard kind == .rollback else { return nil }
        let isBack = rest.allSatisfy { $0 & HostMarks.hasOldInPlace.rawValue != 0 }
        let old = zip(machine.rules.restore.targets.indices, machine.rules.restore.targets)
            .count { $0.0 != slot && $0.1.hasOldData }
        // a quorum that was there before the run is there after it
        let hadQuorum =
            machine.rules.restore.targets.count(where: { $0.hasOldData })
            >= machine.rules.restore.topology.quorum
        let keepsQuorum = !hadQuorum || old >= machine.rules.restore.topology.quorum
        return isBack && keepsQuorum
            ? nil : Finding(.fenceable, "no quorum of the old: \(machine.words(hosts))")
    }

    // MARK: the walk

    /// `slot` is the place of a member that is fenced, and whose host is lost for good.
    private func walk(
        _ kind: Plan.Kind,
        leavingOut passed: UInt64,
        _ start: Hosts,
        without slot: Int? = nil
    ) -> Walk {
        var walk = Walk(ending: .completed, stages: [], hosts: start)
        let members = [passages[0], passages[1], passages[machine.areAlike ? 1 : 2]]
        var stage = machine.stages.next(after: nil, of: kind, leavingOut: passed)
        while let current = stage {
            if !machine.holdsProof(of: current, walk.hosts, without: slot) {
                walk.ending = .unproven
                return walk
            }
            if let lost = lostObstacles(current, slot) {
                walk.ending = .stopped(lost)
                return walk
            }
            let ends = (
                slot == 0 ? walk.hosts.0 : members[0].end(of: current, from: walk.hosts.0),
                slot == 1 ? walk.hosts.1 : members[1].end(of: current, from: walk.hosts.1),
                slot == 2 ? walk.hosts.2 : members[2].end(of: current, from: walk.hosts.2)
            )
            if ends.0 < 0 || ends.1 < 0 || ends.2 < 0 {
                walk.ending = .stopped([
                    members[0].obstacle(ends.0), members[1].obstacle(ends.1),
                    members[2].obstacle(ends.2),
                ])
                return walk
            }
            walk.hosts = ends
            walk.stages.append(current)
            stage = machine.stages.next(after: current, of: kind, leavingOut: passed)
        }
        return walk
    }

    /// What a stage that still acts on a lost host comes to; nil where it does not.
    private func lostObstacles(_ stage: Int, _ slot: Int?) -> [Passages.Obstacle?]? {
        guard let slot, !machine.rules.leavesOut,
            !machine.stages.entries[stage].effects[slot].isEmpty
        else { return nil }
        return (0..<3).map { $0 == slot ? .commandFails("its host is lost for good") : nil }
    }

    /// The walk as the end of a story, once the members' names are known.
    private func lines(
        _ request: String,
        _ kind: Plan.Kind,
        _ walk: Walk
    ) -> ([String]) -> [String] {
        let passed = walk.stages.map {
            "\(kind.rawValue): all members pass `\(machine.stages.entries[$0].title)`"
        }
        return { names in
            var lines = ["operator: \(request), and nothing disturbs it"] + passed
            switch walk.ending {
            case .completed: lines.append("\(kind.rawValue): is completed")
            case .unproven: lines.append("\(kind.rawValue): the proof does not hold")
            case .stopped(let obstacles):
                lines += zip(names, obstacles).compactMap { name, obstacle in
                    obstacle.map { "\(name): \($0.words)" }
                }
            }
            return lines
        }
    }
}
