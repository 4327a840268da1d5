import RestorePlanning
import RestoreRun

@testable import TestSupport

/// What comes of a state when nothing goes wrong any more: where a resume ends, and a rollback.
///
/// Without faults members do not matter to one another within a stage, so that a future is a walk
/// through the stages, and each member's way through a stage is worked out once.
final class Futures {
    private let machine: Machine
    private let asked = StateTable()
    private var passages: [Passage: Arrival] = [:]
    /// Why resumes were refused, and in how many futures.
    private(set) var refusals: [String: Int] = [:]
    var count: Int { asked.count }

    private struct Passage: Hashable {
        var member: Int
        var stage: Int
        var host: Int
    }

    /// What a member is once it has passed a stage, or could not.
    private struct Arrival {
        var host: Int
        var obstacle: Obstacle?
    }

    private enum Obstacle {
        case refused(Refusal)
        case commandFails(String)
    }

    private enum Ending {
        case completed((Int, Int, Int))
        case stopped([Obstacle])
        /// No refusal, but the cluster does not answer as it should.
        case unproven
    }

    init(_ machine: Machine) {
        self.machine = machine
    }

    /// The first law that the state's futures break.
    ///
    /// Commands left alone are over by then, and another run has given its locks back.
    func broken(_ run: Int, _ hosts: (Int, Int, Int)) -> (law: Law, detail: String)? {
        let key =
            UInt64(run) << 48 | UInt64(hosts.0) << 32 | UInt64(hosts.1) << 16 | UInt64(hosts.2)
        guard asked.insert(key, from: -1) else { return nil }
        let entry = machine.coordinators.runs.entries[run]
        if case .completed(let kind) = entry.phase, let found = broken(after: kind, hosts) {
            return found
        }
        let free = withoutOthersLocks(hosts)
        return brokenResume(run, entry, free) ?? brokenRollback(run, entry, free)
    }

    private func withoutOthersLocks(_ hosts: (Int, Int, Int)) -> (Int, Int, Int) {
        func free(_ slot: Int, _ host: Int) -> Int {
            let book = machine.book(slot)
            return book.number(book.hosts[host].withoutOthersLock)
        }
        return (free(0, hosts.0), free(1, hosts.1), free(2, hosts.2))
    }

    // MARK: laws

    private func broken(
        after kind: Plan.Kind,
        _ hosts: (Int, Int, Int)
    ) -> (law: Law, detail: String)? {
        let marks = machine.marks(hosts)
        let some = marks.first | marks.second | marks.third
        let every = marks.first & marks.second & marks.third
        if some & HostMarks.isUntidy.rawValue != 0 {
            return (.completedLeavesNothing, machine.remains(hosts))
        }
        if kind == .clean, some & HostMarks.hasRunDirectory.rawValue != 0 {
            return (.completedLeavesNothing, "a run's directory is there after its cleaning")
        }
        if kind == .rollback, every & HostMarks.hasOldInPlace.rawValue == 0 {
            return (.rolledBackIsOld, machine.words(hosts))
        }
        return nil
    }

    private func brokenResume(
        _ run: Int,
        _ entry: RunBook.Entry,
        _ hosts: (Int, Int, Int)
    ) -> (law: Law, detail: String)? {
        guard machine.rules.refusal(entry.phase, .resume) == nil else { return nil }
        let standing = machine.coordinators.standing(
            run,
            done: machine.doneEverywhere(hosts),
            allLocked: machine.areAllLocked(hosts)
        )
        switch walk(entry.kind, leavingOut: standing, hosts) {
        case .completed(let end): return broken(after: entry.kind, end)
        case .unproven:
            refusals["\(entry.kind.rawValue): the proof does not hold", default: 0] += 1
            return nil
        case .stopped(let obstacles):
            for obstacle in obstacles {
                switch obstacle {
                case .refused(let refusal) where !refusal.hint.isEmpty:
                    refusals["\(entry.kind.rawValue): \(refusal.fact)", default: 0] += 1
                case .refused(let refusal):
                    return (.resumable, "refused without a hint: \(refusal.fact)")
                case .commandFails(let words):
                    return (.resumable, words)
                }
            }
            return nil
        }
    }

    private func brokenRollback(
        _ run: Int,
        _ entry: RunBook.Entry,
        _ hosts: (Int, Int, Int)
    ) -> (law: Law, detail: String)? {
        guard machine.rules.refusal(entry.phase, .rollback) == nil else { return nil }
        let standing =
            entry.kind == .rollback
            ? machine.coordinators.standing(
                run,
                done: machine.doneEverywhere(hosts),
                allLocked: machine.areAllLocked(hosts)
            ) : 0
        switch walk(.rollback, leavingOut: standing, hosts) {
        case .completed(let end):
            if let found = broken(after: .rollback, end) { return found }
            let marks = machine.marks(end)
            let every = marks.first & marks.second & marks.third
            return every & HostMarks.isServiceAsBefore.rawValue == 0
                ? (.revertible, "not as before: \(machine.words(end))") : nil
        case .unproven:
            return (.revertible, "the old cluster does not answer: \(machine.words(hosts))")
        case .stopped(let obstacles):
            let reasons = obstacles.map { obstacle in
                switch obstacle {
                case .refused(let refusal): "refused: \(refusal.fact)"
                case .commandFails(let words): words
                }
            }
            return (.revertible, reasons.joined(separator: "; "))
        }
    }

    // MARK: the walk

    private func walk(
        _ kind: Plan.Kind,
        leavingOut passed: UInt64,
        _ start: (Int, Int, Int)
    ) -> Ending {
        var hosts = start
        var stage = machine.stages.next(after: nil, of: kind, leavingOut: passed)
        while let current = stage {
            if !machine.holdsProof(of: current, hosts) { return .unproven }
            let arrivals = [
                arrival(0, current, hosts.0), arrival(1, current, hosts.1),
                arrival(2, current, hosts.2),
            ]
            let obstacles = arrivals.compactMap(\.obstacle)
            if !obstacles.isEmpty { return .stopped(obstacles) }
            hosts = (arrivals[0].host, arrivals[1].host, arrivals[2].host)
            stage = machine.stages.next(after: current, of: kind, leavingOut: passed)
        }
        return .completed(hosts)
    }

    private func arrival(_ slot: Int, _ stage: Int, _ host: Int) -> Arrival {
        let book = machine.book(slot)
        let passage = Passage(member: book.member, stage: stage, host: host)
        if let known = passages[passage] { return known }
        var arrival = Arrival(host: host)
        for effect in machine.stages.entries[stage].effects[book.member] {
            arrival = settled(effect, book, arrival.host)
            if arrival.obstacle != nil { break }
        }
        passages[passage] = arrival
        return arrival
    }

    private func settled(_ effect: PlannedEffect, _ book: MemberBook, _ host: Int) -> Arrival {
        switch book.standing(of: effect.kind, on: host) {
        case .done: return Arrival(host: host)
        case .refused(let refusal): return Arrival(host: host, obstacle: .refused(refusal))
        case .ready:
            var changed = book.hosts[host]
            do {
                for operation in book.operations(of: .effect(effect.kind)) {
                    try operation(&changed)
                }
            } catch let failure as ModelHost.CommandFailure {
                let words = "\(effect.member) fails to \(effect.kind.rawValue): \(failure.message)"
                return Arrival(host: host, obstacle: .commandFails(words))
            } catch {
                preconditionFailure("a model host fails with nothing but a command's failure")
            }
            return Arrival(host: book.number(changed))
        }
    }
}

extension Machine {
    /// What a run that ended has left behind.
    func remains(_ hosts: (Int, Int, Int)) -> String {
        describe(hosts) { host in
            guard host.isUntidy else { return nil }
            let lock = host.lock.map { "lock of \($0)" }
            let hold = host.hold.map { "hold of \($0)" }
            let staged = host.staged.isEmpty ? nil : "staging"
            let copy = host.hasSnapshot ? "a copy of the snapshot" : nil
            return [lock, hold, staged, copy].compactMap { $0 }.joined(separator: ", ")
        }
    }
}
