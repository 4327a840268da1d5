import RestorePlanning

@testable import TestSupport

/// Where a member that nothing disturbs comes to by a stage, worked out once for each of its hosts.
final class Passages {
    enum Obstacle {
        case refused(Refusal)
        case commandFails(String)
        /// A rename while etcd runs or could start.
        case movesUnderEtcd(String)

        var words: String {
            switch self {
            case .refused(let refusal): "is refused: \(refusal.fact)"
            case .commandFails(let words), .movesUnderEtcd(let words): words
            }
        }

        var isUnsafe: Bool {
            if case .movesUnderEtcd = self { return true }
            return false
        }
    }

    private let book: MemberBook
    private let stages: StageList
    /// By stage and host: the host's number after it, below -1 an obstacle, -1 where not asked yet.
    private let ends: UnsafeMutablePointer<Int32>
    private var obstacles: [Obstacle] = []

    init(_ book: MemberBook, _ stages: StageList) {
        self.book = book
        self.stages = stages
        let cells = stages.entries.count * MemberBook.limit
        ends = .allocate(capacity: cells)
        ends.initialize(repeating: -1, count: cells)
    }

    deinit { ends.deallocate() }

    /// The host's number after the stage; negative where it could not pass.
    func end(of stage: Int, from host: Int) -> Int {
        let cell = stage &* MemberBook.limit &+ host
        if ends[cell] == -1 { ends[cell] = Int32(passed(stage, host)) }
        return Int(ends[cell])
    }

    func obstacle(_ end: Int) -> Obstacle? { end < -1 ? obstacles[-2 - end] : nil }

    private func passed(_ stage: Int, _ start: Int) -> Int {
        var host = start
        for effect in stages.entries[stage].effects[book.member] {
            switch book.standing(of: effect.kind, on: host) {
            case .done: continue
            case .refused(let refusal): return note(.refused(refusal))
            case .ready:
                var changed = book.hosts[host]
                for operation in book.operations(of: .effect(effect.kind)) {
                    if let obstacle = obstacle(operation, &changed, effect.kind) {
                        return note(obstacle)
                    }
                }
                host = book.number(changed)
            }
        }
        return host
    }

    private func obstacle(
        _ operation: ModelHost.Operation,
        _ host: inout ModelHost,
        _ kind: EffectKind
    ) -> Obstacle? {
        let before = host
        do {
            try operation(&host)
            return nil
        } catch let failure as ModelHost.CommandFailure {
            let words = "fails to \(kind.rawValue): \(failure.message)"
            return before.wouldAllow(operation) ? .movesUnderEtcd(words) : .commandFails(words)
        } catch {
            preconditionFailure("a model host fails with nothing but a command's failure")
        }
    }

    private func note(_ obstacle: Obstacle) -> Int {
        obstacles.append(obstacle)
        return -1 - obstacles.count
    }
}
