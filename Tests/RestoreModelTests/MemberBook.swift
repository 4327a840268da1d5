import EtcdModel
import RestorePlanning

@testable import TestSupport

/// All states of a member that the search has met, by number, with what is known of their hosts.
///
/// Members that are alike share a book.
final class MemberBook {
    /// As many of each as a packed state has bits for.
    static var limit: Int { 1 << 15 }

    let member: Int
    let target: MemberTarget
    let rules: HouseRules
    let stages: StageList
    private(set) var hosts: [ModelHost] = []
    private(set) var states: [MemberState] = []
    private var hostNumbers: [ModelHost: Int] = [:]
    private var stateNumbers: [MemberState: Int] = [:]
    private var looks: [Int: MemberObservation] = [:]
    private var standings: [Standing: EffectStanding] = [:]
    /// By the host's number.
    let hostMarks: UnsafeMutablePointer<HostMarks>
    /// The stages whose effects on this member are all done, as a mask; by the host's number.
    let doneStages: UnsafeMutablePointer<UInt64>
    /// By the state's number.
    let hostOf: UnsafeMutablePointer<Int>
    let progressOf: UnsafeMutablePointer<UInt8>

    private struct Standing: Hashable {
        var host: Int
        var kind: EffectKind
    }

    init(member: Int, rules: HouseRules, stages: StageList) {
        self.member = member
        target = rules.restore.targets[member]
        self.rules = rules
        self.stages = stages
        hostMarks = .allocate(capacity: Self.limit)
        doneStages = .allocate(capacity: Self.limit)
        hostOf = .allocate(capacity: Self.limit)
        progressOf = .allocate(capacity: Self.limit)
    }

    deinit {
        hostMarks.deallocate()
        doneStages.deallocate()
        hostOf.deallocate()
        progressOf.deallocate()
    }

    /// The member before the run.
    func first() -> Int {
        number(MemberState(host: number(ModelHost(target: target, in: rules.restore))))
    }

    func number(_ host: ModelHost) -> Int {
        var host = host
        // of data that is not in place nothing is asked
        if host.data.member != .restored { host.compaction = .none }
        if let known = hostNumbers[host] { return known }
        let number = hosts.count
        precondition(number < Self.limit, "more hosts than a packed state can name")
        hosts.append(host)
        hostNumbers[host] = number
        hostMarks[number] = HostMarks(host)
        doneStages[number] = doneMask(number)
        return number
    }

    func number(_ state: MemberState) -> Int {
        if let known = stateNumbers[state] { return known }
        let number = states.count
        precondition(number < Self.limit, "more states of a member than a packed state can name")
        states.append(state)
        stateNumbers[state] = number
        hostOf[number] = state.host
        progressOf[number] = Progress.bits(of: state)
        return number
    }

    func standing(of kind: EffectKind, on host: Int) -> EffectStanding {
        let ask = Standing(host: host, kind: kind)
        if let known = standings[ask] { return known }
        let found: EffectStanding
        if let look = look(at: host) {
            found = rules.standing(look, kind, target)
        } else {
            preconditionFailure("the model prints what the look's reader cannot read")
        }
        standings[ask] = found
        return found
    }

    /// What the real script's reader makes of what the model host prints.
    private func look(at host: Int) -> MemberObservation? {
        if let known = looks[host] { return known }
        let seen = ObservationScript(target: target).read(hosts[host].observation)
        looks[host] = seen
        return seen
    }

    private func doneMask(_ host: Int) -> UInt64 {
        var mask: UInt64 = 0
        for (index, stage) in stages.entries.enumerated() where stage.proof == nil {
            let isDone = stage.effects[member].allSatisfy { effect in
                // a clean must not make anew what it deleted
                (stage.kind == .clean && effect.kind == .takeLock)
                    || standing(of: effect.kind, on: host) == .done
            }
            if isDone { mask |= 1 << UInt64(index) }
        }
        return mask
    }
}

/// What every law asks of a host, in one word.
struct HostMarks: OptionSet {
    let rawValue: UInt32

    static let isHarmed = HostMarks(rawValue: 1)
    static let servesRestored = HostMarks(rawValue: 2)
    static let servesOld = HostMarks(rawValue: 4)
    static let hasRestoredInPlace = HostMarks(rawValue: 8)
    static let isUntidy = HostMarks(rawValue: 16)
    static let hasOldInPlace = HostMarks(rawValue: 32)
    static let isServiceAsBefore = HostMarks(rawValue: 64)
    static let isLockedByRun = HostMarks(rawValue: 128)
    static let hasRunDirectory = HostMarks(rawValue: 256)
    static let isActive = HostMarks(rawValue: 512)
    /// Another run's data is in place.
    static let isOthers = HostMarks(rawValue: 1024)
    static let isTrespassed = HostMarks(rawValue: 2048)
    /// Somebody has locked or holds it.
    static let isTaken = HostMarks(rawValue: 4096)
    /// The number of its compaction, in two bits.
    static let compaction = HostMarks(rawValue: 3 << 13)

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(_ host: ModelHost) {
        var marks: UInt32 = 0
        if host.violation != nil { marks |= Self.isHarmed.rawValue }
        if host.isActive, host.data.member == .restored { marks |= Self.servesRestored.rawValue }
        if host.isActive, host.data.member == .old { marks |= Self.servesOld.rawValue }
        if host.isRestoredInPlace { marks |= Self.hasRestoredInPlace.rawValue }
        if host.isUntidy { marks |= Self.isUntidy.rawValue }
        if host.isOldInPlace { marks |= Self.hasOldInPlace.rawValue }
        if host.isActive == host.target.wasActive { marks |= Self.isServiceAsBefore.rawValue }
        if host.isLockedByRun { marks |= Self.isLockedByRun.rawValue }
        if host.isActive { marks |= Self.isActive.rawValue }
        if host.hasRunDirectory { marks |= Self.hasRunDirectory.rawValue }
        if !host.othersAside.isEmpty { marks |= Self.isOthers.rawValue }
        if host.trespass != nil { marks |= Self.isTrespassed.rawValue }
        if host.lock != nil || host.hold != nil { marks |= Self.isTaken.rawValue }
        marks |= UInt32(host.compaction.rawValue) << 13
        rawValue = marks
    }
}

/// How far a member is, as the coordinator counts it: a bit for each, 0 once it is done.
enum Progress {
    static var working: UInt8 { 1 }
    static var failed: UInt8 { 2 }
    static var failedByOtherLock: UInt8 { 4 }
    /// Not progress, but it is asked as often.
    static var hasMovedUnderEtcd: UInt8 { 8 }
    /// Nor is this: an earlier command is at work on the host.
    static var isBusy: UInt8 { 16 }

    static func bits(of state: MemberState) -> UInt8 {
        let bits: UInt8 =
            switch state.position {
            case .idle, .settled: 0
            case .looking, .acting: working
            case .failed(let byOtherLock): byOtherLock ? failed | failedByOtherLock : failed
            }
        let busy = state.orphan?.work.waitsItsTurn == true ? isBusy : 0
        return bits | busy | (state.hasMovedUnderEtcd ? hasMovedUnderEtcd : 0)
    }
}
