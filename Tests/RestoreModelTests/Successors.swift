import RestorePlanning
import RestoreRun

/// All that can follow on one state, written into a buffer that is used again.
final class Successors {
    /// What led to a successor.
    struct Note {
        /// The member's place in the state, or -1 where it is the run's own step.
        var slot: Int
        /// The number of the member's move, or a `RunStep`.
        var move: Int
        /// Whether the second and the third member then changed places.
        var isSwapped: Bool
    }

    enum RunStep: Int {
        case stagePassed
        case stageFailed
        case lockRefused
        case killed
        case resumed
        case rollbackAsked
        case cleanAsked
        case othersRestored
    }

    private static var most: Int { 256 }

    private(set) var count = 0
    let keys: UnsafeMutablePointer<UInt64>
    let notes: UnsafeMutablePointer<Note>

    private let machine: Machine
    private let maxFaults: Int
    private let maxEvents: Int
    /// The run after an effect is on record, by run and kind of effect; -1 where not asked yet.
    private let recorded: UnsafeMutablePointer<Int32>
    /// The run after a step of its own, by run and step; -1 where not asked yet, -2 for none.
    private let stepped: UnsafeMutablePointer<Int32>
    private var resumptions: [Resumption: Int] = [:]

    private struct Resumption: Hashable {
        var run: Int
        var standing: UInt64
    }

    private static var kinds: Int { 64 }
    private static var steps: Int { 8 }

    init(_ machine: Machine, faults: Int, events: Int) {
        self.machine = machine
        maxFaults = faults
        maxEvents = events
        keys = .allocate(capacity: Self.most)
        notes = .allocate(capacity: Self.most)
        recorded = .allocate(capacity: MemberBook.limit * Self.kinds)
        recorded.initialize(repeating: -1, count: MemberBook.limit * Self.kinds)
        stepped = .allocate(capacity: MemberBook.limit * Self.steps)
        stepped.initialize(repeating: -1, count: MemberBook.limit * Self.steps)
    }

    deinit {
        keys.deallocate()
        notes.deallocate()
        recorded.deallocate()
        stepped.deallocate()
    }

    func find(after key: UInt64) {
        count = 0
        let world = World(key: key)
        let place = machine.place(of: world.run)
        memberMoves(world, 0, place)
        memberMoves(world, 1, place)
        memberMoves(world, 2, place)
        if place == 0 {
            operatorMoves(world)
        } else {
            coordinatorMoves(world, place)
        }
    }

    // MARK: members

    private func memberMoves(_ world: World, _ slot: Int, _ place: Int) {
        let state = slot == 0 ? world.first : slot == 1 ? world.second : world.third
        let moves = machine.table(slot).moves(of: state, at: place)
        let number = Int(truncatingIfNeeded: moves[0])
        var index = 0
        while index < number {
            let move = moves[index &+ 1]
            var next = world
            let member = Int(truncatingIfNeeded: move & 0xFFFF)
            if slot == 0 {
                next.first = member
            } else if slot == 1 {
                next.second = member
            } else {
                next.third = member
            }
            let cost = (move >> 16) & 0xFF
            if cost == 1 {
                next.faults &+= 1
            } else if cost == 2 {
                next.events &+= 1
            }
            let kind = Int(truncatingIfNeeded: move >> 24)
            if kind != 0 { next.run = run(next.run, recording: kind) }
            if next.faults <= maxFaults, next.events <= maxEvents { add(next, slot, index) }
            index &+= 1
        }
    }

    private func run(_ run: Int, recording kind: Int) -> Int {
        let cell = run &* Self.kinds &+ kind
        if recorded[cell] < 0 {
            let next = machine.coordinators.recorded(
                run,
                EffectKind.allCases[kind - 1],
                member: machine.rules.restore.targets[0].name
            )
            // what the fold refuses is told by `RunBook.illegal`
            recorded[cell] = Int32(next ?? run)
        }
        return Int(recorded[cell])
    }

    private func add(_ world: World, _ slot: Int, _ move: Int) {
        var world = world
        let isSwapped = machine.areAlike && world.second > world.third
        if isSwapped {
            let second = world.second
            world.second = world.third
            world.third = second
        }
        keys[count] = world.key
        notes[count] = Note(slot: slot, move: move, isSwapped: isSwapped)
        count &+= 1
    }

    // MARK: coordinator and operator

    private func coordinatorMoves(_ world: World, _ place: Int) {
        let progress = machine.progress(world)
        if progress & Progress.working == 0 {
            if progress & Progress.failedByOtherLock != 0 {
                addRun(.lockRefused, world, .ends, place)
            } else if progress & Progress.failed != 0 || !machine.holdsProof(world, place) {
                addRun(.stageFailed, world, .ends, place)
            } else {
                addRun(.stagePassed, world, .ends, place)
            }
        }
        if world.faults < maxFaults {
            var killed = world
            killed.faults &+= 1
            addRun(.killed, killed, .isAbandoned, place)
        }
    }

    private func operatorMoves(_ world: World) {
        addRun(.resumed, world, nil, 0)
        addRun(.rollbackAsked, world, nil, 0)
        addRun(.cleanAsked, world, nil, 0)
        if world.events < maxEvents, machine.canBeRestoredByOthers(world) {
            var replaced = world
            replaced.events &+= 1
            addRun(.othersRestored, replaced, .isReplaced, 0)
        }
    }

    /// The members change with the coordinator's place: the old one is left, the new one begins.
    private func addRun(
        _ step: RunStep,
        _ world: World,
        _ change: MoveTable.Change?,
        _ place: Int
    ) {
        let run = run(after: step, world)
        guard run >= 0 else { return }
        var next = world
        next.run = run
        if let change { machine.change(&next, change, place) }
        let entered = machine.place(of: run)
        if entered != 0 { machine.change(&next, .begins, entered) }
        add(next, -1, step.rawValue)
    }

    private func run(after step: RunStep, _ world: World) -> Int {
        // what a resume walks again depends on the hosts
        if step == .resumed { return resumed(world) }
        let cell = world.run &* Self.steps &+ step.rawValue
        if stepped[cell] == -1 { stepped[cell] = asked(step, world) }
        return Int(stepped[cell])
    }

    private func resumed(_ world: World) -> Int {
        let resumption = Resumption(run: world.run, standing: machine.standing(world))
        if let known = resumptions[resumption] { return known }
        let run = Int(asked(.resumed, world))
        resumptions[resumption] = run
        return run
    }

    private func asked(_ step: RunStep, _ world: World) -> Int32 {
        let coordinators = machine.coordinators
        let run = world.run
        let next =
            switch step {
            case .stagePassed: coordinators.passed(run)
            case .stageFailed: coordinators.failed(run, byOtherLock: false)
            case .lockRefused: coordinators.failed(run, byOtherLock: true)
            case .killed: coordinators.runs.with(.gone, run)
            // this run's coordinator does not know of it
            case .othersRestored: run
            case .resumed:
                coordinators.takenUp(run, leavingOut: machine.standing(world))
            case .rollbackAsked: coordinators.turned(run, to: .rollback)
            case .cleanAsked: coordinators.turned(run, to: .clean)
            }
        return next.map(Int32.init) ?? -2
    }
}
