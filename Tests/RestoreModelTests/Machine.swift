import RestorePlanning
import RestoreRun

@testable import TestSupport

/// The searched machine: one run, its coordinators, three members.
final class Machine {
    let rules: HouseRules
    let stages: StageList
    let coordinators: Coordinators
    /// Whether the second and the third member can be told apart by nothing but their names.
    let areAlike: Bool
    let books: [MemberBook]
    private let tables: [MoveTable]
    /// The stages in which each member is stopped.
    private let stops: (first: UInt64, second: UInt64, third: UInt64)
    private let places: [MemberSteps.Place]
    /// By the run's number, -1 where not asked yet.
    private let placeOf: UnsafeMutablePointer<Int32>
    private var provedCompactions: [UInt32: Bool] = [:]
    /// Whether every future is asked once more with a host lost for good.
    var asksFences = true

    init(_ rules: HouseRules, areAlike: Bool) {
        self.rules = rules
        self.areAlike = areAlike
        let stages = StageList(rules)
        self.stages = stages
        precondition(rules.restore.targets.count == 3, "the search is made for three members")
        stops = (stages.stops(of: 0), stages.stops(of: 1), stages.stops(of: 2))
        coordinators = Coordinators(rules, stages)
        let books = (areAlike ? [0, 1] : [0, 1, 2]).map {
            MemberBook(member: $0, rules: rules, stages: stages)
        }
        self.books = books
        let places =
            [MemberSteps.Place.nowhere] + stages.entries.indices.map { .stage($0) }
            + [.givingBack]
        self.places = places
        tables = books.map { MoveTable($0, places: places) }
        placeOf = .allocate(capacity: MemberBook.limit)
        placeOf.initialize(repeating: -1, count: MemberBook.limit)
    }

    deinit { placeOf.deallocate() }

    func first() -> World? {
        guard let run = coordinators.runs.first() else { return nil }
        return World(
            run: run,
            faults: 0,
            events: 0,
            first: book(0).first(),
            second: book(1).first(),
            third: book(2).first()
        )
    }

    func book(_ slot: Int) -> MemberBook { areAlike && slot == 2 ? books[1] : books[slot] }
    func table(_ slot: Int) -> MoveTable { areAlike && slot == 2 ? tables[1] : tables[slot] }

    /// 0 without a coordinator at work.
    func place(of run: Int) -> Int {
        if placeOf[run] < 0 {
            let place: MemberSteps.Place =
                switch coordinators.runs.entries[run].coordinator {
                case .gone: .nowhere
                case .inStage(let stage, _): .stage(stage)
                case .givingBack: .givingBack
                }
            placeOf[run] = Int32(places.firstIndex(of: place) ?? 0)
        }
        return Int(placeOf[run])
    }

    func change(_ world: inout World, _ change: MoveTable.Change, _ place: Int) {
        world.first = table(0).state(world.first, after: change, at: place)
        world.second = table(1).state(world.second, after: change, at: place)
        world.third = table(2).state(world.third, after: change, at: place)
    }

    func progress(_ world: World) -> UInt8 {
        book(0).progressOf[world.first] | book(1).progressOf[world.second]
            | book(2).progressOf[world.third]
    }

    /// The hosts' numbers, in the members' order.
    func hosts(_ world: World) -> (Int, Int, Int) {
        (
            book(0).hostOf[world.first], book(1).hostOf[world.second],
            book(2).hostOf[world.third]
        )
    }

    func marks(_ hosts: (Int, Int, Int)) -> (first: UInt32, second: UInt32, third: UInt32) {
        (
            book(0).hostMarks[hosts.0].rawValue, book(1).hostMarks[hosts.1].rawValue,
            book(2).hostMarks[hosts.2].rawValue
        )
    }

    /// Whether nobody keeps another coordinator from a restore: no lock, no hold, no command at work.
    func canBeRestoredByOthers(_ world: World) -> Bool {
        let marks = marks(hosts(world))
        let kept = HostMarks.isTaken.rawValue | HostMarks.isOthers.rawValue
        return (marks.first | marks.second | marks.third) & kept == 0
            && progress(world) & Progress.isBusy == 0
    }

    /// The ended stages that a coordinator leaves out which takes the run up: `standingStages` of the engine.
    ///
    /// A fenced member, by its place, is not asked.
    func standing(_ run: Int, _ hosts: (Int, Int, Int), without slot: Int? = nil) -> UInt64 {
        let entry = coordinators.runs.entries[run]
        let ended = entry.ended
        guard ended != 0 else { return ended }
        let marks = marks(hosts)
        let all: [(marks: UInt32, stops: UInt64, done: UInt64)] = [
            (marks.first, stops.first, book(0).doneStages[hosts.0]),
            (marks.second, stops.second, book(1).doneStages[hosts.1]),
            (marks.third, stops.third, book(2).doneStages[hosts.2]),
        ]
        let asked = slot.map { left in all.indices.filter { $0 != left }.map { all[$0] } } ?? all
        guard asked.allSatisfy({ $0.marks & HostMarks.isLockedByRun.rawValue != 0 }) else {
            return ended
        }
        let done = asked.reduce(UInt64.max) { $0 & $1.done }
        if entry.hasLetGo { return rules.startsAgain ? ended & (~stages.starts | done) : ended }
        guard
            asked.allSatisfy({
                ended & $0.stops == 0 || $0.marks & HostMarks.isActive.rawValue == 0
            })
        else { return ended }
        return ended & done
    }

    /// The same before an earlier command has ended: the looks for it wait, and are given up.
    func standing(_ world: World) -> UInt64 {
        progress(world) & Progress.isBusy != 0 && rules.looksWait
            ? coordinators.runs.entries[world.run].ended : standing(world.run, hosts(world))
    }

    // MARK: proofs

    /// Whether what the place's stage proves is so; true for a stage that proves nothing.
    func holdsProof(_ world: World, _ place: Int) -> Bool {
        // stages come right after `nowhere`
        place == 0 || place > stages.entries.count || holdsProof(of: place - 1, hosts(world))
    }

    /// Whether the proof holds on members that were compacted, each at its own time.
    private func provesCompacted(_ marks: [UInt32]) -> Bool {
        let compactions = marks.map { ($0 & HostMarks.compaction.rawValue) >> 13 }
        let key = compactions.reduce(0) { $0 << 2 | $1 }
        if let known = provedCompactions[key] { return known }
        let holds = rules.proves(
            compactions.compactMap { ModelHost.Compaction(rawValue: Int($0)) }
        )
        provedCompactions[key] = holds
        return holds
    }

    /// Whether every member that the proof asks serves the data that was restored.
    func servesRestored(_ hosts: (Int, Int, Int)) -> Bool {
        let marks = marks(hosts)
        return marks.first & marks.second & marks.third & HostMarks.servesRestored.rawValue != 0
    }

    /// The cluster answers where every member that is expected runs on the data that is expected.
    ///
    /// A fenced member, by its place, is not expected.
    func holdsProof(
        of stage: Int,
        _ hosts: (Int, Int, Int),
        without slot: Int? = nil
    ) -> Bool {
        guard stages.proofs & (1 << UInt64(truncatingIfNeeded: stage)) != 0,
            let proof = stages.entries[stage].proof
        else { return true }
        let marks = marks(hosts)
        let expected =
            proof.clusterID == rules.restore.clusterID
            ? HostMarks.servesRestored : HostMarks.servesOld
        let bySlot = [marks.first, marks.second, marks.third]
        let isCompacted =
            (marks.first | marks.second | marks.third) & HostMarks.compaction.rawValue != 0
        if isCompacted, proof.data != nil, !provesCompacted(bySlot) { return false }
        return zip(rules.restore.targets, bySlot).enumerated().allSatisfy { place, pair in
            place == slot || !proof.members.contains { $0.name == pair.0.name }
                || pair.1 & expected.rawValue != 0
        }
    }
}
