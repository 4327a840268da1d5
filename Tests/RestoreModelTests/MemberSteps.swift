import RestorePlanning

@testable import TestSupport

/// What can happen to one member next: the meaning of the engine's work, of faults, of strangers.
struct MemberSteps {
    let book: MemberBook
    /// What the coordinator has for the member, in order; empty without a coordinator at work.
    let work: [ModelWork]

    init(_ book: MemberBook, at place: Place) {
        self.book = book
        work =
            switch place {
            case .nowhere: []
            case .givingBack: [.giveBack]
            case .stage(let stage):
                book.stages.entries[stage].effects[book.member].map { .effect($0.kind) }
            }
    }

    /// Where the coordinator is.
    enum Place: Hashable {
        case nowhere
        case stage(Int)
        case givingBack
    }

    func steps(from state: MemberState) -> [MemberStep] {
        ownSteps(from: state) + orphanSteps(from: state) + faults(from: state)
            + events(from: state)
    }

    // MARK: the coordinator's work

    private func ownSteps(from state: MemberState) -> [MemberStep] {
        switch state.position {
        case .idle, .settled, .failed: []
        case .looking(let index): look(state, index)
        case .acting(let index, let operation): act(state, index, operation)
        }
    }

    private func isAtWork(_ orphan: MemberState.Orphan?) -> Bool {
        orphan?.work.waitsItsTurn == true
    }

    private func look(_ state: MemberState, _ index: Int) -> [MemberStep] {
        let work = work[index]
        if book.rules.looksWait, isAtWork(state.orphan) { return [] }
        var next = state
        let words: String
        var recorded: EffectKind?
        switch standing(of: work, on: state.host) {
        case .done:
            next.position = after(index)
            recorded = work.kind
            words = "looks: \(work.words) is done"
        case .ready:
            next.position = .acting(index, 0)
            recorded = work.kind
            words = "looks: \(work.words) may run"
        case .refused(let refusal):
            next.position = .failed(byOtherLock: refusal.lockedBy != nil)
            words = "looks: \(work.words) is refused: \(refusal.fact)"
        }
        return [MemberStep(next: next, recorded: recorded, words: words)]
    }

    private func standing(of work: ModelWork, on host: Int) -> EffectStanding {
        switch work {
        case .effect(let kind): book.standing(of: kind, on: host)
        case .giveBack: book.hosts[host].isLockedByRun ? .ready : .done
        }
    }

    private func after(_ index: Int) -> MemberState.Position {
        index + 1 < work.count ? .looking(index + 1) : .settled
    }

    private func act(_ state: MemberState, _ index: Int, _ operation: Int) -> [MemberStep] {
        let work = work[index]
        if operation == 0, work.waitsItsTurn, isAtWork(state.orphan) {
            var next = state
            next.position = .looking(index)
            return [
                MemberStep(
                    next: next,
                    words: "cannot \(work.words) yet: an earlier command is at work"
                )
            ]
        }
        var next = state
        let (outcome, words) = perform(work, operation, &next)
        switch outcome {
        case .goesOn: next.position = .acting(index, operation + 1)
        case .isDone: next.position = after(index)
        case .overtaken: next.position = .looking(index)
        case .failed: next.position = .failed(byOtherLock: false)
        }
        return [MemberStep(next: next, words: words)]
    }

    // MARK: operations

    private enum Outcome {
        case goesOn
        case isDone
        /// Another run has the lock since the look: the next look shows it.
        case overtaken
        case failed
    }

    private func perform(
        _ work: ModelWork,
        _ operation: Int,
        _ state: inout MemberState
    ) -> (Outcome, String) {
        var host = book.hosts[state.host]
        if operation == 0, work.waitsItsTurn, !host.isLockedByRun {
            return (.failed, "cannot \(work.words): the lock is not this run's")
        }
        let operations = book.operations(of: work)
        let count = operations.count
        let words = count == 1 ? work.words : "\(work.words) (\(operation + 1) of \(count))"
        do {
            try operations[operation](&host)
        } catch let failure as ModelHost.CommandFailure {
            let isOvertaken = failure.status == PlannedEffect.lockLostStatus
            if !isOvertaken, book.hosts[state.host].wouldAllow(operations[operation]) {
                state.hasMovedUnderEtcd = true
            }
            return (isOvertaken ? .overtaken : .failed, "fails to \(words): \(failure.message)")
        } catch {
            preconditionFailure("a model host fails with nothing but a command's failure")
        }
        state.host = book.number(host)
        return (operation + 1 < count ? .goesOn : .isDone, "does \(words)")
    }

    // MARK: what is left of a lost connection

    private func orphanSteps(from state: MemberState) -> [MemberStep] {
        guard let orphan = state.orphan else { return [] }
        var ended = state
        ended.orphan = nil
        var next = ended
        let (outcome, words) = perform(orphan.work, orphan.next, &next)
        if case .goesOn = outcome {
            next.orphan = MemberState.Orphan(work: orphan.work, next: orphan.next + 1)
        }
        return [
            MemberStep(next: next, words: "the command left alone \(words)"),
            MemberStep(next: ended, words: "the watchdog ends the command left alone"),
        ]
    }

    /// The member once nobody is connected to its host.
    static func abandoned(_ state: MemberState, _ work: [ModelWork]) -> MemberState {
        var left = state
        left.position = .idle
        guard case .acting(let index, let operation) = state.position else { return left }
        // what still waited for its turn never gets it
        if operation == 0, state.orphan != nil { return left }
        left.orphan = MemberState.Orphan(work: work[index], next: operation)
        return left
    }

    // MARK: faults and strangers

    private func faults(from state: MemberState) -> [MemberStep] {
        var failed = state
        failed.position = .failed(byOtherLock: false)
        switch state.position {
        case .idle, .settled, .failed: return []
        case .looking(let index):
            return [
                MemberStep(
                    next: failed,
                    cost: .fault,
                    words: "cannot be reached for \(work[index].words), and no retry helps"
                )
            ]
        case .acting(let index, let operation):
            var retried = Self.abandoned(state, work)
            retried.position = .looking(index)
            return [
                MemberStep(
                    next: failed,
                    cost: .fault,
                    words: "fails to \(work[index].words) after \(operation) operations"
                ),
                MemberStep(
                    next: retried,
                    cost: .fault,
                    words: "loses the connection while it is to \(work[index].words)"
                ),
            ]
        }
    }

    private func events(from state: MemberState) -> [MemberStep] {
        let host = book.hosts[state.host]
        var steps: [MemberStep] = []
        func happens(_ words: String, _ change: (inout ModelHost) -> Void) {
            var changed = host
            change(&changed)
            guard changed != host else { return }
            var next = state
            next.host = book.number(changed)
            steps.append(MemberStep(next: next, cost: .event, words: words))
        }
        happens("a colleague runs `systemctl start etcd`") { $0.start() }
        happens("etcd dies and stays down") { $0.isActive = false }
        if host.isActive, host.data.member == .restored, host.compaction == .none {
            happens("is compacted below the snapshot's revision") { $0.compaction = .within }
            happens("is written to, and compacted beyond the snapshot") { $0.compaction = .beyond }
        }
        if host.lock == nil {
            happens("another run takes the lock") { $0.lock = ModelClusters.otherRun }
        }
        if host.lock != nil, !host.isLockedByRun {
            var next = state
            next.host = book.number(host.withoutOthersLock)
            steps.append(MemberStep(next: next, words: "the other run gives its lock back"))
        }
        return steps + powerCut(from: state, host)
    }

    private func powerCut(from state: MemberState, _ host: ModelHost) -> [MemberStep] {
        var changed = host
        changed.cutPowerAndBoot()
        var next = state
        next.host = book.number(changed)
        next.orphan = nil
        if case .acting(let index, _) = state.position { next.position = .looking(index) }
        guard next != state else { return [] }
        return [MemberStep(next: next, cost: .event, words: "loses power and boots again")]
    }
}

extension ModelWork {
    var kind: EffectKind? {
        switch self {
        case .effect(let kind): kind
        case .giveBack: nil
        }
    }

    var words: String {
        switch self {
        case .effect(let kind): kind.rawValue
        case .giveBack: "give-back-lock"
        }
    }
}

extension MemberBook {
    func operations(of work: ModelWork) -> [ModelHost.Operation] {
        switch work {
        case .effect(let kind): rules.operations(kind, target)
        case .giveBack:
            [ModelHost.removeEmptyRunDirectory] + rules.operations(.releaseLock, target)
        }
    }
}
