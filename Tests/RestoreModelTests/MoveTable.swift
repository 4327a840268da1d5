import RestorePlanning

/// The steps of a member from every state at every place, worked out once and kept as numbers.
final class MoveTable {
    private let book: MemberBook
    private let places: [MemberSteps.Place]
    private let work: [MemberSteps]
    /// Where the moves of a place and a state begin, or -1.
    private let starts: UnsafeMutablePointer<Int32>
    private var moves: UnsafeMutablePointer<UInt64>
    private var count = 0
    private var capacity = 1 << 16
    private let changed: UnsafeMutablePointer<Int32>

    /// Changes that the coordinator makes to a member at once, by place.
    enum Change: Int, CaseIterable {
        /// The place's stage begins.
        case begins
        /// The stage is over.
        case ends
        /// The coordinator is killed.
        case isAbandoned
        /// Another run restores the cluster.
        case isReplaced
    }

    init(_ book: MemberBook, places: [MemberSteps.Place]) {
        self.book = book
        self.places = places
        work = places.map { MemberSteps(book, at: $0) }
        let cells = places.count * MemberBook.limit
        starts = .allocate(capacity: cells)
        starts.initialize(repeating: -1, count: cells)
        moves = .allocate(capacity: capacity)
        changed = .allocate(capacity: cells * Change.allCases.count)
        changed.initialize(repeating: -1, count: cells * Change.allCases.count)
    }

    deinit {
        starts.deallocate()
        moves.deallocate()
        changed.deallocate()
    }

    /// Where the moves begin: their number, then each as `Move`.
    func moves(of state: Int, at place: Int) -> UnsafePointer<UInt64> {
        let cell = place &* MemberBook.limit &+ state
        if starts[cell] < 0 { work(out: state, at: place) }
        return UnsafePointer(moves + Int(starts[cell]))
    }

    func steps(of state: Int, at place: Int) -> [MemberStep] {
        work[place].steps(from: book.states[state])
    }

    private func work(out state: Int, at place: Int) {
        let steps = steps(of: state, at: place)
        if count + steps.count + 1 > capacity { grow() }
        starts[place * MemberBook.limit + state] = Int32(count)
        moves[count] = UInt64(steps.count)
        count += 1
        for step in steps {
            moves[count] = Move.packed(step, next: book.number(step.next))
            count += 1
        }
    }

    private func grow() {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: moves, count: count)
        moves.deallocate()
        moves = larger
        capacity *= 2
    }

    func state(_ state: Int, after change: Change, at place: Int) -> Int {
        let cell =
            (change.rawValue &* places.count &+ place) &* MemberBook.limit &+ state
        if changed[cell] < 0 {
            let next = self.next(book.states[state], change, place)
            changed[cell] = Int32(book.number(next))
        }
        return Int(changed[cell])
    }

    private func next(_ state: MemberState, _ change: Change, _ place: Int) -> MemberState {
        var next = state
        switch change {
        case .begins:
            next.position = work[place].work.isEmpty ? .idle : .looking(0)
        case .ends:
            next.position = .idle
            // an earlier lock command is over within seconds, and a stage takes longer
            if next.orphan?.work.waitsItsTurn == false { next.orphan = nil }
        case .isAbandoned:
            next = MemberSteps.abandoned(state, work[place].work)
        case .isReplaced:
            next.host = book.number(book.hosts[state.host].restoredByOthers)
        }
        return next
    }
}

/// A step as a number.
enum Move {
    static func packed(_ step: MemberStep, next: Int) -> UInt64 {
        let kind = step.recorded.flatMap { EffectKind.allCases.firstIndex(of: $0) }
        return UInt64(next) | UInt64(step.cost.rawValue) << 16 | UInt64(kind.map { $0 + 1 } ?? 0)
            << 24
    }
}
